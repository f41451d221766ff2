package ecrpublictest_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// The records of the service in testdata of package ecrpublic hold the emulator, too.
func TestRecords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "records", "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		for _, row := range compareWith(t, file) {
			assert.False(t, row.Differs(), "%s: %s: %v %v", file, row.Name, row.Details, row.Differences)
		}
	}
}

// compareWith compares a new emulator with a record.
func compareWith(t *testing.T, file string, opts ...ecrpublictest.Option) []records.Row {
	t.Helper()
	recorded, err := records.Read(file)
	require.NoError(t, err)
	list := recorded.Chosen()
	require.NotEmpty(t, list)
	srv := ecrpublictest.NewServer(opts...)
	t.Cleanup(srv.Close)
	return records.Compare(records.Emulate(t.Context(), srv, http.DefaultTransport, list), recorded)
}

// A record of an emulator holds every other, and shows where one behaves differently.
func TestRecordOfTheEmulator(t *testing.T) {
	t.Parallel()
	recorded := ecrpublictest.NewServer(ecrpublictest.WithAccount("210987654321"), ecrpublictest.WithAlias("acme-team"))
	t.Cleanup(recorded.Close)
	file := filepath.Join(t.TempDir(), "emulator.json")
	require.NoError(t, records.Emulate(t.Context(), recorded, http.DefaultTransport, probes.All()).Write(file))
	for _, row := range compareWith(t, file) {
		assert.False(t, row.Differs(), "%s: %v %v", row.Name, row.Details, row.Differences)
	}
	var different []string
	for _, row := range compareWith(t, file, ecrpublictest.WithQuotas(ecrpublictest.Quotas{TagsPerRepository: 49})) {
		if row.Differs() {
			different = append(different, row.Name)
		}
	}
	assert.Equal(t, []string{"names/51 tags prevent creation", "names/a repository is created with 50 tags", "tags/too many tags set none of them", "tags/a repository has at most 50 tags"}, different)
}
