package paging_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

func TestMark(t *testing.T) {
	t.Parallel()
	require.False(t, paging.Marked(t.Context()))
	require.True(t, paging.Marked(paging.MarkContext(t.Context())))
}
