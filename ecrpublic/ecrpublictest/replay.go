package ecrpublictest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
)

// Matches reports whether a request is the same call as a recorded and scrubbed one, for
// a recorder that replays its records. Calls of the API are the same if they have the
// same operation and their bodies are equal as JSON, whatever the host, the order of
// members and the date; other requests if method, path, query and body are the same. The
// request is scrubbed before the comparison, and its body can be read again afterwards.
func (s *Scrubber) Matches(r *http.Request, method, address string, header http.Header, body string) bool {
	got, err := readBody(r)
	if err != nil || r.Method != method {
		return false
	}
	const operation = "X-Amz-Target"
	if r.Header.Get(operation) != header.Get(operation) {
		return false
	}
	if r.Header.Get(operation) == "" {
		recorded, err := url.Parse(address)
		if err != nil || s.Text(r.URL.RequestURI()) != s.Text(recorded.RequestURI()) {
			return false
		}
	}
	return equalBodies(s.Body(got), s.Body(body))
}

// readBody reads a request's body and puts it back.
func readBody(r *http.Request) (string, error) {
	if r.Body == nil {
		return "", nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	if err := r.Body.Close(); err != nil {
		return "", err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body), nil
}

// equalBodies compares as JSON where both are, and otherwise byte by byte.
func equalBodies(a, b string) bool {
	var values [2]any
	for i, text := range []string{a, b} {
		decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
		decoder.UseNumber() // exactly
		if err := decoder.Decode(&values[i]); err != nil {
			return a == b
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
