package ecrpublic_test

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// TestMemoryGrowsWithWhatHasArrived announces 150 MB and sends one byte. It is not
// parallel, because it counts the allocations of the process.
func TestMemoryGrowsWithWhatHasArrived(t *testing.T) {
	for way, options := range waysToRun {
		t.Run(way, func(t *testing.T) {
			client := ecrpublic.New(ecrpublic.Options{RetryMaxAttempts: 1, Credentials: testCredentials, HTTPClient: doFunc(func(*http.Request) (*http.Response, error) {
				body := io.MultiReader(strings.NewReader("{"), records.CutOff{})
				return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: 150_000_000, Body: io.NopCloser(body)}, nil
			})}, options...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 20 {
				_, err := client.DescribeRegistries(t.Context(), nil)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(40<<20))
		})
	}
}
