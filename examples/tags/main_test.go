package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestTable(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run)
	assert.Regexp(t, `^TAG +DIGEST +PLATFORM +SIZE\n`, stdout) // the service lists tags in no order
	assert.Regexp(t, `\nv1.0 +[0-9a-f]{12}  linux/amd64  293 KiB\n +linux/arm64  293 KiB\n`, stdout)
	assert.Regexp(t, `\nv1.1 +[0-9a-f]{12}  linux/amd64  586 KiB\n +linux/arm64  586 KiB\n`, stdout)
	assert.Regexp(t, `\n2 tags of public.ecr.aws/[a-z0-9]+/team/app\n$`, stdout)
	assert.Equal(t, "tags: 2 of 2\n", stderr)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	stdout, _ := demotest.Run(t, run, "-json", "-match", "*.1")
	var listing Listing
	require.NoError(t, json.Unmarshal([]byte(stdout), &listing))
	require.Len(t, listing.Tags, 1)
	assert.Equal(t, "v1.1", listing.Tags[0].Name)
	require.Len(t, listing.Tags[0].Images, 2)
	assert.Equal(t, "linux/arm64", listing.Tags[0].Images[1].Platform)
	assert.Greater(t, listing.Tags[0].Images[1].Bytes, int64(599_000))

	stdout, _ = demotest.Run(t, run, "-json", "-match", "nothing")
	assert.Contains(t, stdout, `"tags": []`)
	stdout, _ = demotest.Run(t, run, "-limit", "1")
	assert.Contains(t, stdout, "\n1 tag of ")
}

// The platform of an image outside an index is in its config, which is read once for
// all tags of the image.
func TestImagesOfOnePlatform(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	t.Cleanup(emulator.Close)
	digest, err := emulator.AddImage("tool", "v1", "v2", "v3")
	require.NoError(t, err)
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-reference", "public.ecr.aws/acme/tool")
	assert.Equal(t, 3, strings.Count(stdout, "  linux/amd64  "))
	blobs, challenges := 0, 0
	for _, r := range emulator.Requests() {
		if strings.Contains(r.Path, "/blobs/") {
			blobs++
		}
		if r.Status == 401 {
			challenges++
		}
	}
	assert.Equal(t, 1, blobs)
	assert.Equal(t, 1, challenges)
	assert.Equal(t, 1, emulator.Count("GET /token/"))

	for _, reference := range []string{"public.ecr.aws/acme/tool:v2", "public.ecr.aws/acme/tool@" + digest} {
		stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL, "-reference", reference)
		assert.Contains(t, stdout, "\n1 tag of public.ecr.aws/acme/tool\n")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	t.Cleanup(emulator.Close)
	demotest.Refuses(t, run, "missing: -reference", "-live")
	demotest.Refuses(t, run, "-match [", "-match", "[")
	demotest.Refuses(t, run, "-limit -1: must be 0 or more", "-limit", "-1")
	demotest.Refuses(t, run, "-login needs -live", "-login")
	demotest.Refuses(t, run, `-reference: image reference "docker.io/x`, "-endpoint", emulator.URL, "-reference", "docker.io/x/y")
	demotest.Refuses(t, run, "NAME_UNKNOWN", "-endpoint", emulator.URL, "-reference", "public.ecr.aws/acme/nothing")
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	demotest.Misuses(t, run, `-reference: image reference "app"`, "-reference", "app")
	demotest.Misuses(t, run, `-reference: digest "sha256:abc": `, "-reference", "acme/app@sha256:abc")
	demotest.Misuses(t, run, "-limit", "-reference", "acme/app", "-limit", "some")
}

func TestFailures(t *testing.T) {
	args := []string{"-reference", "public.ecr.aws/acme/tool"}
	demotest.Failures(t, run, args, append(args, "-login"))
}
