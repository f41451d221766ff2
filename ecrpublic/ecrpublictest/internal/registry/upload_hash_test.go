package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContentHash(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		h := newContentHash()
		var content, kept []byte
		state, err := h.state()
		require.NoError(t, err)
		for range random.IntN(12) {
			more := make([]byte, random.IntN(5000))
			_, _ = rand.NewChaCha8([32]byte{byte(random.Uint32())}).Read(more)
			switch random.IntN(6) {
			case 0:
				content = append(content, more...)
				h.write(more)
			case 1:
				state, err = h.state()
				require.NoError(t, err)
				kept = append([]byte(nil), content...)
			case 2:
				require.NoError(t, h.revert(state))
				content = append([]byte(nil), kept...)
			default:
				content = append(content, more...)
				h.later(func(w io.Writer) error {
					_, err := w.Write(more)
					return err
				})
			}
		}
		want := sha256.Sum256(content)
		got, err := h.digest()
		require.NoError(t, err)
		require.Equal(t, "sha256:"+hex.EncodeToString(want[:]), got)
	}
}

// An error in the background is not lost when more bytes follow.
func TestContentHashKeepsTheFirstError(t *testing.T) {
	t.Parallel()
	first := errors.New("the disk is full")
	h := newContentHash()
	h.later(func(io.Writer) error { return nil })
	h.later(func(io.Writer) error { return first })
	h.later(func(io.Writer) error { return errors.New("and broken") })
	h.write([]byte("more"))
	_, err := h.digest()
	assert.Equal(t, first, err)
}
