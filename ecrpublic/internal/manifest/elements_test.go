package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

func TestElements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "3": 0, "true": 0, "null": 1, "{}": 1, "[1,2]": 2, `{"a":[{},null]}`: 5,
		`"[{,null"`: 0, `"a\"[{,"`: 0, `["\\",3]`: 2, `"\\\",[" ,`: 1, `["a","b\\","c"]`: 3,
	} {
		var whole, bytewise manifest.Elements
		assert.Equal(t, want, whole.Add([]byte(text)), text)
		for i := range len(text) {
			bytewise.Add([]byte(text[i : i+1]))
		}
		assert.Equal(t, whole, bytewise, text)
	}
}

func TestCheckElements(t *testing.T) {
	t.Parallel()
	text := "[" + strings.Repeat("0,", manifest.MaxElements-1) + "0]"
	assert.NoError(t, manifest.CheckElements([]byte(text)))
	assert.ErrorIs(t, manifest.CheckElements([]byte("["+text)), errdef.ErrSizeExceedsLimit)
	for _, parse := range []func([]byte) (manifest.Manifest, error){manifest.Parse, manifest.ParseLinks} {
		_, err := parse([]byte(`{"annotations":` + text + "}"))
		assert.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)
	}
}
