package demo_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

func TestPrintPlan(t *testing.T) {
	t.Parallel()
	change := []imagepush.Change{{Tag: "v1", Then: "sha256:1", Bytes: 5}}
	const (
		table     = "TAG  NOW  THEN      BYTES\nv1   -    sha256:1  5\n"
		referrers = "2.0 KiB of referrers of tags that are up to date would be sent\n"
	)
	for want, c := range map[string]struct {
		changes   []imagepush.Change
		referrers int64
	}{
		"nothing to do: every tag is up to date\n": {},
		table:             {changes: change},
		referrers:         {referrers: 2048},
		table + referrers: {change, 2048},
	} {
		var out bytes.Buffer
		require.NoError(t, demo.PrintPlan(&out, c.changes, c.referrers))
		assert.Equal(t, want, out.String())
	}
}
