package main

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run)
	assert.Regexp(t, `^copied +latest +sha256:\w+\ncopied +v1.0 .*\ncopied +v1.1 .*\n7 uploaded, .*\n`+
		`up to date +latest .*\nup to date +v1.0 .*\nup to date +v1.1 .*\n0 uploaded, 0 B\n$`, stdout)
	assert.Contains(t, stderr, "there already")
}

func TestFromRegistryToEndpoint(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	for _, tag := range []string{"v1", "v2", "nightly"} {
		_, err := emulator.AddImage("upstream", tag)
		require.NoError(t, err)
	}
	alias, err := imageref.Alias(t.Context(), emulator.Client())
	require.NoError(t, err)

	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-create", "-repository", "copy", "-tags", "v*",
		"-source", emulator.RegistryHost()+"/"+alias+"/upstream")
	assert.Regexp(t, `^copied +v1 .*\ncopied +v2 .*\n\d+ uploaded, .*\n$`, stdout)
	assert.Equal(t, 1, emulator.Count("GET /token/"))
	challenges := 0
	for _, r := range emulator.Requests() {
		if r.Status == http.StatusUnauthorized {
			challenges++
		}
	}
	assert.Equal(t, 1, challenges)

	args := []string{"-endpoint", emulator.URL, "-source", emulator.RegistryHost() + "/" + alias + "/upstream"}
	stdout, _ = demotest.Run(t, run, append(args, "-dry-run", "-repository", "copy")...)
	assert.Regexp(t, `^TAG +NOW +THEN +BYTES\nnightly +- +sha256:\w+ +\d+\n$`, stdout)
	stdout, _ = demotest.Run(t, run, append(args, "-dry-run", "-repository", "new", "-create")...)
	assert.Regexp(t, `^TAG .*\nnightly .*\nv1 .*\nv2 .*\n$`, stdout)
	stdout, _ = demotest.Run(t, run, append(args, "-dry-run", "-repository", "copy", "-tags", "v*")...)
	assert.Equal(t, "nothing to do: every tag is up to date\n", stdout)
	demotest.Refuses(t, run, "-create creates the repository", append(args, "-repository", "new")...)
	stdout, _ = demotest.Run(t, run, append(args, "-repository", "api", "-create", "-via", "api")...)
	assert.Regexp(t, `^copied +nightly .*\ncopied +v1 .*\ncopied +v2 .*\n`, stdout)
}

func TestDryRunOfWhatCannotBeCopied(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	t.Cleanup(emulator.Close)
	for _, name := range []string{"upstream", "copy"} {
		_, err := emulator.AddImage(name, "v1")
		require.NoError(t, err)
	}
	args := []string{"-endpoint", emulator.URL, "-dry-run", "-repository", "copy", "-source", emulator.RegistryHost() + "/acme/upstream", "-tags"}
	var stdout bytes.Buffer
	require.ErrorContains(t, run(t.Context(), append(args, "v1,v2"), &stdout, io.Discard), "mirror tag v2")
	assert.Regexp(t, `^TAG .*\nv1 .*\n$`, stdout.String())
	demotest.Refuses(t, run, "mirror tag v2", append(args, "v2")...)
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "-live and -endpoint need -source and -repository", "-live")
	demotest.Refuses(t, run, "-source Not A Repository: invalid reference", "-source", "Not A Repository")
	demotest.Refuses(t, run, "-tags [: syntax error in pattern", "-tags", "v1,[")
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	args := []string{"-repository", "app", "-source"}
	demotest.Misuses(t, run, "-source alpine: ", append(args, "alpine")...)
	demotest.Misuses(t, run, "-source docker.io/library/alpine:3: want a repository without 3; -tags selects tags", append(args, "docker.io/library/alpine:3")...)
	args = append(args, "docker.io/library/alpine", "-tags")
	demotest.Misuses(t, run, `-tags "," names no tag`, append(args, ",")...)
	demotest.Misuses(t, run, `-tags: tag "!" does not match`, append(args, "v1,!")...)
	demotest.Misuses(t, run, "-tags [: syntax error in pattern", append(args, "[")...)
}

func TestFailures(t *testing.T) {
	args := []string{"-source", "docker.io/library/alpine", "-repository", "app", "-tags", "v1"}
	demotest.Failures(t, run, args, args)
}
