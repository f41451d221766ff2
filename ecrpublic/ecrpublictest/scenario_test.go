package ecrpublictest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/scenario"
)

func TestScenario(t *testing.T) {
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
			checks := scenario.Run(t.Context(), srv.Client())
			assert.Greater(t, len(checks), 60)
			for _, check := range checks {
				assert.NoError(t, check.Err, check.Name)
			}
		})
	}
}
