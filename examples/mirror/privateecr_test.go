package main

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote/auth"
)

func TestHostsOfPrivateECR(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]privateECR{
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com":          {account: "123456789012", region: "eu-west-1"},
		"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com": {account: "123456789012", region: "us-gov-west-1", fips: true},
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn":      {account: "123456789012", region: "cn-north-1"},
		"123456789012.dkr-ecr.us-east-1.on.aws":                 {account: "123456789012", region: "us-east-1"},
	} {
		want.host = host
		got, ok := parsePrivateECR(host)
		assert.True(t, ok, host)
		assert.Equal(t, want, got)
	}
	for _, host := range []string{"public.ecr.aws", "docker.io", "12345.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com"} {
		_, ok := parsePrivateECR(host)
		assert.False(t, ok, host)
	}
}

// logins gives out logins that live for a while.
type logins struct {
	life  time.Duration
	token string
	err   error
	calls int
}

func (l *logins) GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error) {
	l.calls++
	end := time.Now().Add(l.life)
	return &ecr.GetAuthorizationTokenOutput{AuthorizationData: []types.AuthorizationData{{AuthorizationToken: &l.token, ExpiresAt: &end}}}, l.err
}

func TestPrivateLogin(t *testing.T) {
	t.Parallel()
	private, _ := parsePrivateECR("123456789012.dkr.ecr.eu-west-1.amazonaws.com")
	token := base64.StdEncoding.EncodeToString([]byte("AWS:secret"))
	for life, calls := range map[time.Duration]int{12 * time.Hour: 1, time.Minute: 3} {
		api := &logins{life: life, token: token}
		login := &privateLogin{api: api, private: private}
		for range 3 {
			got, err := login.credential(t.Context(), private.host)
			require.NoError(t, err)
			assert.Equal(t, auth.Credential{Username: "AWS", Password: "secret"}, got)
		}
		assert.Equal(t, calls, api.calls, life)
		got, err := login.credential(t.Context(), "bucket.s3.amazonaws.com")
		require.NoError(t, err)
		assert.Equal(t, auth.EmptyCredential, got, "the login goes to the registry alone")
	}
	refused := errors.New("refused")
	_, err := (&privateLogin{api: &logins{err: refused}, private: private}).credential(t.Context(), private.host)
	require.ErrorIs(t, err, refused)
	for _, bad := range []string{"", "secret", base64.StdEncoding.EncodeToString([]byte("secret"))} {
		_, err = (&privateLogin{api: &logins{token: bad, life: time.Hour}, private: private}).credential(t.Context(), private.host)
		require.ErrorContains(t, err, "is not user:password")
		assert.NotContains(t, err.Error(), "secret")
	}
}

// The client reads the AWS settings and asks the region of the registry.
func TestClientOfPrivateECR(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", r.Header.Get("X-Amz-Target"))
		assert.Contains(t, r.Header.Get("Authorization"), "/eu-west-1/ecr/")
		_, _ = w.Write([]byte(`{"authorizationData":[{"authorizationToken":"QVdTOnNlY3JldA==","expiresAt":4102444800}]}`))
	}))
	defer api.Close()
	t.Setenv("AWS_ENDPOINT_URL_ECR", api.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "no-secret-of-anybody-0123456789-ABCDEFGH")
	private, _ := parsePrivateECR("123456789012.dkr.ecr.eu-west-1.amazonaws.com")
	client, err := private.client(t.Context())
	require.NoError(t, err)
	got, err := (&privateLogin{api: client, private: private}).credential(t.Context(), private.host)
	require.NoError(t, err)
	assert.Equal(t, "secret", got.Password)
}
