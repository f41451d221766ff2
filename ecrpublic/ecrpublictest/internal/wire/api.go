// Package wire implements the protocol of the API: AWS JSON bodies, the table
// of operations, errors, regions and signatures.
package wire

import (
	"errors"
	"net/http"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// maxBody is the largest request body of the API: the largest layer part in
// base64, and room for the members around it.
const maxBody = limits.MaxPart/3*4 + 1<<20

// API serves the JSON API of a registry.
type API struct {
	Store *registry.Store

	// Region is the region of this endpoint; any but us-east-1 refuses
	// everything. AnyRegion serves requests that are signed for any region.
	Region    string
	AnyRegion bool

	// AccessKey and SecretKey must have signed a request, at about the time that
	// Now returns for it; without them every request passes.
	AccessKey, SecretKey string
	Now                  func(*http.Request) time.Time

	// Intercept runs a call, or returns a result itself.
	Intercept func(Call) (output any, err error)
}

// Call is a call of an operation.
type Call struct {
	Operation string
	Input     any
	Run       func() (output any, err error)
}

// Handler returns the API as an HTTP handler, with the checks that it asks for.
func (a API) Handler() http.Handler {
	var h http.Handler = http.HandlerFunc(a.serve)
	if a.AccessKey != "" {
		h = verifySignature(a.AccessKey, a.SecretKey, a.Now, h)
	}
	if !a.AnyRegion {
		h = checkRegion(h)
	}
	return h
}

func (a API) serve(w http.ResponseWriter, r *http.Request) {
	p, err := ReadPayload(r, nil)
	if err != nil {
		WriteError(w, notSerialized(err))
		return
	}
	out, err := a.call(OperationOf(r), p)
	if err != nil {
		WriteError(w, asAPIError(err))
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

// WriteError responds with an error of the API: its code, its message and, for
// an exception of the model, its other members.
func WriteError(w http.ResponseWriter, err smithy.APIError) {
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
