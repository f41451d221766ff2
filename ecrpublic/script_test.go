package ecrpublic_test

import (
	"io"
	"net/http"
	"sync"
	"syscall"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// script is a transport that returns the responses of a list, then the last one
// repeatedly, and records the requests.
type script struct {
	mu       sync.Mutex
	answers  []answer
	requests []*http.Request
	bodies   [][]byte
}

type answer = records.Answer

func (s *script) Do(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, body)
	a := s.answers[min(len(s.requests), len(s.answers))-1]
	if a.Conn == "reset" {
		return nil, syscall.ECONNRESET
	}
	return a.Response()
}

func scripted(s *script, optFns ...func(*ecrpublic.Options)) *ecrpublic.Client {
	return ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: testCredentials}, optFns...)
}
