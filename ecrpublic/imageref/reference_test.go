package imageref_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/types"
)

const digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestParse(t *testing.T) {
	t.Parallel()
	app := imageref.Reference{Alias: "a1b2c3d4", RepositoryName: "team/app"}
	tagged, pinned, both, dual := app, app, app, app
	tagged.Tag = "v1.2_3-rc"
	pinned.Digest = digest
	both.Tag, both.Digest = "v1", digest
	dual.DualStack, dual.Tag = true, "v1"

	for _, tt := range []struct {
		name, in string
		want     imageref.Reference
		text     string
	}{
		{"repositoryUri", "public.ecr.aws/a1b2c3d4/team/app", app, "public.ecr.aws/a1b2c3d4/team/app"},
		{"tag", "public.ecr.aws/a1b2c3d4/team/app:v1.2_3-rc", tagged, "public.ecr.aws/a1b2c3d4/team/app:v1.2_3-rc"},
		{"digest", "public.ecr.aws/a1b2c3d4/team/app@" + digest, pinned, "public.ecr.aws/a1b2c3d4/team/app@" + digest},
		{"tag and digest", "public.ecr.aws/a1b2c3d4/team/app:v1@" + digest, both, "public.ecr.aws/a1b2c3d4/team/app:v1@" + digest},
		{"dual-stack host", "ecr-public.aws.com/a1b2c3d4/team/app:v1", dual, "ecr-public.aws.com/a1b2c3d4/team/app:v1"},
		{"port of https", "public.ecr.aws:443/a1b2c3d4/team/app:v1.2_3-rc", tagged, "public.ecr.aws/a1b2c3d4/team/app:v1.2_3-rc"},
		{"dual-stack host with a port", "ecr-public.aws.com:443/a1b2c3d4/team/app:v1", dual, "ecr-public.aws.com/a1b2c3d4/team/app:v1"},
		{"bare", "a1b2c3d4/team/app", app, "public.ecr.aws/a1b2c3d4/team/app"},
		{"bare with tag and digest", "a1b2c3d4/team/app:v1@" + digest, both, "public.ecr.aws/a1b2c3d4/team/app:v1@" + digest},
		{"gallery", "https://gallery.ecr.aws/a1b2c3d4/team/app", app, "public.ecr.aws/a1b2c3d4/team/app"},
		{"gallery as copied from a browser", "https://gallery.ecr.aws/a1b2c3d4/team/app/?page=1#tags", app, "public.ecr.aws/a1b2c3d4/team/app"},
		{"gallery without scheme", "gallery.ecr.aws/a1b2c3d4/team/app", app, "public.ecr.aws/a1b2c3d4/team/app"},
		{
			"alias with a dot", "public.ecr.aws/my.org/app",
			imageref.Reference{Alias: "my.org", RepositoryName: "app"}, "public.ecr.aws/my.org/app",
		},
		{
			"official image", "public.ecr.aws/docker/library/nginx:latest",
			imageref.Reference{Alias: "docker", RepositoryName: "library/nginx", Tag: "latest"}, "public.ecr.aws/docker/library/nginx:latest",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := imageref.Parse(tt.in)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.text, got.String())
			again, err := imageref.Parse(got.String())
			require.NoError(t, err)
			assert.Equal(t, got, again)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "must name a registry alias and a repository"},
		{"name alone", "app", "must name a registry alias and a repository"},
		{"host and alias alone", "public.ecr.aws/a1b2c3d4", "must name a registry alias and a repository"},
		{"host alone with tag", "public.ecr.aws:v1", "must name a registry alias and a repository"},
		{"empty name", "public.ecr.aws/a1b2c3d4/", "repository name must have 2 to 205 characters, has 0"},
		{"empty alias", "public.ecr.aws//app", "registry alias must have 2 to 50 characters, has 0"},
		{"alias too short", "a/app", "registry alias must have 2 to 50 characters, has 1"},
		{"alias too long", strings.Repeat("a", 51) + "/app", "registry alias must have 2 to 50 characters, has 51"},
		{"alias with a digit first", "1abc/app", `registry alias "1abc" does not match ^[a-z]`},
		{"upper case", "alias/App", `repository name "App" does not match`},
		{"name too long", "alias/" + strings.Repeat("a", 206), "repository name must have 2 to 205 characters, has 206"},
		{"double separator", "alias/a..b", `repository name "a..b" does not match`},
		{"final slash", "alias/app/", `repository name "app/" does not match`},
		{"empty tag", "alias/app:", "there is no tag after the colon"},
		{"bad tag", "alias/app:a+b", `tag "a+b" does not match`},
		{"two tags", "alias/app:a:b", `tag "a:b" does not match`},
		{"tag too long", "alias/app:" + strings.Repeat("t", 301), "tag must have 1 to 300 characters, has 301"},
		{"empty digest", "alias/app@", "there is no digest after the @"},
		{"digest without algorithm", "alias/app@9f86d081", `digest "9f86d081" does not match`},
		{"digest that is not hexadecimal", "alias/app@sha256:xyz", `digest "sha256:xyz" does not match`},
		{"two digests", "alias/app@sha256:aa@sha256:bb", "digest"},
		{"scheme", "https://public.ecr.aws/alias/app", `leave out "https://"`},
		{"scheme of another program", "docker://public.ecr.aws/alias/app", `leave out "docker://"`},
		{"tag on a gallery page", "https://gallery.ecr.aws/alias/app:v1", `repository name "app:v1" does not match`},
		{"gallery of an alias", "https://gallery.ecr.aws/alias", "must name a registry alias and a repository"},
		{"ARN", "arn:aws:ecr-public::123456789012:repository/app", "an ARN does not contain the registry's alias"},
		{"line break", "alias/app\n", "does not match"},
		{"bytes that are no text", "alias/\xff\xfe", "does not match"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := imageref.Parse(tt.in)
			require.ErrorContains(t, err, tt.want)
			require.NotErrorIs(t, err, imageref.ErrOtherRegistry)
			assert.Zero(t, got)
		})
	}
}

