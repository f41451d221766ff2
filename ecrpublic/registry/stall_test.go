package registry_test

import (
	"errors"
	"io"
	"net/http"
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

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// slowly waits before each Read.
type slowly struct {
	io.Reader
	wait time.Duration
}

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(s.wait)
	return s.Reader.Read(p[:min(len(p), 1)])
}

func TestHostThatTakesNothing(t *testing.T) {
	t.Parallel()
	// take reads n bytes of a body, with a pause before each.
	take := func(req *http.Request, n int, pause time.Duration) error {
		for range n {
			select {
			case <-time.After(pause):
			case <-req.Context().Done():
				return req.Context().Err()
			}
			if _, err := req.Body.Read(make([]byte, 1)); err != nil && err != io.EOF {
				return err
			}
		}
		return nil
	}
	for name, test := range map[string]struct {
		host   func(req *http.Request) error
		source io.Reader
		takes  time.Duration // at least, and at most a minute more
		stalls bool
	}{
		"nothing":         {func(req *http.Request) error { return take(req, 1, time.Hour) }, strings.NewReader("body"), time.Minute, true},
		"half":            {func(req *http.Request) error { return errors.Join(take(req, 2, time.Second), take(req, 1, time.Hour)) }, strings.NewReader("body"), 62 * time.Second, true},
		"all, and silent": {func(req *http.Request) error { return errors.Join(take(req, 4, time.Second), take(req, 1, time.Hour)) }, strings.NewReader("body"), 68 * time.Second, true},
		"slowly":          {func(req *http.Request) error { return take(req, 5, 50*time.Second) }, strings.NewReader("body"), 250 * time.Second, false},
		"a slow source":   {func(req *http.Request) error { return take(req, 5, 0) }, slowly{strings.NewReader("body"), 3 * time.Minute}, 15 * time.Minute, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newFakeHost()
			client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodPut {
					return inMemory{h}.RoundTrip(req)
				}
				if err := test.host(req); err != nil {
					return nil, err
				}
				return &http.Response{StatusCode: http.StatusCreated, Body: http.NoBody, Header: http.Header{}}, nil
			})}})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://registry.test/v2/acme/app/blobs/uploads/1", test.source)
			require.NoError(t, err)
			start := time.Now()
			resp, err := client.Do(req)
			took := time.Since(start)
			if test.stalls {
				require.ErrorContains(t, err, "the host sent nothing for 1m0s", name)
			} else {
				require.NoError(t, err, name)
				require.NoError(t, resp.Body.Close())
			}
			assert.GreaterOrEqual(t, took, test.takes, name)
			assert.LessOrEqual(t, took, test.takes+time.Minute, name)
		})
	}
}

// The operating system sends a file without a Read: its position says how much.
func TestHostThatTakesNothingOfAFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the position is that before the file was sent")
	}
	for name, test := range map[string]struct {
		takes  int // bytes of the four, one every 50 seconds
		stalls bool
	}{"all": {4, false}, "half": {2, true}, "nothing": {0, true}} {
		synctest.Test(t, func(t *testing.T) {
			file, err := os.Create(filepath.Join(t.TempDir(), "file"))
			require.NoError(t, err)
			_, err = file.WriteString("12body")
			require.NoError(t, err)
			_, err = file.Seek(2, io.SeekStart)
			require.NoError(t, err)
			h := newFakeHost()
			client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodPut {
					return inMemory{h}.RoundTrip(req)
				}
				require.Implements(t, (*syscall.Conn)(nil), req.Body)
				for i := range 5 {
					if i > test.takes {
						<-req.Context().Done()
						return nil, req.Context().Err()
					}
					if i > 0 {
						_, err := file.Seek(1, io.SeekCurrent)
						require.NoError(t, err)
					}
					time.Sleep(50 * time.Second)
				}
				return &http.Response{StatusCode: http.StatusCreated, Body: http.NoBody, Header: http.Header{}}, nil
			})}})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://registry.test/v2/acme/app/blobs/uploads/1", file)
			require.NoError(t, err)
			req.ContentLength = 4
			resp, err := client.Do(req)
			if test.stalls {
				require.ErrorContains(t, err, "the host sent nothing for 1m0s", name)
				return
			}
			require.NoError(t, err, name)
			require.NoError(t, resp.Body.Close())
		})
	}
}
