package registry_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// index has two referrers.
func index() string {
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[{"digest":%q,"artifactType":"a"},{"digest":%q,"artifactType":"b"}]}`,
		ocispec.MediaTypeImageIndex, digest.FromString("1"), digest.FromString("2"))
}

// A host without the referrers API has an index under a tag, or none.
func TestReferrersByTag(t *testing.T) {
	t.Parallel()
	subject := digest.FromString("x")
	tag := "sha256-" + subject.Encoded()
	for name, c := range map[string]struct {
		api, byTag func(http.ResponseWriter)
		want       int
		err        string
	}{
		"no API":           {func(w http.ResponseWriter) { http.Error(w, "404 page not found", http.StatusNotFound) }, served(ocispec.MediaTypeImageIndex, index()), 2, ""},
		"unsupported":      {refusal(http.StatusMethodNotAllowed, "UNSUPPORTED", "no"), served(ocispec.MediaTypeImageIndex, index()), 2, ""},
		"no tag":           {refusal(http.StatusNotFound, "NOT_FOUND", ""), refusal(http.StatusNotFound, "MANIFEST_UNKNOWN", "Requested image not found"), 0, ""},
		"no repository":    {refusal(http.StatusNotFound, "NAME_UNKNOWN", "no such"), served(ocispec.MediaTypeImageIndex, index()), 0, "NAME_UNKNOWN: no such"},
		"none at the tag":  {refusal(http.StatusNotFound, "", ""), refusal(http.StatusNotFound, "NAME_UNKNOWN", "no such"), 0, "NAME_UNKNOWN: no such"},
		"not the host":     {refusal(http.StatusNotFound, "", ""), func(w http.ResponseWriter) { http.Error(w, "a proxy", http.StatusNotFound) }, 0, "404 Not Found: a proxy"},
		"denied":           {refusal(http.StatusForbidden, "DENIED", "no"), served(ocispec.MediaTypeImageIndex, index()), 0, "DENIED: no"},
		"denied the tag":   {refusal(http.StatusNotFound, "", ""), refusal(http.StatusForbidden, "DENIED", "no"), 0, "DENIED: no"},
		"not an index":     {refusal(http.StatusNotFound, "", ""), served(ocispec.MediaTypeImageManifest, `{"manifests":[]}`), 0, "want " + ocispec.MediaTypeImageIndex},
		"API of HTML":      {served("text/html", "<html>"), served(ocispec.MediaTypeImageIndex, index()), 0, `the response has media type "text/html", want ` + ocispec.MediaTypeImageIndex},
		"too many":         {served(ocispec.MediaTypeImageIndex, `{"manifests":[`+strings.Repeat("{},", 10_000)+`{}]}`), refusal(http.StatusTeapot, "", ""), 0, "more than 10000 in a list"},
		"API":              {served(ocispec.MediaTypeImageIndex+"; charset=utf-8", index()), refusal(http.StatusTeapot, "", ""), 2, ""},
		"API without list": {served(ocispec.MediaTypeImageIndex, `{"manifests":null}`), refusal(http.StatusTeapot, "", ""), 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFakeHost()
			h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/referrers/"+subject.String()):
					c.api(w)
				case strings.HasSuffix(r.URL.Path, "/manifests/"+tag):
					c.byTag(w)
				}
			})
			client := h.open(t, registry.Options{})
			for kind, share := range map[string]int{"": 2, "b": 1, "c": 0} {
				var found []ocispec.Descriptor
				var last error
				for desc, err := range client.Referrers(t.Context(), digested(subject.String()), kind) {
					if last = err; err == nil {
						found = append(found, desc)
					}
				}
				assert.Len(t, found, c.want*share/2, kind)
				if c.err == "" {
					assert.NoError(t, last)
				} else {
					assert.ErrorContains(t, last, c.err)
				}
			}
			for range client.Referrers(t.Context(), digested(subject.String()), "") {
				break
			}
		})
	}
}

func served(mediaType, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", mediaType)
		fmt.Fprint(w, body)
	}
}

func TestReferrersOfATagThatIsMissing(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refusal(http.StatusNotFound, "MANIFEST_UNKNOWN", "")(w) })
	for _, err := range h.open(t, registry.Options{}).Referrers(t.Context(), tagged("v1"), "") {
		assert.True(t, registry.IsNotFound(err))
	}
	assert.Zero(t, h.count("/referrers/"))
}

// If the response to HEAD is incomplete, the manifest is read.
func TestResolveWithLittleInTheHeader(t *testing.T) {
	t.Parallel()
	content := `{"mediaType":"` + ocispec.MediaTypeImageIndex + `","manifests":[]}`
	want := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digest.FromString(content), Size: int64(len(content))}
	for name, head := range map[string]map[string]string{
		"nothing":     {},
		"no digest":   {"Content-Type": ocispec.MediaTypeImageIndex, "Content-Length": fmt.Sprint(len(content))},
		"no length":   {"Content-Type": ocispec.MediaTypeImageIndex, "Docker-Content-Digest": want.Digest.String()},
		"a dull type": {"Content-Type": "application/json", "Docker-Content-Digest": want.Digest.String(), "Content-Length": fmt.Sprint(len(content))},
	} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for key, value := range head {
				w.Header().Set(key, value)
			}
			if r.Method == http.MethodHead {
				return
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, content)
		}))
		desc, err := client.Resolve(t.Context(), tagged("v1"))
		require.NoError(t, err, name)
		assert.Equal(t, want, desc, name)
		desc, err = client.Resolve(t.Context(), digested(want.Digest.String()))
		require.NoError(t, err, name)
		assert.Equal(t, want, desc, name)
	}
}

func TestResolveChecksTheHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ digest, length, want string }{
		{"sha256:abc", "10", `the response's digest is "sha256:abc"`},
		{digest.FromString("other").String(), "10", "the response is for digest " + digest.FromString("other").String()},
		{digest.FromString("x").String(), "4194305", "the manifest has 4194305 bytes, the limit is 4194304"},
	} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			w.Header().Set("Docker-Content-Digest", c.digest)
			w.Header().Set("Content-Length", c.length)
		}))
		_, err := client.Resolve(t.Context(), digested(digest.FromString("x").String()))
		assert.ErrorContains(t, err, c.want)
	}
}

// A refused HEAD has no error text, so GET follows.
func TestResolveSaysWhyItIsDenied(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal(http.StatusForbidden, "DENIED", "Not Authorized")(w)
	}))
	_, err := client.Resolve(t.Context(), tagged("v1"))
	assert.True(t, registry.IsDenied(err))
	assert.ErrorContains(t, err, "403 Forbidden: DENIED: Not Authorized")
}
