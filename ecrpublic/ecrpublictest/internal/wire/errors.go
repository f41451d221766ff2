package wire

import "github.com/aws/smithy-go"

// Errors outside the service's model.
func unknownOperation(name string) smithy.APIError {
	return ClientError("UnknownOperationException", "The operation '"+name+"' does not exist")
}

func notSerialized(err error) smithy.APIError {
	return ClientError("SerializationException", err.Error())
}

// ClientError returns an error of the API that is not in its model.
func ClientError(code, text string) smithy.APIError {
	return &smithy.GenericAPIError{Code: code, Message: text, Fault: smithy.FaultClient}
}
