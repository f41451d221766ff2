package registry_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestHostThatAcceptsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
			if req.Method != http.MethodPut {
				return inMemory{h}.RoundTrip(req)
			}
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://registry.test/v2/acme/app/blobs/uploads/1", strings.NewReader("body"))
		require.NoError(t, err)
		start := time.Now()
		_, err = client.Do(req)
		require.ErrorContains(t, err, "no byte was sent or received for 1m0s")
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		assert.True(t, timeout.Timeout())
		assert.Equal(t, time.Minute, time.Since(start))
	})
}
