package ecrpublic_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// These tests run in bubbles with a fake clock, which advances only while all
// goroutines wait. So they can check exactly when a call returns, and they fail if it
// leaves a goroutine or a connection behind.

// pipeServer speaks HTTP over connections in memory. It sends the same bytes in
// response to every request, and then nothing more.
type pipeServer struct {
	http.Transport
	requests chan struct{}
}

func newPipeServer(answer string) *pipeServer {
	s := &pipeServer{requests: make(chan struct{}, 100)}
	s.DialContext = func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go s.serve(server, answer) // ends with the connection
		return client, nil
	}
	return s
}

func (s *pipeServer) serve(conn net.Conn, answer string) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		s.requests <- struct{}{}
		io.WriteString(conn, answer)
	}
}

func (s *pipeServer) client(options ...func(*ecrpublic.Options)) *ecrpublic.Client {
	endpoint := "http://pipe.example"
	return ecrpublic.New(ecrpublic.Options{BaseEndpoint: &endpoint, HTTPClient: &http.Client{Transport: &s.Transport}, Credentials: testCredentials}, options...)
}

const (
	halfAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
	throttled  = "HTTP/1.1 400 Bad Request\r\nContent-Length: 32\r\n\r\n" + `{"__type":"ThrottlingException"}`
)

func TestDeadlineIsKeptToTheInstant(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"before the answer": "", "in its header": "HTTP/1.1 200 OK\r\n", "in its body": halfAnswer} {
		eachWayNamed(t, name, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			bubble.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := newPipeServer(answer).client(options...).DescribeRegistries(ctx, nil)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, time.Minute, time.Since(start))
			})
		})
	}
}

func TestCancellationIsImmediate(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"before the answer": "", "in the middle of a body": halfAnswer, "between two attempts": throttled} {
		eachWayNamed(t, name, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			bubble.Test(t, func(t *testing.T) {
				server := newPipeServer(answer)
				defer server.CloseIdleConnections()
				start := time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				_, err := server.client(append(options, waitAnHour)...).DescribeRegistries(ctx, nil)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, time.Second, time.Since(start))
				assert.Len(t, server.requests, 1)
			})
		})
	}
}

// waitAnHour makes the delay between attempts an hour.
func waitAnHour(o *ecrpublic.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxBackoff = time.Hour
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Hour, nil })
	})
}

// TestDefaultBackOff checks when the default client retries: within two seconds, then
// within four.
func TestDefaultBackOff(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		bubble.Test(t, func(t *testing.T) {
			server := newPipeServer(throttled)
			defer server.CloseIdleConnections()
			start := time.Now()
			_, err := server.client(options...).DescribeRegistries(t.Context(), nil)
			require.True(t, ecrpublic.IsThrottled(err), "%v", err)
			assert.Len(t, server.requests, 3)
			assert.Less(t, time.Since(start), 6*time.Second)
			assert.Positive(t, time.Since(start))
		})
	})
}

func TestCanceledCallSendsNothing(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := scripted(s, options...).DescribeRegistries(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, s.requests)
	})
}

func eachWayNamed(t *testing.T, name string, test func(t *testing.T, options ...func(*ecrpublic.Options))) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		eachWay(t, test)
	})
}
