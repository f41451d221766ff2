package compare

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMigration runs programs with the official client, applies the command of
// MIGRATION.md to them, and runs them again.
func TestMigration(t *testing.T) {
	t.Parallel()
	programs := migrationPrograms(t)
	official, ours := migrationModule(t, programs), migrationModule(t, programs)
	execute(t, ours, "sh", "-c", migrationCommand(t))
	requireOnlyImportsChanged(t, official, ours)
	for _, dir := range []string{official, ours} {
		execute(t, dir, "go", "vet", "./...")
		execute(t, dir, "go", "build", "-ldflags=-s -w", "-o", "bin/", "./...")
		execute(t, dir, "go", "test", "-c", "-o", "bin/mock", "./mock")
	}
	require.NotContains(t, dependencies(t, official), ourPath)
	require.NotContains(t, dependencies(t, ours), officialPath)

	emulator := buildEmulator(t)
	for _, name := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := runMigrated(t, emulator, filepath.Join(official, "bin", name))
			t.Logf("with the official client:\n%s", want)
			require.NotEmpty(t, want)
			assert.Equal(t, want, runMigrated(t, emulator, filepath.Join(ours, "bin", name)))
		})
	}
}

const migrationPath = "testdata/migration"

// migrationPrograms returns the names of the programs for the official client.
func migrationPrograms(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(migrationPath)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() != "_emulator" {
			names = append(names, e.Name())
		}
	}
	require.GreaterOrEqual(t, len(names), 8)
	return names
}

// migrationCommand returns the two commands in MIGRATION.md, one on each line.
func migrationCommand(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../MIGRATION.md")
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^gofmt .*$`).FindAllString(string(text), -1)
	require.Len(t, commands, 2)
	return strings.Join(commands, "\n")
}

// TestMigrationPassesOverBrokenFiles runs the commands beside a file that does not
// parse, so that gofmt exits with an error. All other files must change nevertheless.
func TestMigrationPassesOverBrokenFiles(t *testing.T) {
	t.Parallel()
	const (
		official = "package m\n\nimport (\n\t_ \"github.com/aws/aws-sdk-go-v2/service/ecrpublic\"\n\t_ \"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types\"\n)\n"
		ours     = "package m\n\nimport (\n\t_ \"github.com/ecr-public/ecr-public-go/ecrpublic\"\n\t_ \"github.com/ecr-public/ecr-public-go/types\"\n)\n"
		broken   = "package broken func {\n"
	)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(broken), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.go"), []byte(official), 0o600))
	command := exec.CommandContext(t.Context(), "sh", "-c", migrationCommand(t))
	command.Dir = dir
	out, err := command.CombinedOutput()
	require.Error(t, err, "gofmt reports the broken file")
	assert.Contains(t, string(out), "a.go")
	for name, want := range map[string]string{"a.go": broken, "b.go": ours} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), name)
	}
}

// migrationModule copies the programs into a module that has both clients.
func migrationModule(t *testing.T, programs []string) string {
	t.Helper()
	dir := temporaryModule(t)
	for _, name := range programs {
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(migrationPath, name))))
	}
	return dir
}

// temporaryModule creates an empty module with the requirements of this one.
func temporaryModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	execute(t, dir, "go", "mod", "edit", "-module=example.com/temporary", "-replace="+ourPath+"="+root)
	return dir
}

// requireOnlyImportsChanged checks that the command changes only what MIGRATION.md
// says.
func requireOnlyImportsChanged(t *testing.T, before, after string) {
	t.Helper()
	rewrite := strings.NewReplacer(`"`+officialPath+`"`, `"`+ourPath+`/ecrpublic"`, `"`+officialPath+`/types"`, `"`+ourPath+`/types"`)
	require.NoError(t, filepath.WalkDir(before, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		old, err := os.ReadFile(path)
		require.NoError(t, err)
		want, err := format.Source([]byte(rewrite.Replace(string(old))))
		require.NoError(t, err)
		got, err := os.ReadFile(after + strings.TrimPrefix(path, before))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got) && !bytes.Equal(old, got), "the command does not change the imports of %s, and nothing else", path)
		return nil
	}))
}

func dependencies(t *testing.T, dir string) string {
	t.Helper()
	return execute(t, dir, "go", "list", "-deps", "-test", "./...")
}

// buildEmulator builds the emulator in the module that has its requirements.
func buildEmulator(t *testing.T) (path string) {
	t.Helper()
	source, err := filepath.Abs(migrationPath + "/_emulator/main.go")
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "emulator")
	execute(t, "../..", "go", "build", "-o", path, source)
	return path
}

// runMigrated runs a program against a fresh emulator. It returns the output, without
// what differs between runs.
func runMigrated(t *testing.T, emulator, program string) string {
	t.Helper()
	args := []string{program}
	if filepath.Base(program) == "mock" { // a test
		args = append(args, "-test.v")
	}
	output := execute(t, filepath.Dir(program), emulator, args...)
	return regexp.MustCompile(`\(\d+\.\d+s\)`).ReplaceAllString(output, "(TIME)")
}

// execute runs a command that must succeed, and returns its output.
func execute(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", cmd, output)
	return string(output)
}
