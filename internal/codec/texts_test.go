package codec

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPooledMemoryIsReleased collects one long text, many short ones, and a typical
// amount.
func TestPooledMemoryIsReleased(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		texts, length int
		keeps         bool
	}{
		"usual": {100, 100, true},
		"long":  {1, 1 << 20, false},
		"many":  {100_000, 0, false},
	} {
		var c texts
		list := c.list(&field{kind: kindStrings})
		for range tc.texts {
			c.item(list, bytes.Repeat([]byte("x"), tc.length))
		}
		c.reset()
		assert.Equal(t, tc.keeps, cap(c.bytes) > 0 && cap(c.entries) > 0, name)
		assert.LessOrEqual(t, cap(c.bytes), 64<<10, name)
		assert.LessOrEqual(t, cap(c.entries), 2<<10, name)
	}
}
