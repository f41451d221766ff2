package ecrpublictest

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"cuelabs.dev/go/oci/ociregistry"
	"github.com/aws/smithy-go"
)

// answer is an answer that is held back.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// capture has a request processed and holds back its answer.
func capture(next http.Handler, r *http.Request) *answer {
	a := &answer{header: http.Header{}}
	next.ServeHTTP(a, r)
	return a
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// send sends the answer as it is.
func (a *answer) send(w http.ResponseWriter) { a.sendBody(w, a.body.Len(), a.body.Bytes()) }

// sendHalf sends half of the body and says that it has some length.
func (a *answer) sendHalf(w http.ResponseWriter, length int) {
	a.sendBody(w, length, a.body.Bytes()[:a.body.Len()/2])
}

// sendBody sends the header with a body that it says has some length. The header
// of an answer without a body, as to a HEAD request, stays as it is.
func (a *answer) sendBody(w http.ResponseWriter, length int, body []byte) {
	maps.Copy(w.Header(), a.header)
	if a.body.Len() > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	a.WriteHeader(http.StatusOK)
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // a client that is gone gets nothing
}

// fail answers with an error in the form of the API or of the registry.
func fail(w http.ResponseWriter, r *http.Request, status int, err smithy.APIError) {
	a := &answer{header: http.Header{}}
	if isRegistry(r) {
		_ = ociregistry.WriteError(a, ociregistry.NewError(err.ErrorMessage(), err.ErrorCode(), nil)) // into memory
	} else {
		writeError(a, err)
	}
	a.status = status
	a.send(w)
}

// reset ends the connection at once: the client gets "connection reset by peer"
// and not the end of a stream. Where a connection is not the request's own, as
// in HTTP/2, the request is reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // or it is closed in good order
	}
	_ = conn.Close()
}

type clockOffsetKey struct{}

// clockOffset is how far ahead the clock is that a request meets.
func clockOffset(ctx context.Context) time.Duration {
	d, _ := ctx.Value(clockOffsetKey{}).(time.Duration)
	return d
}