// A check with strings.HasPrefix(ref, "public.ecr.aws") would accept the last of these,
// and one that splits at slashes would accept all.
func TestOtherRegistriesAreNotTakenForECRPublic(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"docker.io/library/nginx",
		"public.ecr.aws:80/a1b2c3d4/team/app",
		"ghcr.io/owner/app:v1",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1",
		"localhost/team/app",
		"localhost:5000/team/app:v1",
		"127.0.0.1:5000/team/app@" + digest,
		"public.ecr.aws:8443/alias/app",
		"my.org/app",
		"public.ecr.aws.example.com/alias/app",
	} {
		_, err := imageref.Parse(in)
		require.ErrorIs(t, err, imageref.ErrOtherRegistry, in)
		assert.ErrorContains(t, err, "public.ecr.aws and ecr-public.aws.com", in)
	}
}

// A full URI given where the API wants a repository name is refused by the
// service; the parts of a reference cannot be mixed up.
func TestFullURIIsNotARepositoryName(t *testing.T) {
	t.Parallel()
	const uri = "public.ecr.aws/a1b2c3d4/team/app:v1"
	require.Error(t, imageref.Reference{Alias: "a1b2c3d4", RepositoryName: uri}.Validate())
	ref, err := imageref.Parse(uri)
	require.NoError(t, err)
	assert.Equal(t, "team/app", ref.RepositoryName)
}

func TestReferenceForms(t *testing.T) {
	t.Parallel()
	ref := imageref.Reference{Alias: "a1b2c3d4", RepositoryName: "team/app", Tag: "v1", Digest: digest}
	assert.Equal(t, imageref.Host, ref.RegistryHost())
	assert.Equal(t, "public.ecr.aws/a1b2c3d4/team/app", ref.RepositoryURI())
	assert.Equal(t, "https://gallery.ecr.aws/a1b2c3d4/team/app", ref.GalleryURL())
	assert.Equal(t, types.ImageIdentifier{ImageTag: aws.String("v1"), ImageDigest: aws.String(digest)}, ref.ImageIdentifier())
	assert.Equal(t, types.ImageIdentifier{}, imageref.Reference{}.ImageIdentifier())

	ref.DualStack = true
	assert.Equal(t, imageref.DualStackHost, ref.RegistryHost())
	assert.Equal(t, "ecr-public.aws.com/a1b2c3d4/team/app", ref.RepositoryURI())
	assert.Equal(t, "https://gallery.ecr.aws/a1b2c3d4/team/app", ref.GalleryURL())
}

func TestReferenceIsAMapKeyAndMarshalsAsText(t *testing.T) {
	t.Parallel()
	ref := imageref.Reference{Alias: "a1b2c3d4", RepositoryName: "app", Tag: "v1"}
	in := map[imageref.Reference]imageref.Reference{ref: {}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"public.ecr.aws/a1b2c3d4/app:v1": ""}`, string(text))

	var out map[imageref.Reference]imageref.Reference
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)
}

func TestReferenceTextErrors(t *testing.T) {
	t.Parallel()
	_, err := imageref.Reference{Alias: "a1b2c3d4"}.MarshalText()
	require.ErrorContains(t, err, "repository name")

	ref := imageref.Reference{Alias: "kept", RepositoryName: "kept"}
	require.Error(t, ref.UnmarshalText([]byte("ghcr.io/owner/app")))
	assert.Equal(t, "kept", ref.Alias)
	require.NoError(t, ref.UnmarshalText(nil))
	assert.Zero(t, ref)
	assert.Empty(t, ref.String())
}
