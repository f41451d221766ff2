package imageref_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

func TestParseARN(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     imageref.ARN
		text     string
	}{
		{
			"repository", "arn:aws:ecr-public::123456789012:repository/team/app",
			imageref.ARN{RegistryId: "123456789012", RepositoryName: "team/app"},
			"arn:aws:ecr-public::123456789012:repository/team/app",
		},
		{
			"registry", "arn:aws:ecr-public::123456789012:registry/123456789012",
			imageref.ARN{RegistryId: "123456789012"},
			"arn:aws:ecr-public::123456789012:registry/123456789012",
		},
		{
			"obsolete region is dropped", "arn:aws:ecr-public:us-east-1:123456789012:repository/app",
			imageref.ARN{RegistryId: "123456789012", RepositoryName: "app"},
			"arn:aws:ecr-public::123456789012:repository/app",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := imageref.ParseARN(tt.in)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.text, got.String())
		})
	}
}

func TestParseARNRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "arn: invalid prefix"},
		{"too short", "arn:aws:ecr-public", "arn: not enough sections"},
		{"private ECR", "arn:aws:ecr:us-east-1:123456789012:repository/app", `service must be "ecr-public", is "ecr"`},
		{"other partition", "arn:aws-cn:ecr-public::123456789012:repository/app", `ECR Public exists only in partition "aws", not "aws-cn"`},
		{"other region", "arn:aws:ecr-public:eu-west-1:123456789012:repository/app", `region must be empty, is "eu-west-1"`},
		{"no account", "arn:aws:ecr-public:::repository/app", `registry id "" does not match ^[0-9]{12}$`},
		{"bad account", "arn:aws:ecr-public::12345678901a:repository/app", `registry id "12345678901a" does not match ^[0-9]{12}$`},
		{"bad name", "arn:aws:ecr-public::123456789012:repository/App", `repository name "App" does not match`},
		{"no name", "arn:aws:ecr-public::123456789012:repository/", "resource must be repository/{name} or registry/{account}"},
		{"wildcard", "arn:aws:ecr-public::123456789012:repository/*", "repository name must have 2 to 205 characters, has 1"},
		{"other resource", "arn:aws:ecr-public::123456789012:image/app", "resource must be repository/{name} or registry/{account}"},
		{"registry of another account", "arn:aws:ecr-public::123456789012:registry/210987654321", "resource must be repository/{name} or registry/{account}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := imageref.ParseARN(tt.in)
			require.ErrorContains(t, err, tt.want)
			assert.Zero(t, got)
		})
	}
}

func TestARNText(t *testing.T) {
	t.Parallel()
	in := map[imageref.ARN]imageref.ARN{{RegistryId: "123456789012", RepositoryName: "app"}: {}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"arn:aws:ecr-public::123456789012:repository/app": ""}`, string(text))

	var out map[imageref.ARN]imageref.ARN
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)

	_, err = imageref.ARN{RepositoryName: "app"}.MarshalText()
	require.ErrorContains(t, err, "registry id")

	kept := imageref.ARN{RegistryId: "123456789012"}
	require.Error(t, kept.UnmarshalText([]byte("arn:aws:s3:::bucket")))
	assert.Equal(t, "123456789012", kept.RegistryId)
	require.NoError(t, kept.UnmarshalText(nil))
	assert.Zero(t, kept)
	assert.Empty(t, kept.String())
}
