package ecrpublictest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
	"github.com/ecr-public/ecr-public-go/types"
)

// failingDraft has room for some writes.
type failingDraft struct {
	blobs.Draft
	room int
}

func memoryDraft(t *testing.T) blobs.Draft {
	t.Helper()
	draft, err := blobs.NewMemory().Create("")
	require.NoError(t, err)
	return draft
}

var errFull = errors.New("full")

func (d *failingDraft) Write(p []byte) (int, error) {
	if d.room == 0 {
		return 0, errFull
	}
	d.room--
	return d.Draft.Write(p)
}

func TestWriteBehindKeepsTheOrder(t *testing.T) {
	t.Parallel()
	u := &upload{draft: memoryDraft(t), hash: sha256.New()}
	want := sha256.New()
	var held, released atomic.Int32
	hold := func() func() {
		held.Add(1)
		return func() { released.Add(1) }
	}
	for i := range byte(20) {
		part := bytes.Repeat([]byte{i}, mebibyte+int(i))
		want.Write(part)
		require.NoError(t, u.writeBehind(part, 100*mebibyte, hold))
	}
	require.ErrorContains(t, u.writeBehind(make([]byte, mebibyte), 20*mebibyte, hold), "limit")
	require.NoError(t, u.settle())
	assert.EqualValues(t, 20, held.Load())
	assert.EqualValues(t, 20, released.Load())
	assert.Equal(t, "sha256:"+hex.EncodeToString(want.Sum(nil)), u.digest())
	assert.EqualValues(t, 20*mebibyte+190, u.size)
}

// TestWriteBehindFails looks at what follows a part that was answered and not
// written.
func TestWriteBehindFails(t *testing.T) {
	t.Parallel()
	hold := func() func() { return func() {} }
	u := &upload{draft: &failingDraft{memoryDraft(t), 1}, hash: sha256.New()}
	require.NoError(t, u.writeBehind([]byte("one"), mebibyte, hold))
	require.NoError(t, u.writeBehind([]byte("two"), mebibyte, hold))
	for _, err := range []error{u.settle(), u.write([]byte("x"), mebibyte), u.writeBehind([]byte("x"), mebibyte, hold)} {
		failed, ok := errors.AsType[*types.ServerException](err)
		require.True(t, ok, "%v", err)
		assert.Contains(t, failed.Error(), errFull.Error())
	}
	u.end()
	assert.True(t, u.closed)
}
