package ecrpublic_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// connections are servers, one for each connection in turn; the last one also serves all
// further connections.
type connections struct {
	servers []server
	dialled int
	stop    chan struct{}
}

// server serves a connection until the connection or the test ends.
type server func(c net.Conn, stop <-chan struct{})

func serve(t *testing.T, servers ...server) *connections {
	c := &connections{servers: servers, stop: make(chan struct{})}
	t.Cleanup(func() { close(c.stop) })
	return c
}

func (c *connections) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	serve := c.servers[min(c.dialled, len(c.servers)-1)]
	c.dialled++
	go func() {
		defer theirs.Close()
		serve(theirs, c.stop)
	}()
	return ours, nil
}

// client returns a client of the connections, without delays between attempts.
func (c *connections) client(options ...func(*ecrpublic.Options)) *ecrpublic.Client {
	return ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: aws.String("http://registry.test"),
		HTTPClient:   &http.Client{Transport: &http.Transport{DialContext: c.dial, DisableKeepAlives: true}},
		Credentials:  staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}},
	}, append(options, ecrpublic.WithoutDelay)...)
}

const goodHead = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"

// untilClosed reads until the other side closes the connection.
func untilClosed(c net.Conn, _ <-chan struct{}) { io.Copy(io.Discard, c) }

func readRequest(c net.Conn) {
	if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		io.Copy(io.Discard, r.Body)
	}
}

func answerWell(c net.Conn, _ <-chan struct{}) {
	readRequest(c)
	io.WriteString(c, goodHead+"{}")
}

// inBubble runs a test with direct calls and through a stack, on a fake clock.
func inBubble(t *testing.T, name string, do func(t *testing.T, options ...func(*ecrpublic.Options))) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			bubble.Test(t, func(t *testing.T) { do(t, options...) })
		})
	})
}

func TestStalledAttemptsAreRetried(t *testing.T) {
	t.Parallel()
	for name, stall := range map[string]server{
		"silent":           untilClosed,
		"reads no request": func(_ net.Conn, stop <-chan struct{}) { <-stop },
		"in the headers": func(c net.Conn, stop <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, goodHead[:20])
			untilClosed(c, stop)
		},
		"in the body": func(c net.Conn, stop <-chan struct{}) {
			readRequest(c)
			io.WriteString(c, goodHead+"{")
			untilClosed(c, stop)
		},
	} {
		inBubble(t, name, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			c := serve(t, stall, answerWell)
			start := time.Now()
			_, err := c.client(options...).DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, 2, c.dialled)
			assert.Equal(t, time.Minute, time.Since(start))
		})
		inBubble(t, name+", always", func(t *testing.T, options ...func(*ecrpublic.Options)) {
			c := serve(t, stall)
			_, err := c.client(append(options, func(o *ecrpublic.Options) { o.StallTimeout = time.Second })...).DescribeRegistries(t.Context(), nil)
			require.ErrorContains(t, err, "no byte was sent or received for 1s (Options.StallTimeout)")
			var timeout interface{ Timeout() bool }
			require.ErrorAs(t, err, &timeout)
			assert.True(t, timeout.Timeout())
			if name != "in the body" {
				require.ErrorAs(t, err, new(*smithyhttp.RequestSendError))
			}
			assert.Equal(t, 3, c.dialled)
		})
		inBubble(t, name+", switched off", func(t *testing.T, options ...func(*ecrpublic.Options)) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
			defer cancel()
			c := serve(t, stall)
			_, err := c.client(append(options, func(o *ecrpublic.Options) { o.StallTimeout = -1 })...).DescribeRegistries(ctx, nil)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, 1, c.dialled)
		})
		inBubble(t, name+", with a deadline before", func(t *testing.T, options ...func(*ecrpublic.Options)) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			c := serve(t, stall)
			start := time.Now()
			_, err := c.client(options...).DescribeRegistries(ctx, nil)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, time.Since(start))
		})
	}
}

// TestSlowAttemptsAreNotCutOff sends and receives a few bytes every 50 seconds.
func TestSlowAttemptsAreNotCutOff(t *testing.T) {
	t.Parallel()
	const pause = 50 * time.Second
	inBubble(t, "a part of 10 MiB", func(t *testing.T, options ...func(*ecrpublic.Options)) {
		c := serve(t, func(c net.Conn, stop <-chan struct{}) {
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				return
			}
			for err == nil {
				_, err = io.CopyN(io.Discard, r.Body, 16<<10)
				wait(stop, pause)
			}
			io.WriteString(c, goodHead+"{}")
		})
		part := make([]byte, 10<<20)
		for _, reader := range []io.Reader{nil, bytes.NewReader(part)} {
			in := partFrom(reader)
			if reader == nil {
				in.LayerPartReader, in.LayerPartBlob = nil, part
			}
			start := time.Now()
			_, err := c.client(options...).UploadLayerPart(t.Context(), in)
			require.NoError(t, err)
			assert.Greater(t, time.Since(start), 10*time.Hour)
		}
		assert.Equal(t, 2, c.dialled, "one attempt each")
	})
	inBubble(t, "a response", func(t *testing.T, options ...func(*ecrpublic.Options)) {
		const body = `{"nextToken":"a slow one"}`
		c := serve(t, func(c net.Conn, stop <-chan struct{}) {
			readRequest(c)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(body))
			for i := range body {
				wait(stop, pause)
				io.WriteString(c, body[i:i+1])
			}
		})
		out, err := c.client(options...).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, "a slow one", *out.NextToken)
		assert.Equal(t, 1, c.dialled)
	})
}

// slowly is a reader that waits before each Read.
type slowly struct {
	io.ReadSeeker
	wait time.Duration
}

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(s.wait)
	return s.ReadSeeker.Read(p)
}

// TestSlowReadersAreNotCutOff has the service wait for a slow caller.
func TestSlowReadersAreNotCutOff(t *testing.T) {
	t.Parallel()
	inBubble(t, "a reader", func(t *testing.T, options ...func(*ecrpublic.Options)) {
		c := serve(t, answerWell)
		_, err := c.client(options...).UploadLayerPart(t.Context(), partFrom(slowly{bytes.NewReader(make([]byte, 1<<20)), time.Hour}))
		require.NoError(t, err)
		assert.Equal(t, 1, c.dialled)
	})
}

func wait(stop <-chan struct{}, d time.Duration) {
	select {
	case <-stop:
	case <-time.After(d):
	}
}
