package ecrpublictest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// The probes that examples/parity runs on the real service hold for the emulator.
func TestProbes(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]ecrpublictest.Option{
		"in memory":         nil,
		"in a directory":    {ecrpublictest.WithDataDir(t.TempDir())},
		"with credentials":  {ecrpublictest.WithCredentials("KEY", "SECRETEXAMPLE0123456789abcdefghijklmnopq")},
		"with a long alias": {ecrpublictest.WithAlias("my-team")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ecrpublictest.NewServer(opts...)
			t.Cleanup(srv.Close)
			client := srv.Client()
			emptyAccount(t, client)
			session := &probes.Session{API: client, Host: srv.URL, Prefix: "probes", HTTP: &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}}
			run := 0
			probes.Run(t.Context(), session, probes.All(), func(r probes.Result) {
				run++
				assert.Equal(t, probes.Equal, r.Outcome, "%s: %v", r.Name, r.Details)
			})
			assert.Greater(t, run, 120)
		})
	}
}

// emptyAccount checks what no probe can: an account without repositories.
func emptyAccount(t *testing.T, api probes.API) {
	t.Helper()
	registries, err := api.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, registries.Registries)
	repositories, err := api.DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, repositories.Repositories)
	assert.Nil(t, repositories.NextToken)
	catalog, err := api.GetRegistryCatalogData(t.Context(), nil)
	require.NoError(t, err)
	require.NotNil(t, catalog.RegistryCatalogData)
	assert.Nil(t, catalog.RegistryCatalogData.DisplayName)
}
