package codec

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
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
		_, err = body.Seek(1, io.SeekStart)
		require.ErrorIs(t, err, errSeek)
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
