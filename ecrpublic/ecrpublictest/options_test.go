package ecrpublictest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestOtherRegionsRefuseEveryOperation(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithRegion("us-west-2"))
	for _, operation := range operations() {
		got, err := call(t, srv, operation, "{}")
		require.NoError(t, err)
		assert.Equal(t, 400, got.status)
		assert.Equal(t, fmt.Sprintf(`{"__type":"UnsupportedCommandException","message":"%s command is only supported in us-east-1."}`, operation), got.body)
	}
	_, err := srv.Client().DescribeRegistries(t.Context(), nil)
	assert.ErrorAs(t, err, new(*types.UnsupportedCommandException))
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)
	srv := newServer(t, ecrpublictest.WithClock(func() time.Time { return now }))
	out, err := srv.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, now.Truncate(time.Millisecond), *out.Repository.CreatedAt)
	assert.Equal(t, "Fri, 02 Jan 2026 03:04:05 GMT", out.ResponseMetadata.HTTPHeaders.Get("Date"))
	login, err := srv.Client().GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, now.Truncate(time.Millisecond).Add(12*time.Hour), *login.AuthorizationData.ExpiresAt)
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	for want, opt := range map[string]ecrpublictest.Option{
		`account "1": want twelve digits`:                ecrpublictest.WithAccount("1"),
		`alias "X1": want 2 to 50 characters that match`: ecrpublictest.WithAlias("X1"),
		`region: want a name such as us-east-1`:          ecrpublictest.WithRegion(""),
		`credentials: want both an access key and`:       ecrpublictest.WithCredentials("key", ""),
		`upload expiry -1s: want a positive duration`:    ecrpublictest.WithUploadExpiry(-time.Second),
		`life of logins -1s: want a positive duration`:   ecrpublictest.WithLoginLife(-time.Second),
		`life of bearers -1s: want a positive duration`:  ecrpublictest.WithBearerLife(-time.Second),
		`registry mode "docker": want "ecr" or "oci"`:    ecrpublictest.WithRegistryMode("docker"),
		`quotas: LayerParts -1: want none below 0`:       ecrpublictest.WithQuotas(ecrpublictest.Quotas{LayerParts: -1}),
		`data directory /dev/null`:                       ecrpublictest.WithDataDir("/dev/null"),
	} {
		_, err := ecrpublictest.NewHandler(opt)
		require.ErrorContains(t, err, want)
		assert.Panics(t, func() { ecrpublictest.NewServer(opt) })
	}
}

func TestServerCloses(t *testing.T) {
	t.Parallel()
	srv := ecrpublictest.NewServer(ecrpublictest.WithClock(nil))
	srv.Close()
	srv.Close()
	_, err := call(t, srv, "DescribeRegistries", "{}")
	assert.Error(t, err)
}
