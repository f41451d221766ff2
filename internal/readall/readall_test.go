package readall_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/readall"
)

func TestReadAll(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	broken := errors.New("broken")
	for range 300 {
		want := make([]byte, random.IntN(1<<random.IntN(23)))
		for i := 0; i < len(want); i += 1 + random.IntN(100) {
			want[i] = byte(random.Uint32())
		}
		buffer := make([]byte, random.IntN(10), 10+random.IntN(2000))
		wraps := []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader,
		}
		wrap := wraps[random.IntN(len(wraps))]
		got, err := readall.ReadAll(buffer, wrap(bytes.NewReader(want)))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
		got, err = readall.ReadAll(nil, wrap(io.MultiReader(bytes.NewReader(want), iotest.ErrReader(broken))))
		require.ErrorIs(t, err, broken)
		require.True(t, bytes.Equal(want, got))
	}
	_, err := readall.ReadAll(nil, iotest.ErrReader(io.ErrUnexpectedEOF))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestBufferIsUsed(t *testing.T) {
	t.Parallel()
	buffer := make([]byte, 0, 100)
	got, err := readall.ReadAll(buffer, iotest.DataErrReader(bytes.NewReader(make([]byte, 100))))
	require.NoError(t, err)
	assert.Same(t, &buffer[:1][0], &got[0])
}

// Not parallel: it counts what the process allocates.
func TestMemory(t *testing.T) {
	for _, size := range []int{1 << 10, 300 << 10, 9 << 20} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readall.ReadAll(nil, bytes.NewReader(make([]byte, size)))
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(3*size+3<<20), size) // the source's included
	}
}
