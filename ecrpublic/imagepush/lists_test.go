package imagepush_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// signed is a registry with an image and many signatures, which it lists on pages.
type signed struct {
	*hostile
	page       int  // how many it lists at a time; 0 has no referrers API
	refused    bool // it refuses to list
	signatures []ocispec.Descriptor

	mu    sync.Mutex
	lists int
}

func newSigned(number int) *signed {
	s := &signed{hostile: newHostile(), page: number}
	image := s.image(`"layers":[]`)
	s.tags["v1"] = image.Digest
	subject, _ := json.Marshal(image)
	for i := range number {
		desc := s.image(fmt.Sprintf(`"layers":[],"subject":%s,"annotations":{"n":"%d"}`, subject, i))
		desc.Annotations = map[string]string{"text": strings.Repeat("[{,null", 100)}
		s.signatures = append(s.signatures, desc)
	}
	s.other = s.list
	return s
}

func (s *signed) index(signatures []ocispec.Descriptor) string {
	text, _ := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, Manifests: signatures})
	return string(text)
}

func (s *signed) list(w http.ResponseWriter, r *http.Request) {
	want := "/referrers/" + s.tags["v1"].String()
	if s.page == 0 {
		want = "/manifests/sha256-" + s.tags["v1"].Encoded()
	}
	if !strings.HasSuffix(r.URL.Path, want) {
		if s.page == 0 || !strings.Contains(r.URL.Path, "/referrers/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
		fmt.Fprint(w, s.index(nil))
		return
	}
	s.mu.Lock()
	s.lists++
	s.mu.Unlock()
	if s.refused {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":[{"code":"DENIED","message":"no lists for you"}]}`)
		return
	}
	var first int
	_, _ = fmt.Sscan(r.URL.Query().Get("from"), &first)
	end := len(s.signatures)
	if s.page > 0 && first+s.page < end {
		end = first + s.page
		w.Header().Set("Link", fmt.Sprintf(`<?from=%d>; rel="next"`, end))
	}
	text := s.index(s.signatures[first:end])
	w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	fmt.Fprint(w, text)
}

func (s *signed) push(t *testing.T, configure func(*remote.Repository)) (imagepush.PushResult, error) {
	server := httptest.NewServer(s)
	defer server.Close()
	repository, err := remote.NewRepository(strings.TrimPrefix(server.URL, "http://") + "/source")
	require.NoError(t, err)
	repository.PlainHTTP = true
	configure(repository)
	return imagepush.Push(t.Context(), newFake(), repository, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Referrers: true}, unlimited)
}

// Lists of referrers are read to their end: short and long ones, pages, and indexes that
// a tag names. Commas and brackets in texts are no elements.
func TestReferrersOfARepository(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ number, page, lists int }{
		"a short list":          {3, 3, 1},
		"a long list":           {100, 100, 2},
		"short pages":           {100, 10, 10},
		"long pages":            {100, 40, 4}, // the first one twice
		"a short list by a tag": {3, 0, 1},
		"a long list by a tag":  {100, 0, 2},
	} {
		s := newSigned(test.number)
		s.page = test.page
		result, err := s.push(t, func(*remote.Repository) {})
		require.NoError(t, err, name)
		images := 0
		for _, desc := range result.Uploaded {
			if slices.ContainsFunc(s.signatures, func(signature ocispec.Descriptor) bool { return signature.Digest == desc.Digest }) {
				images++
			}
		}
		assert.Equal(t, test.number, images, name)
		assert.Equal(t, test.lists, s.lists, name)
	}
}

// oras-go does not hand out pages without referrers.
func TestEmptyPagesOfReferrers(t *testing.T) {
	t.Parallel()
	s := newSigned(1)
	pages := 0
	s.other = func(w http.ResponseWriter, _ *http.Request) {
		pages++
		w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
		w.Header().Set("Link", `<?same>; rel="next"`)
		fmt.Fprint(w, s.index(nil))
	}
	_, err := s.push(t, func(*remote.Repository) {})
	require.ErrorIs(t, err, errdef.ErrTooManyPages)
	assert.Equal(t, 1001, pages)
	pages = 0
	_, err = s.push(t, func(r *remote.Repository) { r.ReferrerListMaxPages = 5 })
	require.ErrorIs(t, err, errdef.ErrTooManyPages)
	assert.Equal(t, 5, pages, "the repository's own limit counts")
}

func TestRefusedListOfReferrers(t *testing.T) {
	t.Parallel()
	s := newSigned(1)
	s.refused = true
	_, err := s.push(t, func(*remote.Repository) {})
	var refused *errcode.ErrorResponse
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.StatusForbidden, refused.StatusCode)
	assert.ErrorContains(t, err, "no lists for you")
}

// A repository's own limit counts, up to 8 MiB.
func TestMaxMetadataBytesOfARepository(t *testing.T) {
	t.Parallel()
	limit := func(bytes int64) func(*remote.Repository) {
		return func(r *remote.Repository) { r.MaxMetadataBytes = bytes }
	}
	s := newSigned(50)
	size := int64(len(s.index(s.signatures)))
	_, err := s.push(t, limit(size-1))
	require.ErrorContains(t, err, "size exceeds limit")
	_, err = s.push(t, limit(size))
	require.NoError(t, err)

	s.signatures[0].Annotations["text"] = strings.Repeat("a", 5<<20)
	_, err = s.push(t, limit(0))
	require.ErrorContains(t, err, "size exceeds limit")
	_, err = s.push(t, limit(1<<40))
	require.NoError(t, err)
	s.signatures[0].Annotations["text"] = strings.Repeat("a", 9<<20)
	_, err = s.push(t, limit(1<<40))
	require.ErrorContains(t, err, "size exceeds limit")
}
