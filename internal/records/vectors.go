// Package records reads and writes recorded requests and responses: the vectors in
// testdata, which were recorded from real clients, and the records that
// examples/parity makes of a service. Both have the same format, so a copied record
// becomes a vector.
package records

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// File is a file of vectors.
type File struct {
	Header  Header   `json:"header"`
	Vectors []Vector `json:"vectors"`
}

// Header says what is in a file.
type Header struct {
	Family string `json:"family"`
	What   string `json:"what"`

	// Service, Taken and Probes are those of a record: where and when it was made, and
	// what the probes found. The vectors of a probe have IDs made of its name, "#" and a
	// number, and are in the order in which they were sent; those of what probes share
	// come before, under "setup/" and its name.
	Service string          `json:"service,omitempty"`
	Taken   time.Time       `json:"taken,omitzero"`
	Probes  []probes.Result `json:"probes,omitempty"`
}

// Vector is a request, a response, or both.
type Vector struct {
	ID        string `json:"id"`
	Operation string `json:"operation,omitempty"` // of the API; empty for the registry host
	Variation string `json:"variation,omitempty"`

	// Input is the operation's input under its wire names, and Request what clients send
	// for it. Without an input in the file, it is the request's body.
	Input         json.RawMessage            `json:"input,omitempty"`
	Request       *Request                   `json:"request,omitempty"`
	Missing       []string                   `json:"missing_members,omitempty"` // why clients send nothing
	DifferentBody map[string]json.RawMessage `json:"different_body,omitempty"`

	// Answer is the response, and Outcomes what clients made of it. Without outcomes in
	// the file, a client has to return what the response says.
	Answer
	Outcomes []Outcome `json:"outcomes,omitempty"`
	Tags     []string  `json:"tags,omitempty"`

	// Responses are served in order, the last one repeating; Results are what clients
	// reported in the end.
	Exception string           `json:"exception,omitempty"`
	Responses []Answer         `json:"responses,omitempty"`
	Results   map[string]Error `json:"results,omitempty"`
}

// Outcome is what some clients made of a response.
type Outcome struct {
	Clients []string
	Output  map[string]any
	Error   *struct{ Kind string }
}

// Error is what a client reported.
type Error struct {
	Attempts          int
	Kind, Code, Fault string
	Message           any
	Type              string
	HTTPStatus        int    `json:"http_status"`
	RequestID         string `json:"request_id"`
	Members           map[string]any
}

// Request is what was sent: to the API with a JSON body, to the registry host with any,
// which stands here as a JSON string.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // with the query
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
	BodyGz  string            `json:"body_gz,omitempty"` // a long body, compressed, in base64
}

// longest is the length of a request's body above which it is written compressed.
const longest = 16 << 10

// newRequest makes a request from a scrubbed one.
func newRequest(r *http.Request, path string, header http.Header, body string) (*Request, error) {
	out := &Request{Method: r.Method, Path: path, Headers: flat(header)}
	delete(out.Headers, "Content-Length") // of the body before it was scrubbed
	switch {
	case body == "":
	case len(body) > longest:
		var compressed bytes.Buffer
		w := gzip.NewWriter(&compressed)
		if _, err := io.WriteString(w, body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		out.BodyGz = base64.StdEncoding.EncodeToString(compressed.Bytes())
	case OperationOf(r) != "" && strings.HasPrefix(body, "{") && json.Valid([]byte(body)):
		out.Body = json.RawMessage(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		out.Body = text
	}
	return out, nil
}

// Text is the body as it was sent, but for white space in JSON.
func (r *Request) Text() (string, error) {
	if r.BodyGz != "" {
		reader, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(r.BodyGz)))
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(reader)
		return string(text), err
	}
	var text string
	if json.Unmarshal(r.Body, &text) == nil {
		return text, nil
	}
	return string(r.Body), nil
}

// flat joins the values of each field.
func flat(h http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		out[http.CanonicalHeaderKey(name)] = strings.Join(values, ", ")
	}
	return out
}

// Read reads a file of vectors, and gives those without an input their request's body.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f File
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s is not a file of vectors: %w", path, err)
	}
	if len(f.Vectors) == 0 && len(f.Header.Probes) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errNoVectors)
	}
	for i := range f.Vectors {
		v := &f.Vectors[i]
		if v.Operation == "" || v.Input != nil || v.Request == nil {
			continue
		}
		body, err := v.Request.Text()
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, v.ID, err)
		}
		v.Input = json.RawMessage(body)
	}
	return &f, nil
}

var errNoVectors = errors.New("it has no vectors")

// Write writes a file that Read reads.
func (f *File) Write(path string) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(f); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// of returns the vectors of a probe, or of what probes share.
func (f *File) of(name string) []Vector {
	var list []Vector
	for _, v := range f.Vectors {
		if at := strings.LastIndexByte(v.ID, '#'); at >= 0 && v.ID[:at] == name {
			list = append(list, v)
		}
	}
	return list
}
