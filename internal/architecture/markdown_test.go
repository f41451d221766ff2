package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMarkdownLinks checks links in Markdown files to files and headings of this
// repository. Links to other hosts are not checked.
func TestMarkdownLinks(t *testing.T) {
	t.Parallel()
	links := 0
	for _, file := range markdown(t) {
		for _, target := range targets(read(t, file)) {
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			links++
			to, anchor, _ := strings.Cut(target, "#")
			switch {
			case to == "":
				to = file
			case strings.HasPrefix(to, "/"):
				to = "." + to
			default:
				to = path.Join(path.Dir(file), to)
			}
			_, err := os.Stat(under(to))
			if assert.NoError(t, err, "%s links to %s", file, target) && anchor != "" && path.Ext(to) == ".md" {
				assert.Contains(t, headings(read(t, to)), anchor, "%s links to %s: there is no such heading", file, target)
			}
		}
	}
	assert.Greater(t, links, 20)
}

// TestMarkdownCommands looks for the programs, modules and scripts that commands in
// the Markdown files name.
func TestMarkdownCommands(t *testing.T) {
	t.Parallel()
	var (
		run    = regexp.MustCompile(`go (?:-C (\S+) )?run (\./[\w./-]*\w)`)
		module = regexp.MustCompile(`go -C ([\w.-][\w./-]*)`)
		script = regexp.MustCompile(`bash (\.ci/[\w./-]*\w)`)
		step   = regexp.MustCompile("bash \\.ci/run ([a-z][^`#\n]*)")
	)
	steps := stepsOfRun(t)
	commands := 0
	for _, file := range markdown(t) {
		text := read(t, file)
		for _, m := range run.FindAllStringSubmatch(text, -1) {
			commands++
			sources, err := filepath.Glob(under(path.Join(m[1], m[2], "*.go")))
			require.NoError(t, err)
			assert.NotEmpty(t, sources, "%s: %s: there is no program", file, m[0])
		}
		for _, m := range module.FindAllStringSubmatch(text, -1) {
			commands++
			assert.FileExists(t, under(path.Join(m[1], "go.mod")), "%s: %s: there is no module", file, m[0])
		}
		for _, m := range script.FindAllStringSubmatch(text, -1) {
			commands++
			assert.FileExists(t, under(m[1]), "%s: %s: there is no script", file, m[0])
		}
		for _, m := range step.FindAllStringSubmatch(text, -1) {
			for name := range strings.FieldsSeq(m[1]) {
				assert.Contains(t, steps, name, "%s: bash .ci/run has no step %s", file, name)
			}
		}
	}
	assert.Greater(t, commands, 10)
}

// TestReadme checks that the README is short, that it names exactly the examples
// that exist, and that its badge has the Go version of go.mod.
func TestReadme(t *testing.T) {
	t.Parallel()
	const longest = 200
	readme := read(t, "README.md")
	assert.Less(t, strings.Count(readme, "\n"), longest, "lines of README.md")

	for _, m := range regexp.MustCompile("`\\./([a-z-]+)`").FindAllStringSubmatch(readme, -1) {
		assert.FileExists(t, under("examples", m[1], "main.go"), "README.md names example %s", m[1])
	}
	programs, err := filepath.Glob(under("examples", "*", "main.go"))
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	for _, program := range programs {
		name := filepath.Base(filepath.Dir(program))
		assert.Regexp(t, "(`|run )\\./"+name+`\b|examples/`+name+`\b`, readme, "README.md does not name example %s", name)
	}

	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	require.NotNil(t, version)
	assert.Contains(t, readme, "![Go "+version[1]+" or later]", "the badge of README.md and the go line of go.mod")
	assert.Contains(t, readme, "badge/Go-"+version[1]+"%20", "the picture of the badge and the go line of go.mod")
}

// TestPerformanceFigures checks that the figures name the releases they compare.
func TestPerformanceFigures(t *testing.T) {
	t.Parallel()
	figures := read(t, "internal/compare/PERFORMANCE.md")
	assert.Contains(t, figures, "\n|", "the figures are a table")
	for _, module := range []string{"aws-sdk-go-v2", "aws-sdk-go-v2/service/ecrpublic", "smithy-go"} {
		assert.Regexp(t, `(^|[ ,;])`+module+` v\d+\.\d+\.\d+`, figures, "the figures must say of which release; go -C internal/compare run ./report -write takes them again")
	}
}

// under returns the path of a file of the repository.
func under(elements ...string) string {
	return filepath.Join(append([]string{"..", ".."}, elements...)...)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(under(file))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// markdown lists the Markdown files by their paths in the repository.
func markdown(t *testing.T) (files []string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS(under()), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case path.Ext(name) == ".md":
			files = append(files, name)
		}
		return nil
	}))
	require.GreaterOrEqual(t, len(files), 5)
	return files
}

var (
	fences  = regexp.MustCompile("(?ms)^ *(```|~~~).*?^ *(```|~~~)[^\n]*$")
	code    = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(<?([^)\s>]+)|(?m:^ *\[[^\]]+\]: *([^ \n]+))|(?:href|src|srcset)="([^" ]+)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*?)[ #]*$`)
	label   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	byHand  = regexp.MustCompile(`(?:id|name)="([^"]+)"`)
	mute    = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// targets returns the targets of a text's links and images, except in code.
func targets(text string) (found []string) {
	text = code.ReplaceAllString(fences.ReplaceAllString(text, ""), "")
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1]+m[2]+m[3])
	}
	return found
}

// headings returns the anchors of a text: those that GitHub derives from headings, and
// those that are set by hand.
func headings(text string) (anchors []string) {
	text = fences.ReplaceAllString(text, "")
	seen := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		anchor := strings.ToLower(label.ReplaceAllString(m[1], "$1"))
		anchor = strings.ReplaceAll(mute.ReplaceAllString(anchor, ""), " ", "-")
		if n := seen[anchor]; n > 0 {
			anchors = append(anchors, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			anchors = append(anchors, anchor)
		}
		seen[anchor]++
	}
	for _, m := range byHand.FindAllStringSubmatch(text, -1) {
		anchors = append(anchors, m[1])
	}
	return anchors
}
