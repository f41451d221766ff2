// Package awsjson holds the facts of the AWS JSON 1.1 protocol as ECR Public
// speaks it, for the client and for the emulator.
package awsjson

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// ContentType is the media type of requests and responses.
	ContentType = "application/x-amz-json-1.1"

	// TargetHeader names the operation, behind TargetPrefix.
	TargetHeader = "X-Amz-Target"

	// TargetPrefix is the service's internal name, with its dot.
	TargetPrefix = "SpencerFrontendService."

	// ErrorTypeHeader carries an error's code; it wins over the body.
	ErrorTypeHeader = "X-Amzn-Errortype"

	// RequestIDHeader names the request in the service's logs.
	RequestIDHeader = "X-Amzn-Requestid"
)

// UnknownError is the code of an error that came without one.
const UnknownError = "UnknownError"

// Error is what an error response says of itself.
type Error struct {
	Code       string
	Message    string
	HasMessage bool
}

// ReadError reads an error response. The code comes from the header, or else
// from the members __type, code or Code; the message from message or else
// Message. Members of another type than string count as absent, and what follows
// the object is ignored. A body that does not begin with a JSON object is an
// error, beside which the code of the header is still good; an empty body or a
// null is an empty object.
func ReadError(header http.Header, body []byte) (Error, error) {
	members, err := stringMembers(body)
	e := Error{Code: firstOf(header.Get(ErrorTypeHeader), members["__type"], members["code"], members["Code"])}
	e.Code = plainCode(e.Code)
	if e.Message, e.HasMessage = members["message"]; !e.HasMessage {
		e.Message, e.HasMessage = members["Message"]
	}
	return e, err
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return UnknownError
}

// plainCode takes the name out of "namespace#Name:http://…".
func plainCode(code string) string {
	code, _, _ = strings.Cut(code, ":")
	if _, name, ok := strings.Cut(code, "#"); ok {
		return name
	}
	return code
}

var errNotObject = errors.New("not a JSON object")

// stringMembers returns the members of an object whose value is a string.
func stringMembers(body []byte) (map[string]string, error) {
	if len(body) == 0 {
		return nil, nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	switch d.PeekKind() {
	case '{':
	case 'n':
		return nil, nil
	default:
		return nil, errNotObject
	}
	members := make(map[string]string)
	d.ReadToken()
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		delete(members, key) // the last of repeated members counts
		if d.PeekKind() != '"' {
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		value, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		members[key] = value.String()
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return members, nil
}
