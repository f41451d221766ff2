package ecrpublic_test

import (
	"io"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// If a functional option sets a field to nil, the default applies.
func TestNilOptions(t *testing.T) {
	t.Parallel()
	server := newEmulator(t)
	for name, clear := range map[string]func(*ecrpublic.Options){
		"AuthSchemeResolver": func(o *ecrpublic.Options) { o.AuthSchemeResolver = nil },
		"AuthSchemes":        func(o *ecrpublic.Options) { o.AuthSchemes = nil },
		"EndpointResolverV2": func(o *ecrpublic.Options) { o.EndpointResolverV2 = nil },
		"HTTPClient":         func(o *ecrpublic.Options) { o.HTTPClient = nil },
		"HTTPSignerV4":       func(o *ecrpublic.Options) { o.HTTPSignerV4 = nil },
		"Logger":             func(o *ecrpublic.Options) { o.Logger = nil },
		"MeterProvider":      func(o *ecrpublic.Options) { o.MeterProvider = nil },
		"Retryer":            func(o *ecrpublic.Options) { o.Retryer = nil },
		"TracerProvider":     func(o *ecrpublic.Options) { o.TracerProvider = nil },
	} {
		eachWayNamed(t, name, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			_, err := server.Client(append(options, clear)...).DescribeRegistries(t.Context(), nil)
			require.NoError(t, err, "of a client")
			_, err = server.Client().DescribeRegistries(t.Context(), nil, append(options, clear)...)
			require.NoError(t, err, "of a call")
		})
	}
}

// A call without an HTTP client of its own uses that of its client.
func TestNilHTTPClientOfACallIsTheClients(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s).DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) { o.HTTPClient = nil })
	require.NoError(t, err)
	assert.Len(t, s.requests, 1)
}

// Only scheme, host and path of an endpoint are used.
func TestBaseEndpointIsOnlyAnAddress(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		client := ecrpublic.New(ecrpublic.Options{HTTPClient: s, BaseEndpoint: aws.String("http://user:secret@127.0.0.1/a%2Fb?#c")}, options...)
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, "http://127.0.0.1/a%2Fb", s.requests[0].URL.String())
	})
}

// A pipe is a file that cannot seek.
func TestLayerPartFromAPipe(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer r.Close()
		_, err = io.WriteString(w, "part")
		require.NoError(t, err)
		require.NoError(t, w.Close())
		s := &script{answers: []answer{{Status: 200}}}
		_, err = scripted(s, options...).UploadLayerPart(t.Context(), partFrom(r))
		require.NoError(t, err)
		assert.Contains(t, string(s.bodies[0]), `"layerPartBlob":"cGFydA=="`)
	})
}
