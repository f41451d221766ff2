package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDryRun(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run)
	assert.Regexp(t, `would delete .* v1.0 .* expired by priority 1 \(keep 3 releases\)`, stdout)
	assert.Regexp(t, `keep .* v1.4 .* kept by priority 1`, stdout)
	assert.True(t, strings.HasSuffix(stdout, "\n11 of 24 images would be deleted, up to 2.4 MiB\n"), stdout)
	assert.Equal(t, "list: 24\nread: 15 of 15\n", stderr)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run, "-dry-run=false")
	assert.Equal(t, 11, strings.Count(stdout, "deleted  "))
	assert.Contains(t, stdout, "\n11 images deleted, 0 already gone, 0 changed, 0 kept with their owner, 0 still referenced, 0 failed, 0 not attempted\n")
	assert.Contains(t, stderr, "delete: 11 of 11\n")
}

func TestPolicyIsChecked(t *testing.T) {
	t.Parallel()
	policy := filepath.Join(t.TempDir(), "policy.json")
	require.NoError(t, os.WriteFile(policy, []byte(`{"rules": [{}]}`), 0o600))
	demotest.Refuses(t, run, "rule", "-policy", policy)
	demotest.Refuses(t, run, "-live and -endpoint need -repository and -policy", "-live")
}

func TestNothingToDelete(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	_, err := emulator.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	policy := filepath.Join(t.TempDir(), "policy.json")
	require.NoError(t, os.WriteFile(policy, []byte(demoPolicy), 0o600))
	args := []string{"-endpoint", emulator.URL, "-repository", "app", "-policy", policy}
	stdout, _ := demotest.Run(t, run, args...)
	assert.Equal(t, "nothing to delete: the repository has no images\n", stdout)
	_, err = emulator.AddImage("app", "v1")
	require.NoError(t, err)
	stdout, _ = demotest.Run(t, run, args...)
	assert.Regexp(t, `(?s)^ACTION .*\nkeep .*\n\nnothing to delete in 1 image\n$`, stdout)
}

func TestFailures(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.json")
	require.NoError(t, os.WriteFile(policy, []byte(demoPolicy), 0o600))
	args := []string{"-repository", "app", "-policy", policy}
	demotest.Failures(t, run, args, args)
}
