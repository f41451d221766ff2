package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	for _, via := range []string{"registry", "api"} {
		stdout, _ := demotest.Run(t, run, "-via", via)
		assert.Regexp(t, `^image: public.ecr.aws/\w+/demo/app:stable\ndigest: (sha256:\w+)\nprevious: none\n`+
			`image: public.ecr.aws/\w+/demo/release:stable\ndigest: sha256:\w+\nprevious: none\n$`, stdout)
	}
	stdout, _ := demotest.Run(t, run, "-dry-run")
	assert.Regexp(t, `^TAG +NOW +THEN +BYTES\nstable +- +sha256:\w+ +\d+\nTAG +NOW +THEN +BYTES\nstable +- +sha256:\w+ +\d+\n$`, stdout)
}

func TestRollBack(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	first, err := emulator.AddImage("app", "stable")
	require.NoError(t, err)
	_, err = emulator.AddImage("app", "next")
	require.NoError(t, err)
	alias, err := imageref.Alias(t.Context(), emulator.Client())
	require.NoError(t, err)

	args := []string{"-endpoint", emulator.URL, "-tag", "stable", "-from"}
	stdout, _ := demotest.Run(t, run, append(args, alias+"/app:next")...)
	assert.Contains(t, stdout, "previous: "+first+"\n")
	stdout, _ = demotest.Run(t, run, append(args, alias+"/app@"+first)...)
	assert.Contains(t, stdout, "digest: "+first+"\n")
	for _, from := range []string{"@" + first, ":stable"} {
		stdout, _ = demotest.Run(t, run, append(args, alias+"/app"+from, "-dry-run")...)
		assert.Equal(t, "nothing to do: every tag is up to date\n", stdout)
	}
	demotest.Refuses(t, run, "-create creates the repository", append(args, alias+"/app@"+first, "-repository", "missing")...)
	demotest.Refuses(t, run, "-create creates the repository", append(args, alias+"/app@"+first, "-repository", "missing", "-dry-run")...)
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "-live and -endpoint need -from", "-endpoint", "http://127.0.0.1:1")
	demotest.Refuses(t, run, `-from: image reference "not/a:"`, "-from", "not/a:")
	demotest.Refuses(t, run, "has no tag", "-from", "alias/app:v1")
	demotest.Refuses(t, run, `-tag: tag "v 1" does not match`, "-tag", "v 1")
	to := []string{"-endpoint", "http://127.0.0.1:1", "-from"}
	demotest.Refuses(t, run, "-tag is missing", append(to, "alias/app:v1")...)
	demotest.Refuses(t, run, "-tag is missing", append(to, "alias/app:v1", "-repository", "app")...)
	demotest.Refuses(t, run, "-tag is missing", append(to, "alias/app@sha256:"+strings.Repeat("0", 64), "-repository", "release")...)
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	for from, says := range map[string]string{
		"acme/app":            "-from acme/app: want a tag or a digest",
		"acme/app@sha256:abc": "-from: digest \"sha256:abc\": ",
		"app:v1":              "must name a registry alias and a repository",
		"":                    "-from is empty",
	} {
		demotest.Misuses(t, run, says, "-tag", "stable", "-from", from)
	}
}

func TestFailures(t *testing.T) {
	args := []string{"-from", "public.ecr.aws/acme/app:v1", "-tag", "stable"}
	demotest.Failures(t, run, args, args)
}
