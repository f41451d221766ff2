package ecrpublictest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/host"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
)

// answer is a response that is held back.
type answer struct {
	to     http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
	reset  bool // there is nobody left to send it to
}

// capture has a request processed and holds back its response to w.
func capture(w http.ResponseWriter, next http.Handler, r *http.Request) *answer {
	a := &answer{to: w, header: http.Header{}}
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

// Hijack lets a later fault than the capturing one reset the connection.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.reset = true
	return http.NewResponseController(a.to).Hijack()
}

// send sends the response unchanged.
func (a *answer) send() { a.sendBody(a.body.Len(), a.body.Bytes()) }

// sendHalf sends half of the body and announces the given length.
func (a *answer) sendHalf(length int) { a.sendBody(length, a.body.Bytes()[:a.body.Len()/2]) }

// sendBody sends the header with a body and announces the given length. The
// header of a response without a body, such as one to HEAD, is unchanged.
func (a *answer) sendBody(length int, body []byte) {
	if a.reset {
		return
	}
	maps.Copy(a.to.Header(), a.header)
	if a.body.Len() > 0 {
		a.to.Header().Set("Content-Length", strconv.Itoa(length))
	}
	a.WriteHeader(http.StatusOK)
	a.to.WriteHeader(a.status)
	_, _ = a.to.Write(body) // a client that is gone gets nothing
}

// fail sends an error in the form of the API or of the registry host.
func fail(w http.ResponseWriter, r *http.Request, status int, err smithy.APIError) {
	if isRegistry(r) {
		host.WriteError(w, status, err.ErrorCode(), err.ErrorMessage())
		return
	}
	a := &answer{to: w, header: http.Header{}}
	wire.WriteError(a, err)
	a.status = status
	a.send()
}

// reset ends the connection at once: the client gets "connection reset by peer"
// and not the end of a stream. If requests share a connection, as in HTTP/2,
// only the request is reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
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
