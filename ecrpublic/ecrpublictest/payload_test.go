package ecrpublictest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// TestPartBehindMiddleware has a middleware read, replace and repeat requests
// with a layer part.
func TestPartBehindMiddleware(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithCredentials("key", "SECRETEXAMPLE0123456789abcdefghijklmnopq"))
	r := repo{t, srv, srv.Client()}
	_, err := r.api.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	var read atomic.Int64
	r.srv.Inject(ecrpublictest.Fault{Operation: "UploadLayerPart", Effect: ecrpublictest.Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			next.ServeHTTP(httptest.NewRecorder(), req.Clone(req.Context()))
			body, err := io.ReadAll(req.Body)
			assert.NoError(t, err)
			read.Add(int64(len(body)))
			req.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, req)
		})
	})})
	upload := r.begin()
	text := strings.Repeat("layer ", 1<<20)
	err = r.part(upload, 0, text)
	refused, ok := errors.AsType[*types.InvalidLayerPartException](err)
	require.True(t, ok, "%v", err)
	assert.EqualValues(t, len(text)-1, *refused.LastValidByteReceived)
	list := r.srv.Requests()
	assert.Equal(t, list[len(list)-1].BytesReceived, read.Load())

	r.srv.ClearFaults()
	_, err = r.complete(upload, sha(text))
	require.NoError(t, err)
}

// TestPartsOfManyUploads sends parts of several uploads at the same time.
func TestPartsOfManyUploads(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]ecrpublictest.Option{
		"memory":    nil,
		"directory": {ecrpublictest.WithDataDir(t.TempDir())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t, opts...)
			for i := range 4 {
				t.Run("", func(t *testing.T) {
					t.Parallel()
					r := repo{t, r.srv, r.api}
					upload, part := r.begin(), strings.Repeat(string(rune('a'+i)), 5<<20)
					for n := range 3 {
						require.NoError(t, r.part(upload, n*len(part), part))
					}
					_, err := r.complete(upload, sha(strings.Repeat(part, 3)))
					require.NoError(t, err)
				})
			}
		})
	}
}
