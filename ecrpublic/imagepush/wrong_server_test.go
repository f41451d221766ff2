package imagepush_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// wrongServers are URLs of servers with a certificate that nobody knows, and without TLS.
func wrongServers(t *testing.T) []string {
	unknown := httptest.NewUnstartedServer(http.NotFoundHandler())
	unknown.Config.ErrorLog = log.New(io.Discard, "", 0)
	unknown.StartTLS()
	t.Cleanup(unknown.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	return []string{unknown.URL, strings.Replace(plain.URL, "http:", "https:", 1)}
}

func triedOnce(t *testing.T, err error) {
	t.Helper()
	call, ok := errors.AsType[*imagepush.CallError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, 1, call.Attempts, "%v", err)
	assert.Equal(t, imagepush.StoppedByRefusal, call.Stopped, "%v", err)
}

// A name that nobody has is final, as it is for the SDK.
func TestUnknownRegistryHost(t *testing.T) {
	t.Parallel()
	repository, err := remote.NewRepository("registry.test/alias/team/app")
	require.NoError(t, err)
	unknown := &net.DNSError{Err: "no such host", Name: "registry.test", IsNotFound: true}
	repository.Client = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, unknown })}
	triedOnce(t, newTarget(t, newFake(), via(repository)).Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
}

// No retry makes another server of the one that was reached, and no other tag.
func TestWrongServer(t *testing.T) {
	t.Parallel()
	source := nTagged{newImages(t), 10}
	for i := range source.n {
		source.tag(source.image("{}", source.layer("abc")), fmt.Sprintf("v%02d", i))
	}
	for _, url := range wrongServers(t) {
		client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: aws.String(url), Credentials: aws.AnonymousCredentials{}})
		_, err := newTarget(t, client).Exists(t.Context(), layerOf("abc"))
		triedOnce(t, err)

		repository, err := remote.NewRepository(strings.TrimPrefix(url, "https://") + "/alias/team/app")
		require.NoError(t, err)
		repository.Client = http.DefaultClient
		err = newTarget(t, newFake(), via(repository)).Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
		triedOnce(t, err)

		result, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited)
		triedOnce(t, err)
		assert.Equal(t, int64(1), result.Calls)
	}
}
