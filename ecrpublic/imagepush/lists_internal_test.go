package imagepush

import (
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
)

// requests is a client that fails and remembers what was asked for.
type requests []string

var errOffline = errors.New("offline")

func (r *requests) Do(request *http.Request) (*http.Response, error) {
	*r = append(*r, request.Method+" "+request.URL.String())
	return nil, errOffline
}

// A copy has all settings, of whichever oras-go: a new field that this test leaves at
// its zero value fails.
func TestCopyOfRepository(t *testing.T) {
	t.Parallel()
	repository := &remote.Repository{
		Client:               new(requests),
		Reference:            registry.Reference{Registry: "registry.test", Repository: "app"},
		PlainHTTP:            true,
		ManifestMediaTypes:   []string{"a/b"},
		TagListPageSize:      1,
		ReferrerListPageSize: 2,
		TagListMaxPages:      3,
		ReferrerListMaxPages: 4,
		MaxMetadataBytes:     5,
		SkipReferrersGC:      true,
		HandleWarning:        func(remote.Warning) {},
	}
	from, to := reflect.ValueOf(repository).Elem(), reflect.ValueOf(copyOf(repository)).Elem()
	for i := range from.NumField() {
		field := from.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		require.False(t, from.Field(i).IsZero(), field.Name)
		if field.Type.Kind() == reflect.Func {
			assert.Equal(t, from.Field(i).Pointer(), to.Field(i).Pointer(), field.Name)
		} else {
			assert.Equal(t, from.Field(i).Interface(), to.Field(i).Interface(), field.Name)
		}
	}
}

// What SetReferrersCapability was told applies to the copies, and they tell the
// repository nothing.
func TestCopyOfReferrersCapability(t *testing.T) {
	t.Parallel()
	desc := ocispec.Descriptor{Digest: digest.FromString("image")}
	api, tag := "GET https://registry.test/v2/app/referrers/"+desc.Digest.String(), "GET https://registry.test/v2/app/manifests/sha256-"+desc.Digest.Encoded()
	for told, want := range map[string]string{"nothing": api, "true": api, "false": tag} {
		sent := new(requests)
		repository := &remote.Repository{Client: sent, Reference: registry.Reference{Registry: "registry.test", Repository: "app"}}
		if told != "nothing" {
			require.NoError(t, repository.SetReferrersCapability(told == "true"))
		}
		b := newBoundedRepository(repository)
		require.ErrorIs(t, b.Referrers(t.Context(), desc, "", nil), errOffline)
		assert.Equal(t, requests{want}, *sent)
		for _, c := range []*remote.Repository{b.short, b.long} {
			assert.Equal(t, told == "false", c.SetReferrersCapability(true) != nil, told)
		}
		assert.Equal(t, told == "true", repository.SetReferrersCapability(false) != nil, told)
	}
}

// A target does not tell its repository what it assumes about the registry host.
func TestRegistryOfATargetStaysAsItIs(t *testing.T) {
	t.Parallel()
	repository := &remote.Repository{Reference: registry.Reference{Registry: "registry.test", Repository: "alias/app"}}
	h, err := newHost(repository, "app")
	require.NoError(t, err)
	require.Error(t, h.repository.SetReferrersCapability(false))
	require.NoError(t, repository.SetReferrersCapability(false))
}
