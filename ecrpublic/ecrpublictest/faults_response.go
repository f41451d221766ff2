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

// heldResponse is a response that is not sent yet.
type heldResponse struct {
	to     http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
	reset  bool // there is nobody left to send it to
}

// capture has a request processed and holds back its response to w.
func capture(w http.ResponseWriter, next http.Handler, r *http.Request) *heldResponse {
	h := &heldResponse{to: w, header: http.Header{}}
	next.ServeHTTP(h, r)
	return h
}

func (h *heldResponse) Header() http.Header { return h.header }

func (h *heldResponse) WriteHeader(status int) {
	if h.status == 0 && status >= http.StatusOK {
		h.status = status
	}
}

func (h *heldResponse) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

// Hijack lets a later fault than the capturing one reset the connection.
func (h *heldResponse) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h.reset = true
	return http.NewResponseController(h.to).Hijack()
}

// send sends the response unchanged.
func (h *heldResponse) send() { h.sendBody(h.body.Len(), h.body.Bytes()) }

// sendHalf sends half of the body and announces the given length.
func (h *heldResponse) sendHalf(length int) { h.sendBody(length, h.body.Bytes()[:h.body.Len()/2]) }

// sendBody sends the header with a body and announces the given length. The
// header of a response without a body, such as one to HEAD, is unchanged.
func (h *heldResponse) sendBody(length int, body []byte) {
	if h.reset {
		return
	}
	maps.Copy(h.to.Header(), h.header)
	if h.body.Len() > 0 {
		h.to.Header().Set("Content-Length", strconv.Itoa(length))
	}
	h.WriteHeader(http.StatusOK)
	h.to.WriteHeader(h.status)
	_, _ = h.to.Write(body) // a client that is gone gets nothing
}

// fail sends an error in the form of the API or of the registry host.
func fail(w http.ResponseWriter, r *http.Request, status int, err smithy.APIError) {
	if isRegistry(r) {
		host.WriteError(w, status, err.ErrorCode(), err.ErrorMessage())
		return
	}
	h := &heldResponse{to: w, header: http.Header{}}
	wire.WriteError(h, err)
	h.status = status
	h.send()
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
