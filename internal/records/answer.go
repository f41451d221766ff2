package records

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"time"
)

// Answer is a response as vectors have it.
type Answer struct {
	Status       int               `json:"status,omitempty"`
	Headers      map[string]string `json:"headers,omitempty"`
	Body         string            `json:"body,omitempty"`
	BodyB64      string            `json:"body_b64,omitempty"`      // of what is not UTF-8
	Conn         string            `json:"conn,omitempty"`          // "reset" closes the connection without a response
	DeclareExtra int               `json:"declare_extra,omitempty"` // how many more bytes are announced than sent
}

// Response returns the answer as an HTTP response, with the present time unless it has a
// date of its own.
func (a Answer) Response() (*http.Response, error) {
	text := []byte(a.Body)
	if a.BodyB64 != "" {
		var err error
		if text, err = base64.StdEncoding.DecodeString(a.BodyB64); err != nil {
			return nil, err
		}
	}
	r := &http.Response{StatusCode: a.Status, Header: http.Header{}, ContentLength: int64(len(text))}
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	for name, value := range a.Headers {
		r.Header.Set(name, value)
	}
	var reader io.Reader = bytes.NewReader(text)
	if a.DeclareExtra > 0 {
		r.ContentLength += int64(a.DeclareExtra)
		reader = io.MultiReader(reader, CutOff{})
	}
	r.Body = io.NopCloser(reader)
	return r, nil
}

// CutOff is the end of a body that came too early.
type CutOff struct{}

func (CutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
