package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// brokenDraft stores bytes that it cannot read back or flush.
type brokenDraft struct {
	blobs.Draft
	read, flush error
}

func (d brokenDraft) After(position int64) io.Reader {
	if d.read != nil {
		return iotest.ErrReader(d.read)
	}
	return d.Draft.After(position)
}

func (d brokenDraft) Flush() error { return d.flush }

func beginUpload(t *testing.T, broken brokenDraft) *upload {
	t.Helper()
	draft, err := blobs.NewMemory().Create("id")
	require.NoError(t, err)
	broken.Draft = draft
	return newUpload("id", &repository{}, broken, time.Time{})
}

// What goes wrong with a part after its response fails the upload.
func TestPartFailsInTheBackground(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is broken")
	for name, draft := range map[string]brokenDraft{"read": {read: broken}, "flush": {flush: broken}} {
		u := beginUpload(t, draft)
		require.NoError(t, u.writePart(make([]byte, pieceSize+1), math.MaxInt64), name)
		require.NoError(t, u.writePart([]byte("the last part"), math.MaxInt64), name)
		_, err := (&Store{uploads: map[string]*upload{}}).finishUpload(u, nil)
		assert.ErrorContains(t, err, broken.Error(), name)
		assert.True(t, u.closed, name)
	}
}

// Small parts are hashed at once, large ones in the background.
func TestPartsOfAnySizeAreHashedInOrder(t *testing.T) {
	t.Parallel()
	u := beginUpload(t, brokenDraft{})
	var content []byte
	for i, size := range []int{pieceSize + 1, 1, pieceSize, 3 * pieceSize, 0, pieceSize - 1, 5*pieceSize + 7, 2} {
		part := bytes.Repeat([]byte{byte(i + 1)}, size)
		content = append(content, part...)
		require.NoError(t, u.writePart(part, math.MaxInt64))
	}
	want := sha256.Sum256(content)
	got, err := u.hash.digest()
	require.NoError(t, err)
	assert.Equal(t, "sha256:"+hex.EncodeToString(want[:]), got)
	assert.EqualValues(t, len(content), u.size)
}
