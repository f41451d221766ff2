package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"
)

func TestListsThatAreTooLong(t *testing.T) {
	t.Parallel()
	elements := maxElements
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		member, element := "tags", `"",`
		if !strings.HasSuffix(r.URL.Path, "/tags/list") {
			member, element = "manifests", "{},"
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
		}
		fmt.Fprintf(w, `{%q:[%s%s]}`, member, strings.Repeat(element, elements), strings.TrimSuffix(element, ","))
	}))
	t.Cleanup(srv.Close)
	repository, err := remote.NewRepository(strings.TrimPrefix(srv.URL, "http://") + "/app")
	require.NoError(t, err)
	repository.Client, repository.PlainHTTP = boundedLists{http.DefaultClient}, true
	lists := map[string]func(context.Context) error{
		"tags": func(ctx context.Context) error { return repository.Tags(ctx, "", func([]string) error { return nil }) },
		"referrers": func(ctx context.Context) error {
			return repository.Referrers(ctx, ocispec.Descriptor{Digest: digest.FromString("x")}, "", func([]ocispec.Descriptor) error { return nil })
		},
	}
	for name, list := range lists {
		require.NoError(t, list(t.Context()), name)
	}
	elements++
	for name, list := range lists {
		assert.ErrorContains(t, list(t.Context()), "a response of more than 100000 elements", name)
	}
}
