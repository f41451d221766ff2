package codec

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneLargeBlobOnly(t *testing.T) {
	t.Parallel()
	type two struct{ A, B []byte }
	large := make([]byte, inlineBlob+1)
	_, err := NewBody(&two{large, large})
	require.ErrorIs(t, err, errTwoBlobs)
	b, err := NewBody(&two{A: large, B: []byte("small")})
	require.NoError(t, err)
	data, err := io.ReadAll(b)
	require.NoError(t, err)
	var out two
	require.NoError(t, Unmarshal(data, &out))
	assert.Equal(t, two{large, []byte("small")}, out)
}

func TestBodyIsReadInPiecesOfAnySize(t *testing.T) {
	t.Parallel()
	blob := bytes.Repeat([]byte("0123456789"), rawChunk/4)
	whole, err := Append(nil, &shape{Text: new("t"), Blob: blob})
	require.NoError(t, err)
	for _, in := range []shape{{Text: new("t"), Blob: blob}, {Text: new("t"), BlobFrom: bytes.NewReader(blob)}} {
		body, err := NewBody(&in)
		require.NoError(t, err)
		assert.EqualValues(t, len(whole), body.Size())
		sum, err := body.SHA256()
		require.NoError(t, err)
		for _, size := range []int{1, 3, 7, 1000, 1 << 20} {
			require.NoError(t, body.Rewind())
			got, err := io.ReadAll(onlyReader{body, size})
			require.NoError(t, err)
			assert.Equal(t, string(whole), string(got))
			assert.Zero(t, body.Len())
		}
		again, err := body.SHA256()
		require.NoError(t, err)
		assert.Equal(t, sum, again)
	}
}

// TestBodySeeks reads the rest of a body from many positions, and compares with a reader
// of its text.
func TestBodySeeks(t *testing.T) {
	t.Parallel()
	blob := bytes.Repeat([]byte("0123456789"), rawChunk/6)
	for name, in := range map[string]shape{
		"text": {Text: new("of more than a few bytes")}, "bytes": {Text: new("t"), Blob: blob}, "reader": {Text: new("t"), BlobFrom: bytes.NewReader(blob)},
		"long text": {Text: new(strings.Repeat("ä\n", inlineText))},
	} {
		body, err := NewBody(&in)
		require.NoError(t, err)
		whole, err := io.ReadAll(body)
		require.NoError(t, err)
		text, size := bytes.NewReader(whole), int64(len(whole))
		text.Seek(0, io.SeekEnd)
		for _, to := range []struct {
			offset int64
			whence int
		}{
			{0, io.SeekCurrent}, {0, io.SeekStart}, {0, io.SeekEnd}, {-3, io.SeekCurrent}, {1, io.SeekStart}, {-size, io.SeekEnd},
			{size / 2, io.SeekStart}, {2, io.SeekCurrent}, {size / 3, io.SeekStart}, {-1, io.SeekEnd}, {size, io.SeekStart},
		} {
			want, err := text.Seek(to.offset, to.whence)
			require.NoError(t, err)
			got, err := body.Seek(to.offset, to.whence)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s: %v", name, to)
			ahead := make([]byte, min(7, size-got))
			_, err = io.ReadFull(body, ahead)
			require.NoError(t, err)
			require.Equal(t, string(whole[want:][:len(ahead)]), string(ahead), "%s: %v", name, to)
			_, _ = text.Seek(int64(len(ahead)), io.SeekCurrent)
		}
		for _, outside := range []int64{-1, size + 1} {
			_, err = body.Seek(outside, io.SeekStart)
			require.ErrorIs(t, err, errSeek, name)
		}
	}
}

// onlyReader reads a few bytes at a time.
type onlyReader struct {
	r    io.Reader
	size int
}

func (r onlyReader) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), r.size)]) }

func TestClosedReaderIsCutOff(t *testing.T) {
	t.Parallel()
	body, err := NewBody(&shape{Text: new("t"), Blob: make([]byte, 10_000)})
	require.NoError(t, err)
	first, err := body.NewReader()
	require.NoError(t, err)
	_, err = io.ReadFull(first, make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, first.Close())
	_, err = first.Read(make([]byte, 1))
	require.Error(t, err)
	second, err := body.NewReader()
	require.NoError(t, err)
	all, err := io.ReadAll(second)
	require.NoError(t, err)
	assert.EqualValues(t, body.Size(), len(all), "the next sending begins at the start")
}

func TestPreparedReader(t *testing.T) {
	t.Parallel()
	r := bytes.NewReader(make([]byte, 10_000))
	_, err := r.Seek(10, io.SeekStart)
	require.NoError(t, err)
	prepared, err := Prepare(&shape{Text: new("t"), BlobFrom: r})
	require.NoError(t, err)
	assert.Equal(t, 9_990, r.Len(), "the reader stands where it stood")
	want, err := prepared.body.SHA256()
	require.NoError(t, err)
	for _, text := range []string{"t", "another", "t"} { // a second request with the same reader has a different hash
		body, err := NewBody(&shape{Text: &text, BlobFrom: prepared})
		require.NoError(t, err)
		assert.Equal(t, text == "t", body == prepared.body)
		sum, err := body.SHA256()
		require.NoError(t, err)
		assert.Equal(t, text == "t", sum == want)
		sent, err := body.NewReader()
		require.NoError(t, err)
		all, err := io.ReadAll(sent)
		require.NoError(t, err)
		assert.Equal(t, sum, fmt.Sprintf("%x", sha256.Sum256(all)), "sent from its start")
	}
	_, err = Prepare(&shape{Text: new("t"), BlobFrom: onlyReader{r, 10}})
	require.Error(t, err)
	_, err = Prepare(&shape{Text: new("t")})
	require.Error(t, err)
}

// TestReaderStaysWhereItIs encodes and hashes a request, and checks that its reader has
// not moved.
func TestReaderStaysWhereItIs(t *testing.T) {
	t.Parallel()
	r := bytes.NewReader(make([]byte, 10_000))
	_, err := r.Seek(7, io.SeekStart)
	require.NoError(t, err)
	body, err := NewBody(&shape{BlobFrom: r})
	require.NoError(t, err)
	assert.Equal(t, 9_993, r.Len())
	_, err = body.SHA256()
	require.NoError(t, err)
	assert.Equal(t, 9_993, r.Len())
}

func TestShrinkingReader(t *testing.T) {
	t.Parallel()
	r := bytes.NewReader(make([]byte, 10_000))
	body, err := NewBody(&shape{Text: new("t"), BlobFrom: r})
	require.NoError(t, err)
	r.Reset(make([]byte, 5_000))
	_, err = body.SHA256()
	require.ErrorIs(t, err, ErrChanged)
}
