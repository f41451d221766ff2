package housekeeping_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
)

// inMemory passes requests to a handler without a network, so that tests can run in a
// bubble of package synctest.
type inMemory struct{ http.Handler }

// RoundTrip calls the handler.
func (t inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	request := r.Clone(r.Context())
	if request.Body == nil {
		request.Body = http.NoBody
	}
	if request.Host == "" {
		request.Host = r.URL.Host
	}
	request.RequestURI = r.URL.RequestURI()
	w := &hijackable{ResponseRecorder: httptest.NewRecorder()}
	t.ServeHTTP(w, request)
	if w.hijacked {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// hijackable lets a handler break off the connection.
type hijackable struct {
	*httptest.ResponseRecorder
	hijacked bool
}

// Hijack returns a connection that leads nowhere.
func (w *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hijacked = true
	conn, other := net.Pipe()
	_ = other.Close()
	return conn, nil, nil
}
