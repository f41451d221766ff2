package errtype_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/internal/errtype"
)

func TestIs(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("wrapped: %w", errors.Join(errors.New("another"), &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}))
	assert.True(t, errtype.Is[*fs.PathError](wrapped))
	assert.False(t, errtype.Is[*json.SyntaxError](wrapped))
	assert.False(t, errtype.Is[*fs.PathError](nil))
}
