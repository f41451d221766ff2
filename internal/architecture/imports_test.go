// Package architecture holds tests of the module as a whole.
package architecture

import (
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/ecr-public/ecr-public-go"

// light lists the modules that the client itself may import.
var light = []string{
	"github.com/aws/aws-sdk-go-v2/", "github.com/aws/smithy-go", "github.com/go-json-experiment/json/jsontext", "github.com/segmentio/asm/base64",
}

// layers says which packages of this module a package may import. The first
// prefix that fits a package counts.
var layers = []struct {
	pkg    string
	allows []string
	light  bool
}{
	{"internal/probes", []string{"internal/", "types", "ecrpublic"}, true},
	{"internal/records", []string{"internal/", "types", "ecrpublic", "ecrpublic/"}, false},
	{"internal/", []string{"internal/"}, true},
	{"types", []string{"internal/"}, true},
	{"paginators", []string{"internal/", "types", "ecrpublic"}, true},
	{"ecrpublic/registry", []string{"internal/", "ecrpublic/internal/", "ecrpublic/imageref", "ecrpublic/login"}, false},
	{"ecrpublic/housekeeping", []string{"internal/", "types", "ecrpublic", "ecrpublic/internal/", "paginators", "ecrpublic/imageref", "ecrpublic/login", "ecrpublic/registry"}, false},
	{"ecrpublic/", []string{"internal/", "types", "ecrpublic", "ecrpublic/", "paginators"}, false},
	{"ecrpublic", []string{"internal/", "types"}, true},
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	checked := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.Name() == "testdata" || name == "examples" || filepath.ToSlash(name) == "internal/compare" || strings.HasPrefix(d.Name(), ".") && name != "." {
			return fs.SkipDir
		}
		p, err := build.ImportDir(path, 0)
		if err != nil { // no Go files
			return nil
		}
		checked++
		checkImports(t, filepath.ToSlash(name), p.Imports)
		return nil
	}))
	assert.Greater(t, checked, 10)
}

func checkImports(t *testing.T, name string, imports []string) {
	t.Helper()
	for _, layer := range layers {
		if !fits(name, layer.pkg) {
			continue
		}
		for _, path := range imports {
			own, ours := strings.CutPrefix(path, module+"/")
			external := strings.Contains(strings.Split(path, "/")[0], ".")
			switch {
			case ours:
				assert.True(t, anyFits(own, layer.allows), "%s must not import %s", name, own)
			case external && layer.light:
				assert.True(t, hasPrefix(path, light), "%s must not import %s", name, path)
			}
			assert.NotEqual(t, "testing", path, "%s is no test", name)
		}
		return
	}
	assert.Fail(t, "no rule for package "+name)
}

// TestModulesOfTheClient holds what CONTRIBUTING.md says of a program that imports only
// the client: the modules that it builds, and those that "go mod tidy" adds for tests.
func TestModulesOfTheClient(t *testing.T) {
	t.Parallel()
	own := strings.Fields(goList(t, "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.ImportPath}}{{end}}{{end}}", module+"/ecrpublic"))
	built, all := modules(t, own), modules(t, own, "-test")
	text := strings.Join(strings.Fields(read(t, "CONTRIBUTING.md")), " ")
	assert.Contains(t, text, fmt.Sprintf("names %d modules besides this one. The program builds %d of them", len(all), len(built)), "%v %v", all, built)
	assert.Contains(t, text, fmt.Sprintf("The other %d are needed by tests", len(all)-len(built)))
	_, sentence, _ := strings.Cut(text, "of them: ")
	sentence, _, _ = strings.Cut(sentence, ", which")
	for _, m := range built {
		assert.Regexp(t, "`[^`]*"+path.Base(m)+"`", sentence, "the module %s", m)
	}
}

// modules lists the other modules that packages need.
func modules(t *testing.T, packages []string, flags ...string) []string {
	t.Helper()
	args := append(append(flags, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}"), packages...)
	found := strings.Fields(goList(t, args...))
	slices.Sort(found)
	return slices.Compact(found)
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	command.Dir = under()
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64") // modules differ
	out, err := command.Output()
	require.NoError(t, err)
	return string(out)
}

// fits reports whether a package is the one named, or below it if the name ends
// with a slash.
func fits(pkg, name string) bool {
	return pkg == name || strings.HasSuffix(name, "/") && strings.HasPrefix(pkg, name)
}

func anyFits(pkg string, names []string) bool {
	for _, name := range names {
		if fits(pkg, name) {
			return true
		}
	}
	return false
}

func hasPrefix(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}
