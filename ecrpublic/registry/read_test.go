package registry_test

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestReadAnImage(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	want := e.addImage(t, "v1", "latest")
	client := e.loggedIn(t)
	ctx := t.Context()

	desc, err := client.Resolve(ctx, tagged("v1"))
	require.NoError(t, err)
	assert.Equal(t, want, desc.Digest.String())
	assert.Equal(t, ocispec.MediaTypeImageManifest, desc.MediaType)

	byDigest, err := client.Resolve(ctx, digested(want))
	require.NoError(t, err)
	assert.Equal(t, desc, byDigest)

	m, err := client.Manifest(ctx, tagged("latest"))
	require.NoError(t, err)
	assert.Equal(t, desc, m.Descriptor)
	assert.Equal(t, want, digest.FromBytes(m.Content).String())
	assert.EqualValues(t, desc.Size, len(m.Content))

	parsed, err := manifest.Parse(m.Content)
	require.NoError(t, err)
	layer := parsed.Layers[0]
	blob, err := client.Blob(ctx, app, layer.Digest)
	require.NoError(t, err)
	content, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	assert.EqualValues(t, layer.Size, len(content))
	assert.Equal(t, layer.Digest, digest.FromBytes(content))

	// The blob is redirected to another host, where the token does not go.
	redirected := 0
	for _, r := range e.Requests() {
		if r.Operation == "GET /blob/" {
			redirected++
			assert.NotContains(t, r.Header, "Authorization")
		} else if r.Operation != "GET /v2/" || r.Path != "/v2/" {
			assert.Contains(t, r.Header, "Authorization", r.Path)
		}
	}
	assert.Equal(t, 1, redirected)
}

func TestTags(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("v%02d", i))
	}
	e.addImage(t, want...)
	client := e.anonymous(t)
	var tags []string
	for tag, err := range client.Tags(t.Context(), tagged("irrelevant")) {
		require.NoError(t, err)
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	assert.Equal(t, want, tags)
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	e.addImage(t, "v1")
	client := e.anonymous(t)
	missing := app
	missing.RepositoryName, missing.Tag = "nothing", "v1"
	for name, call := range map[string]func() error{
		"tag":        func() error { _, err := client.Manifest(t.Context(), tagged("v2")); return err },
		"head":       func() error { _, err := client.Resolve(t.Context(), tagged("v2")); return err },
		"repository": func() error { _, err := client.Manifest(t.Context(), missing); return err },
		"blob":       func() error { _, err := client.Blob(t.Context(), app, digest.FromString("x")); return err },
		"tags": func() error {
			for _, err := range client.Tags(t.Context(), missing) {
				return err
			}
			return nil
		},
		"referrers": func() error {
			missing := missing
			missing.Tag, missing.Digest = "", digest.FromString("x").String()
			for _, err := range client.Referrers(t.Context(), missing, "") {
				return err
			}
			return nil
		},
	} {
		err := call()
		require.Error(t, err, name)
		assert.True(t, registry.IsNotFound(err), "%s: %v", name, err)
		assert.False(t, registry.IsDenied(err), name)
		assert.ErrorIs(t, err, errdef.ErrNotFound, name)
		assert.Contains(t, err.Error(), e.URL+"/v2/acme/", name)
	}
}

// remoteRepository returns the app's repository for oras-go, with a client.
func (e *emulator) remoteRepository(t *testing.T, client remote.Client) *remote.Repository {
	t.Helper()
	repository, err := remote.NewRepository(e.RegistryHost() + "/" + app.Alias + "/" + app.RepositoryName)
	require.NoError(t, err)
	repository.PlainHTTP = true
	repository.Client = client
	return repository
}

func TestReferrers(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	subject := e.addImage(t, "v1")
	client := e.loggedIn(t)
	desc, err := client.Resolve(t.Context(), tagged("v1"))
	require.NoError(t, err)
	repository := e.remoteRepository(t, client)
	var want []digest.Digest
	for _, kind := range []string{"application/x.signature", "application/x.sbom"} {
		pushed, err := oras.PackManifest(t.Context(), repository, oras.PackManifestVersion1_1, kind, oras.PackManifestOptions{Subject: &desc})
		require.NoError(t, err)
		want = append(want, pushed.Digest)
	}
	list := func(ref string, kind string) (found []digest.Digest) {
		r := tagged("v1")
		if ref != "" {
			r = digested(ref)
		}
		for d, err := range client.Referrers(t.Context(), r, kind) {
			require.NoError(t, err)
			found = append(found, d.Digest)
		}
		return found
	}
	assert.ElementsMatch(t, want, list(subject, ""))
	assert.ElementsMatch(t, want, list("", ""))
	assert.Equal(t, want[1:], list(subject, "application/x.sbom"))
	assert.Empty(t, list(digest.FromString("other").String(), ""))
}

func TestReferencesAreCheckedFirst(t *testing.T) {
	t.Parallel()
	client := newFakeHost().open(t, registry.Options{})
	bad := app
	bad.Alias = "../x"
	_, err := client.Manifest(t.Context(), app)
	assert.ErrorContains(t, err, "want an image with a tag or a digest")
	bad.Tag = "v1"
	_, err = client.Resolve(t.Context(), bad)
	assert.ErrorContains(t, err, "alias")
	_, err = client.Manifest(t.Context(), digested("sha256:abc"))
	assert.ErrorContains(t, err, `digest "sha256:abc"`)
	_, err = client.Blob(t.Context(), app, "sha256:abc")
	assert.ErrorContains(t, err, `digest "sha256:abc"`)
	for _, err := range client.Tags(t.Context(), bad) {
		assert.Error(t, err)
	}
	for _, err := range client.Referrers(t.Context(), app, "") {
		assert.ErrorContains(t, err, "want an image with a tag or a digest")
	}
}
