package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	stdout, _ := demotest.Run(t, run)
	assert.Regexp(t, `^(\S+/demo/app): created\n(\S+/demo/app): nothing to do\n(\S+/demo/app): Description\n$`, stdout)
}

func TestPolicyAndFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	about, policy := filepath.Join(dir, "README.md"), filepath.Join(dir, "policy.json")
	require.NoError(t, os.WriteFile(about, []byte("# App\n"), 0o600))
	require.NoError(t, os.WriteFile(policy, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr-public:PutImage"}]}`), 0o600))

	stdout, _ := demotest.Run(t, run, "-repository", "web", "-about", about, "-policy", policy, "-tag", "team=blue")
	assert.Regexp(t, `/web: created, policy\n$`, stdout)
}

func TestTagsAreChecked(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "want key=value", "-tag", "blue")
	demotest.Refuses(t, run, "need -repository", "-live")
}

func TestErrorsNameFlagAndFile(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	noLogo := filepath.Join(t.TempDir(), "logo.png")
	require.NoError(t, os.WriteFile(noLogo, []byte("no picture"), 0o600))
	demotest.Refuses(t, run, "open "+missing, "-repository", "web", "-usage", missing)
	demotest.Refuses(t, run, "-policy: open "+missing, "-repository", "web", "-policy", missing)
	demotest.Refuses(t, run, "-policy "+noLogo+": not valid JSON", "-repository", "web", "-policy", noLogo)
	demotest.Refuses(t, run, "(-logo "+noLogo+")", "-repository", "web", "-logo", noLogo)
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	args := []string{"-repository", "app"}
	demotest.Misuses(t, run, `"a" for flag -tag: want key=value`, append(args, "-tag", "a")...)
	demotest.Misuses(t, run, `"a=2" for flag -tag: the key has the value "1" already`, append(args, "-tag", "a=1", "-tag", "a=2")...)
	demotest.Misuses(t, run, "-description has 1025 characters, may have 1024", append(args, "-description", strings.Repeat("ü", 1025))...)
	demotest.Misuses(t, run, `"" for flag -about: want the name of a file`, append(args, "-about", "")...)
	demotest.Refuses(t, run, "-about missing", append(args, "-endpoint", "http://127.0.0.1:1", "-about", "missing")...)
	demotest.Refuses(t, run, "-policy: ", append(args, "-endpoint", "http://127.0.0.1:1", "-policy", "missing")...)
}

func TestFailures(t *testing.T) {
	args := []string{"-repository", "app"}
	demotest.Failures(t, run, args, args)
}
