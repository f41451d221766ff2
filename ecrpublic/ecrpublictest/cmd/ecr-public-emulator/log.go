package main

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// logged writes a line for each request that was answered or reset.
func logged(w io.Writer, next http.Handler) http.Handler {
	logger := slog.New(slog.NewTextHandler(w, nil))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		answer := &measured{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		if answer.status == 0 && !answer.hijacked {
			answer.status = http.StatusOK // what net/http sends then
		}
		logger.Info("request",
			"method", r.Method,
			"path", r.URL.Path,
			"target", r.Header.Get("X-Amz-Target"),
			"status", answer.status,
			"bytes", answer.bytes,
			"duration", time.Since(start))
	})
}

// measured notes the status and the size of an answer; a reset has the status 0.
type measured struct {
	http.ResponseWriter
	status, bytes int
	hijacked      bool
}

func (m *measured) WriteHeader(status int) {
	m.status = status
	m.ResponseWriter.WriteHeader(status)
}

func (m *measured) Write(p []byte) (int, error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	m.bytes += len(p)
	return m.ResponseWriter.Write(p)
}

// Hijack notes that there will be no answer.
func (m *measured) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	m.hijacked = true
	return http.NewResponseController(m.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the rest of the connection.
func (m *measured) Unwrap() http.ResponseWriter { return m.ResponseWriter }
