package records

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// Prefix stands for the run's prefix in records. It is as long, since probes make names
// of a certain length.
const Prefix = "parity-thisrecord"

// Recorder is a transport that keeps what passes through it, scrubbed. It serves one
// goroutine.
type Recorder struct {
	next     http.RoundTripper
	scrubber *ecrpublictest.Scrubber
	kept     []Vector
}

// NewRecorder records what next sends. It also replaces the run's prefix, and the
// addresses of the service unless they are the real ones.
func NewRecorder(next http.RoundTripper, prefix string, addresses ...string) *Recorder {
	replace := map[string]string{prefix: Prefix}
	for _, address := range addresses {
		if address != "" && !strings.Contains(address, imageref.Host) {
			_, host, _ := strings.Cut(address, "://")
			replace[address], replace[host] = "https://"+imageref.Host, imageref.Host
		}
	}
	return &Recorder{next: next, scrubber: &ecrpublictest.Scrubber{Replace: replace}}
}

// Client returns an HTTP client that is recorded and does not follow redirects.
func (r *Recorder) Client() *http.Client { return noRedirects(r) }

func noRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip sends a request and records it with its response, or that there was none.
func (r *Recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	sent, err := ReadBody(request)
	if err != nil {
		return nil, err
	}
	v := Vector{Operation: OperationOf(request)}
	v.Request, err = newRequest(request, r.scrubber.Text(request.URL.RequestURI()), r.scrubber.Header(request.Header), r.scrubber.Body(string(sent)))
	if err != nil {
		return nil, err
	}
	response, body, err := receive(r.next, request)
	switch {
	case err != nil:
		v.Conn = "reset"
	case utf8.Valid(body):
		v.Body = r.scrubber.Body(string(body))
	default:
		v.BodyB64 = base64.StdEncoding.EncodeToString(body)
	}
	if err == nil {
		v.Status, v.Headers = response.StatusCode, flat(r.scrubber.Header(response.Header))
	}
	r.kept = append(r.kept, v)
	return response, err
}

// receive sends a request and reads the whole response.
func receive(next http.RoundTripper, request *http.Request) (*http.Response, []byte, error) {
	response, err := next.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, body, nil
}

// take returns what was kept from a position on, with IDs, and forgets it.
func (r *Recorder) take(name string, from int) []Vector {
	taken := append([]Vector(nil), r.kept[from:]...)
	r.kept = r.kept[:from]
	for i := range taken {
		taken[i].ID = fmt.Sprintf("%s#%d", name, i+1)
	}
	return taken
}

// Record runs probes in a session that uses the recorder's client. Show is called after
// each with its number.
func (r *Recorder) Record(ctx context.Context, s *probes.Session, service string, list []probes.Probe, show func(done int)) *File {
	out := &File{Header: Header{
		Family: "record", What: "What probes sent to a service, and its responses.",
		Service: service, Taken: time.Now().UTC().Truncate(time.Second),
	}}
	s.Setup = func(name string) func(bool) {
		from := len(r.kept)
		return func(cut bool) {
			if taken := r.take("setup/"+name, from); !cut { // or the rest of it is missing
				out.Vectors = append(out.Vectors, taken...)
			}
		}
	}
	probes.Run(ctx, s, list, func(result probes.Result) {
		for i := range result.Details {
			result.Details[i] = r.scrubber.Text(result.Details[i])
		}
		out.Header.Probes = append(out.Header.Probes, result)
		out.Vectors = append(out.Vectors, r.take(result.Name, 0)...)
		show(len(out.Header.Probes))
	})
	return out
}

// OperationOf returns the operation of a request to the API, and "" for one to the
// registry host.
func OperationOf(r *http.Request) string {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return operation
}

// ReadBody reads the body of a request and replaces it by one with the same content.
func ReadBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}
