package ecrpublictest

import (
	"errors"
	"net/http"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// maxBody is the largest request body of the API: the largest layer part in
// base64, and room for the members around it.
const maxBody = limits.MaxPart/3*4 + mebibyte

// api answers the JSON API.
type api struct {
	store     *store
	intercept func(call) (output any, err error)
}

func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := readPayload(r, nil)
	if err != nil {
		writeError(w, notSerialized(err))
		return
	}
	out, err := a.call(operationOf(r), p)
	if err != nil {
		writeError(w, asAPIError(err))
		return
	}
	w.Header().Set("Content-Type", awsjson.ContentType)
	_, _ = w.Write(out)
}

func asAPIError(err error) smithy.APIError {
	if known, ok := errors.AsType[smithy.APIError](err); ok {
		return known
	}
	return &types.ServerException{Message: new(err.Error())}
}

// writeError answers with an error of the API: its code, its message and, for an
// exception of the model, the members it has beside them.
func writeError(w http.ResponseWriter, err smithy.APIError) {
	status := http.StatusBadRequest
	if err.ErrorFault() == smithy.FaultServer {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", awsjson.ContentType)
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(err))
}

func errorBody(err smithy.APIError) []byte {
	var members any = err
	if _, generic := err.(*smithy.GenericAPIError); generic {
		members = &types.ServerException{Message: new(err.ErrorMessage())}
	}
	// The type goes in front of the members, which codec writes as an object of
	// their own.
	body, _ := codec.Append(nil, &struct {
		Type *string `ecr:"__type"`
	}{new(err.ErrorCode())})
	rest, _ := codec.Append(nil, members)
	if len(rest) > len("{}") {
		body = append(append(body[:len(body)-1], ','), rest[1:]...)
	}
	return body
}
