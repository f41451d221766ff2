package registry_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brittle serves a blob and breaks the connection after every step bytes.
func brittle(content []byte, step int, ranges bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var from int
		if ranges {
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(content[from:min(from+step, len(content))]) // the rest is missing
		if !ranges {
			step *= 2
		}
	}
}

func TestBlobsContinue(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, ranges := range []bool{true, false} {
		client := serve(t, brittle(content, 40_000, ranges))
		blob, err := client.Blob(t.Context(), app, digest.FromBytes(content))
		require.NoError(t, err)
		got, err := io.ReadAll(blob)
		require.NoError(t, err, "ranges: %t", ranges)
		assert.Equal(t, content, got)
		require.NoError(t, blob.Close())
		_, err = blob.Read(make([]byte, 1))
		assert.ErrorIs(t, err, io.EOF)
	}
}

func TestBlobsThatCannotContinue(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for name, c := range map[string]struct {
		rest http.HandlerFunc
		want string
	}{
		"another range": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 7-9/10")
			w.WriteHeader(http.StatusPartialContent)
		}, "want one that starts at byte 40000"},
		"less": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "short") }, "EOF"},
		"gone": {func(w http.ResponseWriter, _ *http.Request) {
			refusal(http.StatusNotFound, "BLOB_UNKNOWN", "no longer")(w)
		}, "404 Not Found: BLOB_UNKNOWN: no longer"},
	} {
		first := true
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				brittle(content, 40_000, true)(w, r)
				return
			}
			c.rest(w, r)
		}))
		blob, err := client.Blob(t.Context(), app, digest.FromBytes(content))
		require.NoError(t, err)
		_, err = io.ReadAll(blob)
		assert.ErrorContains(t, err, c.want, name)
		require.NoError(t, blob.Close(), name)
	}
}

func TestClosedBlob(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") }))
	blob, err := client.Blob(t.Context(), app, digest.FromString("x"))
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	_, err = blob.Read(make([]byte, 1))
	assert.ErrorContains(t, err, "closed")
}

// A manifest whose connection fails midway is requested again.
func TestTruncatedManifest(t *testing.T) {
	t.Parallel()
	content := []byte(`{"mediaType":"application/vnd.oci.image.index.v1+json"}`)
	client := serve(t, brittle(content, 20, false))
	m, err := client.Manifest(t.Context(), tagged("v1"))
	require.NoError(t, err)
	assert.Equal(t, content, m.Content)
}
