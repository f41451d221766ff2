// Package awsjson describes the AWS JSON 1.1 protocol as ECR Public uses it,
// for the client and the emulator.
package awsjson

import (
	"bytes"
	"cmp"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

const (
	// ContentType is the media type of requests and responses.
	ContentType = "application/x-amz-json-1.1"

	// TargetHeader is TargetPrefix and the name of the operation.
	TargetHeader = "X-Amz-Target"

	// TargetPrefix is the service's internal name, with its dot.
	TargetPrefix = "SpencerFrontendService."

	// ErrorTypeHeader carries an error's code; it takes precedence over the
	// body.
	ErrorTypeHeader = "X-Amzn-Errortype"

	// RequestIDHeader identifies the request in the service's logs.
	RequestIDHeader = "X-Amzn-Requestid"
)

// SecretHeaders are the headers of a request that authenticate its sender; their
// values must stay secret.
var SecretHeaders = [...]string{"Authorization", "X-Amz-Security-Token"}

// NoCode is the code of an error that came without one.
const NoCode = "UnknownError"

// Error is the content of an error response.
type Error struct {
	Code    string
	Message *string // nil when it does not say
}

// ReadError reads an error response. The code comes from the header, or else from
// the members __type, code or Code; the message from message or else Message.
// Members that are not strings count as absent, and data after the object is
// ignored. A body that does not start with a JSON object is an error; the code of
// the header is returned with it. An empty body, also one of white space as http.Error
// writes it without a text, or a null is an empty object.
func ReadError(header http.Header, body []byte) (Error, error) {
	var members map[string][]byte
	var err error
	if len(bytes.Trim(body, " \t\r\n")) > 0 {
		members, err = codec.Members(body)
	}
	text := func(name string) *string { return codec.Text(members[name]) }
	member := func(name string) string { return aws.ToString(text(name)) }
	code := cmp.Or(header.Get(ErrorTypeHeader), member("__type"), member("code"), member("Code"), NoCode)
	return Error{plainCode(code), cmp.Or(text("message"), text("Message"))}, err
}

// plainCode returns the name of "namespace#Name:http://…".
func plainCode(code string) string {
	code, _, _ = strings.Cut(code, ":")
	if _, name, ok := strings.Cut(code, "#"); ok {
		return name
	}
	return code
}
