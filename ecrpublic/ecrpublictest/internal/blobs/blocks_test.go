package blobs

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBlocks(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 3000, blockSize - 1, blockSize, blockSize + 1, 2*blockSize + 7} {
		want := bytesOf(size)
		for _, step := range []int{1 << 12, 100_003, 3 * blockSize} {
			var b blocks
			for at := 0; at < size; at += step {
				n, err := b.Write(want[at:min(at+step, size)])
				require.NoError(t, err)
				require.Equal(t, min(step, size-at), n)
			}
			b.clip()
			require.EqualValues(t, size, b.size)
			memory := 0
			for _, block := range b.list {
				memory += cap(block)
			}
			assert.LessOrEqual(t, memory, size+size/4+8<<10)
			require.NoError(t, iotest.TestReader(io.NewSectionReader(&b, 0, b.size), want))
		}
	}
}

// bytesOf are bytes that do not repeat soon.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i>>7 + i)
	}
	return b
}

func TestBlocksAreTruncated(t *testing.T) {
	t.Parallel()
	want := bytesOf(2*blockSize + 100)
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, len(want), len(want) + 1} {
		var b blocks
		_, err := b.Write(want)
		require.NoError(t, err)
		b.truncate(int64(size))
		kept := want[:min(size, len(want))]
		require.NoError(t, iotest.TestReader(io.NewSectionReader(&b, 0, b.size), kept), size)
		_, err = b.Write([]byte("more"))
		require.NoError(t, err)
		require.NoError(t, iotest.TestReader(io.NewSectionReader(&b, 0, b.size), append(bytes.Clone(kept), "more"...)), size)
	}
}
