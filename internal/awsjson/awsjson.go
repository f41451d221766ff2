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
	m, err := readMembers(body)
	e := Error{Code: plainCode(firstOf(header.Get(ErrorTypeHeader), m.typ.text, m.code.text, m.upperCode.text))}
	message := m.message
	if !message.present {
		message = m.upperMessage
	}
	e.Message, e.HasMessage = message.text, message.present
	return e, err
}

// members are the strings of an error body that mean something.
type members struct{ typ, code, upperCode, message, upperMessage member }

type member struct {
	text    string
	present bool
}

// named returns the member of a name, or one of no use.
func (m *members) named(name string) *member {
	switch name {
	case "__type":
		return &m.typ
	case "code":
		return &m.code
	case "Code":
		return &m.upperCode
	case "message":
		return &m.message
	case "Message":
		return &m.upperMessage
	}
	return nil
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

// readMembers reads the beginning of a body, which has to be an object.
func readMembers(body []byte) (m members, err error) {
	if len(body) == 0 {
		return m, nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	switch d.PeekKind() {
	case '{':
		d.ReadToken()
	case 'n':
		return m, nil
	default:
		return m, errNotObject
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return m, err
		}
		if err := readMember(d, m.named(name.String())); err != nil {
			return m, err
		}
	}
	_, err = d.ReadToken()
	return m, err
}

// readMember reads a value into a member, unless it is no string or nobody wants
// it.
func readMember(d *jsontext.Decoder, into *member) error {
	if into == nil {
		return d.SkipValue()
	}
	*into = member{} // the last of repeated members counts
	if d.PeekKind() != '"' {
		return d.SkipValue()
	}
	value, err := d.ReadToken()
	if err == nil {
		*into = member{value.String(), true}
	}
	return err
}
