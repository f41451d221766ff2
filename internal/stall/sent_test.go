package stall_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// accept waits before it reads each of n bytes of a request's body.
func accept(r *http.Request, n int, wait time.Duration) error {
	for range n {
		if err := pause(r.Context(), wait); err != nil {
			return err
		}
		if _, err := r.Body.Read(make([]byte, 1)); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// accepts is a host that accepts n bytes, is silent, and responds.
func accepts(n int, wait, silence time.Duration) host {
	return func(r *http.Request) (*http.Response, error) {
		if err := accept(r, n, wait); err != nil {
			return nil, err
		}
		return created(), pause(r.Context(), silence)
	}
}

// slowly is a source that waits before each Read, of a byte.
type slowly struct {
	io.Reader
	wait time.Duration
}

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(s.wait)
	return s.Reader.Read(p[:min(len(p), 1)])
}

func (slowly) Close() error { return nil }

// upload sends four bytes.
func upload(t *testing.T, source io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://registry.test/", source)
	require.NoError(t, err)
	r.ContentLength = 4
	return r
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const second, long = time.Second, 24 * time.Hour
	for name, test := range map[string]struct {
		host   host
		wait   time.Duration // of the source, before each byte
		takes  time.Duration
		stalls bool
	}{
		"nothing is accepted":               {host: accepts(1, long, 0), takes: 60 * second, stalls: true},
		"half is accepted":                  {host: accepts(2, second, long), takes: 62 * second, stalls: true},
		"all is accepted":                   {host: accepts(4, second, long), takes: 68 * second, stalls: true},
		"all is accepted slowly":            {host: accepts(4, 50*second, 250*second), takes: 450 * second},
		"a slow source":                     {host: accepts(4, second, 0), wait: 5 * time.Minute, takes: 1204 * second},
		"a slow source, and then silence":   {host: accepts(4, second, long), wait: 5 * time.Minute, takes: 1268 * second, stalls: true},
		"a slow source, half is accepted":   {host: accepts(2, second, long), wait: 5 * time.Minute, takes: 662 * second, stalls: true},
		"a response before all is accepted": {host: accepts(1, second, 0), takes: second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := usual.Send(t.Context(), upload(t, slowly{strings.NewReader("body"), test.wait}), test.host)
				assert.Equal(t, test.takes, time.Since(start))
				if test.stalls {
					requireStall(t, err)
				} else {
					require.NoError(t, err)
				}
			})
		})
	}
}

// TestBodyThatIsSentAgain checks the body that a transport gets for a new connection.
func TestBodyThatIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, err := usual.Send(t.Context(), upload(t, strings.NewReader("body")), func(r *http.Request) (_ *http.Response, err error) {
			require.NoError(t, accept(r, 2, 50*time.Second))
			r.Body, err = r.GetBody()
			require.NoError(t, err)
			return accepts(4, 50*time.Second, 0)(r)
		})
		require.NoError(t, err)
	})
}

// TestFiles sends files as the operating system does it, without a Read.
func TestFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere a file keeps its position until all of it is sent")
	}
	for name, test := range map[string]struct {
		accepted int // bytes, one every 50 seconds
		silence  time.Duration
		stalls   bool
	}{
		"nothing is accepted":    {0, 24 * time.Hour, true},
		"half is accepted":       {2, 24 * time.Hour, true},
		"all is accepted":        {4, 24 * time.Hour, true},
		"all is accepted slowly": {4, 200 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "file")
			require.NoError(t, os.WriteFile(path, []byte("12body"), 0o600))
			synctest.Test(t, func(t *testing.T) {
				file, err := os.Open(path)
				require.NoError(t, err)
				defer file.Close()
				_, err = file.Seek(2, io.SeekStart)
				require.NoError(t, err)
				_, err = usual.Send(t.Context(), upload(t, file), func(r *http.Request) (*http.Response, error) {
					require.Implements(t, (*syscall.Conn)(nil), r.Body)
					for range test.accepted {
						if err := pause(r.Context(), 50*time.Second); err != nil {
							return nil, err
						}
						_, err := r.Body.(io.Seeker).Seek(1, io.SeekCurrent)
						require.NoError(t, err)
					}
					if err := pause(r.Context(), test.silence); err != nil {
						return nil, err
					}
					return created(), nil
				})
				if test.stalls {
					requireStall(t, err)
				} else {
					require.NoError(t, err)
				}
			})
		})
	}
}

// TestFileThatIsRead sends a file with reads, as over TLS.
func TestFileThatIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte("body"), 0o600))
	synctest.Test(t, func(t *testing.T) {
		file, err := os.Open(path)
		require.NoError(t, err)
		defer file.Close()
		_, err = usual.Send(t.Context(), upload(t, file), accepts(4, 50*time.Second, 250*time.Second))
		require.NoError(t, err)
	})
}

// countedReads is a file that counts its Reads.
type countedReads struct {
	*os.File
	n *int
}

func (c countedReads) Read(p []byte) (int, error) {
	*c.n++
	return c.File.Read(p)
}

// TestFilesAreNotRead checks that net/http recognizes a watched file.
func TestFilesAreNotRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere files are read")
	}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, make([]byte, 4<<20), 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	reads := 0
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL, countedReads{file, &reads})
	require.NoError(t, err)
	r.ContentLength = 4 << 20
	response, err := usual.Send(t.Context(), r, server.Client().Transport.RoundTrip)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.LessOrEqual(t, reads, 1, "at the end")
}
