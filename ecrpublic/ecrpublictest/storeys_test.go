package ecrpublictest_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sources are the files of the emulator that are no tests, with their imports.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		found[file] = []string{}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[file] = append(found[file], name)
		}
		return nil
	}))
	return found
}

// TestStoreys holds the direction of imports: the face above wire and host, these
// above registry, that above blobs. What keeps the state knows no HTTP.
func TestStoreys(t *testing.T) {
	t.Parallel()
	const internal = "github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/"
	below := map[string][]string{
		".":                       {"wire", "host", "registry"},
		"cmd/ecr-public-emulator": {},
		"internal/wire":           {"registry"},
		"internal/host":           {"registry"},
		"internal/registry":       {"blobs"},
		"internal/blobs":          {},
	}
	withoutHTTP := []string{"internal/registry", "internal/blobs"}
	seen := map[string]bool{}
	for file, imports := range sources(t) {
		dir := path.Dir(file)
		seen[dir] = true
		allowed, known := below[dir]
		assert.True(t, known, "%s: a package that this test does not know", dir)
		for _, name := range imports {
			if storey, ok := strings.CutPrefix(name, internal); ok {
				assert.Contains(t, allowed, storey, file)
			}
			assert.False(t, name == "net/http" && slices.Contains(withoutHTTP, dir), "%s imports net/http", file)
		}
	}
	assert.Len(t, seen, len(below))
}

// TestFilesAreShort holds that a file has one idea.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	const most = 250
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") {
			return err
		}
		text, err := os.ReadFile(file)
		assert.LessOrEqual(t, bytes.Count(text, []byte("\n")), most, file)
		return err
	}))
}
