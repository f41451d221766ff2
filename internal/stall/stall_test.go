package stall_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/stall"
)

// usual is the bound of most tests.
var usual = stall.Bound{Limit: time.Minute}

// host is the other side of an exchange.
type host func(r *http.Request) (*http.Response, error)

// created is a response without a body.
func created() *http.Response {
	return &http.Response{StatusCode: http.StatusCreated, Body: http.NoBody}
}

// pause waits, unless the context ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func requireStall(t *testing.T, err error) {
	t.Helper()
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
	require.EqualError(t, err, "no byte was sent or received for 1m0s")
}

// reading is a response's body that ends with the context, or after some silence before
// each byte.
type reading struct {
	ctx  context.Context
	left io.Reader
	wait time.Duration
}

func (r reading) Read(p []byte) (int, error) {
	if err := pause(r.ctx, r.wait); err != nil {
		return 0, err
	}
	return r.left.Read(p[:min(len(p), 1)])
}

func (reading) Close() error { return nil }

func responds(wait time.Duration) host {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{Body: reading{r.Context(), strings.NewReader("abc"), wait}}, nil
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T) *http.Request { return httpGet(t.Context()) }
	synctest.Test(t, func(t *testing.T) {
		response, err := usual.Send(t.Context(), get(t), responds(50*time.Second))
		require.NoError(t, err)
		got, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		assert.Equal(t, "abc", string(got))
		time.Sleep(time.Hour)
		require.NoError(t, response.Body.Close())
	})
	synctest.Test(t, func(t *testing.T) {
		response, err := usual.Send(t.Context(), get(t), responds(time.Hour))
		require.NoError(t, err)
		time.Sleep(time.Hour) // the reader's time
		start := time.Now()
		_, err = io.ReadAll(response.Body)
		requireStall(t, err)
		assert.Equal(t, time.Minute, time.Since(start))
		require.NoError(t, response.Body.Close())
	})
	synctest.Test(t, func(t *testing.T) { // a host may end a body in due form once it sees that it is cut off
		response, err := usual.Send(t.Context(), get(t), func(r *http.Request) (*http.Response, error) {
			return &http.Response{Body: endedWith{r.Context()}}, nil
		})
		require.NoError(t, err)
		_, err = io.ReadAll(response.Body)
		requireStall(t, err)
		require.NoError(t, response.Body.Close())
	})
}

// endedWith is a response's body that ends with a context, without an error.
type endedWith struct{ ctx context.Context }

func (e endedWith) Read([]byte) (int, error) {
	<-e.ctx.Done()
	return 0, io.EOF
}

func (endedWith) Close() error { return nil }

// TestBodyThatIsReadAfterTheResponse reads a request's body, which a response must not
// profit from, and whose slow source must not delay the end of a silent response.
func TestBodyThatIsReadAfterTheResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent io.Reader
		response, err := usual.Send(t.Context(), upload(t, slowly{strings.NewReader("body"), 40 * time.Second}), func(r *http.Request) (*http.Response, error) {
			sent = r.Body
			return responds(time.Hour)(r)
		})
		require.NoError(t, err)
		start, done := time.Now(), make(chan struct{})
		go func() {
			defer close(done)
			io.Copy(io.Discard, sent)
		}()
		_, err = io.ReadAll(response.Body)
		requireStall(t, err)
		assert.Equal(t, time.Minute, time.Since(start))
		<-done
	})
}

func TestCallersContext(t *testing.T) {
	t.Parallel()
	silent := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		deadline := time.Now().Add(time.Second)
		ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), key{}, "value"), deadline)
		defer cancel()
		_, err := usual.Send(ctx, httpGet(t.Context()), func(r *http.Request) (*http.Response, error) {
			until, ok := r.Context().Deadline()
			assert.True(t, ok)
			assert.Equal(t, deadline, until)
			assert.Equal(t, "value", r.Context().Value(key{}))
			return silent(r)
		})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := usual.Send(ctx, httpGet(t.Context()), silent)
		assert.Equal(t, context.Canceled, err)
	})
}

// TestContextAfterTheExchange checks that what still runs by the context ends.
func TestContextAfterTheExchange(t *testing.T) {
	t.Parallel()
	for name, asked := range map[string]bool{"asked": true, "never asked": false} {
		var ctx context.Context
		response, err := usual.Send(t.Context(), httpGet(t.Context()), func(r *http.Request) (*http.Response, error) {
			if ctx = r.Context(); asked {
				require.NoError(t, ctx.Err())
			}
			return &http.Response{Body: io.NopCloser(strings.NewReader(""))}, nil
		})
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, asked, ctx.Err() != nil, name)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{-1, math.MinInt64, math.MaxInt64} {
		synctest.Test(t, func(t *testing.T) {
			_, err := stall.Bound{Limit: limit}.Send(t.Context(), upload(t, strings.NewReader("body")), accepts(4, 10_000*time.Hour, 10_000*time.Hour))
			assert.NoError(t, err, limit)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, err := stall.Bound{Limit: 1, Setting: "Limit"}.Send(t.Context(), upload(t, strings.NewReader("body")), accepts(1, time.Hour, 0))
		assert.EqualError(t, err, "no byte was sent or received for 1ns (Limit)")
	})
}

func TestErrorsOfTheTransport(t *testing.T) {
	t.Parallel()
	response, err := usual.Send(t.Context(), httpGet(t.Context()), func(*http.Request) (*http.Response, error) { return nil, io.ErrClosedPipe })
	assert.Nil(t, response)
	assert.Equal(t, io.ErrClosedPipe, err)
	response, err = usual.Send(t.Context(), httpGet(t.Context()), func(*http.Request) (*http.Response, error) { return nil, nil })
	assert.Nil(t, response)
	assert.NoError(t, err)
}

func httpGet(ctx context.Context) *http.Request {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://registry.test/", nil)
	if err != nil {
		panic(err)
	}
	return r
}

// TestConnectionIsKept checks that the end of an exchange leaves its connection alone.
func TestConnectionIsKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, r.Body)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	for range 20 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL, strings.NewReader("body"))
		require.NoError(t, err)
		response, err := usual.Send(t.Context(), r, server.Client().Do)
		require.NoError(t, err)
		got, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		assert.Equal(t, "body", string(got))
		require.NoError(t, response.Body.Close())
	}
	assert.EqualValues(t, 1, connections.Load())
}

// Over HTTP/2, a host may send a header and then neither read nor write.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("x"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, bytes.NewReader(make([]byte, 8<<20)))
	require.NoError(t, err)
	response, err := stall.Bound{Limit: 100 * time.Millisecond}.Send(t.Context(), request, server.Client().Do)
	if err == nil { // it was not silent before
		assert.Equal(t, 2, response.ProtoMajor)
		_, err = io.ReadAll(response.Body)
		assert.NoError(t, response.Body.Close())
	}
	require.ErrorAs(t, err, new(*stall.Error))
}
