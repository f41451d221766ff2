package ecrpublic_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// script is a transport that answers from a list, the last answer again and
// again, and keeps what it was sent.
type script struct {
	mu       sync.Mutex
	answers  []answer
	requests []*http.Request
	bodies   [][]byte
}

type answer struct {
	Status       int
	Headers      map[string]string
	Body         string
	BodyB64      string `json:"body_b64"`
	Conn         string
	DeclareExtra int `json:"declare_extra"`
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, body)
	a := s.answers[min(len(s.requests), len(s.answers))-1]
	if a.Conn == "reset" {
		return nil, syscall.ECONNRESET
	}
	return a.response()
}

func (a answer) response() (*http.Response, error) {
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
		reader = io.MultiReader(reader, cutOff{})
	}
	r.Body = io.NopCloser(reader)
	return r, nil
}

// cutOff is the end of a body that came too early.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func scripted(s *script, optFns ...func(*ecrpublic.Options)) *ecrpublic.Client {
	return ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: testCredentials}, optFns...)
}
