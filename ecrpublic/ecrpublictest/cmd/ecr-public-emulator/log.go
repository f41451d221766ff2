package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// requestID is the header that names a request, in responses of the API and of
// the registry host.
const requestID = "X-Amzn-Requestid"

// logged writes a line for each request with a response or a reset
// connection.
func logged(w io.Writer, next http.Handler) http.Handler {
	logger := slog.New(slog.NewTextHandler(w, nil))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		response := &measured{ResponseWriter: w}
		next.ServeHTTP(response, r)
		if response.status == 0 && !response.hijacked {
			response.status = http.StatusOK // what net/http sends then
		}
		logger.Info("request",
			"method", r.Method,
			"path", r.URL.Path,
			"operation", operation(r),
			"status", response.status,
			"error", response.errorCode(),
			"bytes", response.bytes,
			"duration", time.Since(start),
			"request_id", response.Header().Get(requestID))
	})
}

// operation is the operation of the API that a request is for, or "".
func operation(r *http.Request) string {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return name
}

// measured records the status and the size of a response, and the start of an
// error's body; a reset has the status 0.
type measured struct {
	http.ResponseWriter
	status, bytes int
	hijacked      bool
	start         []byte
}

func (m *measured) WriteHeader(status int) {
	m.status = status
	m.ResponseWriter.WriteHeader(status)
}

func (m *measured) Write(p []byte) (int, error) {
	const kept = 4 << 10
	if m.status == 0 {
		m.status = http.StatusOK
	}
	if m.status >= http.StatusBadRequest {
		m.start = append(m.start, p[:min(len(p), kept-min(kept, len(m.start)))]...)
	}
	m.bytes += len(p)
	return m.ResponseWriter.Write(p)
}

// ReadFrom lets the system send a file without copying it through this process.
func (m *measured) ReadFrom(source io.Reader) (int64, error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	n, err := io.Copy(m.ResponseWriter, source)
	m.bytes += int(n)
	return n, err
}

// errorCode returns the code of an error of the API or of the registry host,
// or "".
func (m *measured) errorCode() string {
	var body struct {
		Type   string `json:"__type"`
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	if len(m.start) == 0 || json.Unmarshal(m.start, &body) != nil {
		return ""
	}
	if len(body.Errors) > 0 {
		return body.Errors[0].Code
	}
	return body.Type
}

// Hijack records that there will be no response.
func (m *measured) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	m.hijacked = true
	return http.NewResponseController(m.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the rest of the connection.
func (m *measured) Unwrap() http.ResponseWriter { return m.ResponseWriter }
