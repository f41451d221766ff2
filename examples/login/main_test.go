package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	stdout, _ := demotest.Run(t, run)
	assert.Regexp(t, `(?s)^login  AWS:\[redacted\] until .*\nfile   .*config.json\nfile   tagged [0-9a-f]{12}\noras   tagged and pulled [0-9a-f]{12}, .*\ncrane  tagged and pulled [0-9a-f]{12}, an image of 1 layer\n$`, stdout)
}

func TestWriteAndRemove(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	path := filepath.Join(t.TempDir(), "config.json")

	demotest.Run(t, run, "-endpoint", emulator.URL, "-config", path)
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(written), emulator.RegistryHost())

	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-config", path, "-remove")
	assert.Equal(t, "logged out: "+path+" has no login for ECR Public\n", stdout)
	written, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(written), emulator.RegistryHost())
}

func TestWriteNamesWhatIsReadInstead(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	host := emulator.RegistryHost()
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"credsStore": "desktop", "auths": {"`+host+`/a1b2c3d4": {}}}`), 0o600))

	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-config", path)
	assert.Contains(t, stdout, "warning: because of credsStore in the file, docker asks docker-credential-desktop for the login to "+host+"\n")
	assert.Contains(t, stdout, "also changed the entry of "+host+"/a1b2c3d4, which podman prefers\n")
}

func TestRemoveNeedsAPlace(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "-remove and -config need -live or -endpoint", "-remove")
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	demotest.Misuses(t, run, "is a directory: name a file in it", "-config", t.TempDir())
}

func TestFailures(t *testing.T) {
	args := []string{"-config", filepath.Join(t.TempDir(), "config.json")}
	demotest.Failures(t, run, args, args)
}
