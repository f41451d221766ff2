package blobs

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drafts calls a test for a draft of each storage.
func drafts(t *testing.T, test func(*testing.T, Draft)) {
	storages := map[string]func(*testing.T) Storage{
		"memory": func(*testing.T) Storage { return NewMemory() },
		"disk": func(t *testing.T) Storage {
			disk, err := OpenDisk(t.TempDir(), nil)
			require.NoError(t, err)
			return disk
		},
	}
	for name, open := range storages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draft, err := open(t).Create("upload")
			require.NoError(t, err)
			t.Cleanup(draft.Discard)
			test(t, draft)
		})
	}
}

func TestBytesAreReadWhileMoreAreWritten(t *testing.T) {
	t.Parallel()
	drafts(t, func(t *testing.T, draft Draft) {
		content := bytesOf(3*blockSize + 4096)
		var readers []chan []byte
		for start := 0; start < len(content); start += 100_003 {
			_, err := draft.Write(content[start:min(start+100_003, len(content))])
			require.NoError(t, err)
			after, read := draft.After(int64(start)), make(chan []byte, 1)
			readers = append(readers, read)
			go func() {
				got, err := io.ReadAll(after)
				assert.NoError(t, err)
				assert.NoError(t, draft.Flush())
				read <- got
			}()
		}
		var got []byte
		for _, read := range readers {
			got = append(got, <-read...)
		}
		require.True(t, bytes.Equal(content, got))
	})
}

// Truncate may drop what follows the bytes that are being read.
func TestBytesAreReadWhileLaterOnesAreDropped(t *testing.T) {
	t.Parallel()
	drafts(t, func(t *testing.T, draft Draft) {
		kept, dropped := bytesOf(blockSize+1000), bytesOf(2*blockSize)
		_, err := draft.Write(kept)
		require.NoError(t, err)
		after := draft.After(1)
		_, err = draft.Write(dropped)
		require.NoError(t, err)
		require.NoError(t, draft.Truncate(int64(len(kept))))
		_, err = draft.Write([]byte("others"))
		require.NoError(t, err)
		got, err := io.ReadAll(after)
		require.NoError(t, err)
		require.True(t, bytes.Equal(kept[1:], got))
	})
}
