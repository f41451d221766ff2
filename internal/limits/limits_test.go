package limits_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// The two patterns have no text in common, and the colon tells which one it is.
func TestIsDigest(t *testing.T) {
	t.Parallel()
	tag, digest := regexp.MustCompile("^"+limits.Tag+"$"), regexp.MustCompile("^"+limits.Digest+"$")
	for text, want := range map[string]bool{
		"v1": false, "latest": false, "sha256": false, "sha256-abc.sig": false, "9f86d081884c7d65": false,
		"sha256:9f86d081884c7d65": true, "sha256:abc": true, "sha512:0": true, "multihash+base58:a": true,
	} {
		assert.Equal(t, want, limits.IsDigest(text), text)
		assert.Equal(t, want, digest.MatchString(text), text)
		assert.Equal(t, !want, tag.MatchString(text), text)
	}
}

func TestSplitPlatform(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{"linux/amd64": {"linux", "amd64", ""}, "linux/arm/v7": {"linux", "arm", "v7"}} {
		os, architecture, variant, ok := limits.SplitPlatform(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, []string{os, architecture, variant})
	}
	for _, text := range []string{"", "linux", "linux/", "/amd64", "linux//v7", "linux/arm/v7/", "linux/arm/v7/x", "linux/ amd64", "linux/amd64\n"} {
		_, _, _, ok := limits.SplitPlatform(text)
		assert.False(t, ok, "%q", text)
	}
}
