package types

import "net/http"

// ResponseMetadata describes the HTTP exchange behind an output. It mirrors the
// member of the same name in boto3's responses and is filled on every output
// that a client returns.
type ResponseMetadata struct {
	// RequestId names the request in the service's own logs; quote it to AWS
	// support. Empty when the response carried none.
	RequestId string

	// HostId is the x-amz-id-2 header, which ECR Public rarely sends; usually
	// empty.
	HostId string

	// HTTPStatusCode is the status of the last attempt, 200 on success.
	HTTPStatusCode int

	// HTTPHeaders are the headers of the last attempt's response. The map is
	// shared with the raw response; treat it as read-only.
	HTTPHeaders http.Header

	// RetryAttempts counts the attempts after the first: 0 when the first one
	// succeeded.
	RetryAttempts int
}
