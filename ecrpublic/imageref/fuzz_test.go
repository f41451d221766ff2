package imageref_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

// What parses is valid, and its text and its other forms parse to the same reference.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"public.ecr.aws/a1b2c3d4/team/app:v1@" + digest,
		"ecr-public.aws.com/a1b2c3d4/app",
		"a1b2c3d4/app:v1",
		"https://gallery.ecr.aws/a1b2c3d4/app/?tab=tags",
		"localhost:5000/a/b", "public.ecr.aws/my.org/app", "@", ":", "/", "a/b:c/d@e:f",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := imageref.Parse(s)
		if err != nil {
			require.Zero(t, ref)
			return
		}
		require.NoError(t, ref.Validate())
		again, err := imageref.Parse(ref.String())
		require.NoError(t, err)
		require.Equal(t, ref, again)

		text, err := ref.MarshalText()
		require.NoError(t, err)
		var read imageref.Reference
		require.NoError(t, read.UnmarshalText(text))
		require.Equal(t, ref, read)

		page, err := imageref.Parse(ref.GalleryURL())
		require.NoError(t, err)
		require.Equal(t, imageref.Reference{Alias: ref.Alias, RepositoryName: ref.RepositoryName}, page)
	})
}

// Valid parts print to a text that parses to the same parts, and invalid ones are
// refused.
func FuzzReferenceRoundTrip(f *testing.F) {
	f.Add("a1b2c3d4", "team/app", "v1", digest, false)
	f.Add("my.org", "app", "", "", true)
	f.Add("a1b2c3d4", "app:v1", "", "", false)
	f.Add("public.ecr.aws", "a1/b2", "x", "", false)
	f.Fuzz(func(t *testing.T, alias, name, tag, digest string, dual bool) {
		ref := imageref.Reference{Alias: alias, RepositoryName: name, Tag: tag, Digest: digest, DualStack: dual}
		if ref.Validate() != nil {
			return
		}
		again, err := imageref.Parse(ref.String())
		require.NoError(t, err)
		require.Equal(t, ref, again)
	})
}

func FuzzParseARN(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:ecr-public::123456789012:repository/team/app",
		"arn:aws:ecr-public::123456789012:registry/123456789012",
		"arn:aws:ecr-public:us-east-1:123456789012:repository/app",
		"arn:aws:ecr:us-east-1:123456789012:repository/app", "arn:", ":::::",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := imageref.ParseARN(s)
		if err != nil {
			require.Zero(t, a)
			return
		}
		require.NoError(t, a.Validate())
		again, err := imageref.ParseARN(a.String())
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}
