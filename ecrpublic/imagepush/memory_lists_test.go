package imagepush_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

func TestMemoryOfLists(t *testing.T) {
	t.Parallel()
	const image = `"layers":[]`
	referrers := func(n int, member string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			w.Header().Set("Link", fmt.Sprintf(`<%s?page=%d>; rel="next"`, r.URL.Path, time.Now().UnixNano()))
			fmt.Fprintf(w, `{"schemaVersion":2,"manifests":[%s{}]}`, strings.Repeat(member+",", n))
		}
	}
	tags := func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/tags/list") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Link", fmt.Sprintf(`<%s?page=%d>; rel="next"`, r.URL.Path, time.Now().UnixNano()))
		fmt.Fprintf(w, `{"tags":[%s"t"]}`, strings.Repeat(`"`+strings.Repeat("t", 4000)+`",`, 100))
	}
	for name, test := range map[string]struct {
		reference string
		other     http.HandlerFunc
		want      string
	}{
		"tags without end":              {"", tags, "the source lists more than 100000 tags, 8388608 bytes"},
		"referrers without end":         {"v1", referrers(9, `{"annotations":{"a":"`+strings.Repeat("a", 8<<10)+`"}}`), "more than 10000, or 1000 pages"},
		"referrers of one endless page": {"v1", referrers(100_000, `{"annotations":{"a":"`+strings.Repeat("a", 100)+`"}}`), "failed to decode"},
	} {
		h := newHostile()
		if test.reference != "" {
			h.tags[test.reference] = h.image(image).Digest
		}
		h.other = test.other
		costsLittle(t, name, job{Registry: h.serve(t), Reference: test.reference}, test.want)
	}
}

// costly are descriptors that take many times their bytes once parsed.
var costly = map[string]string{
	"empty":       `{}`,
	"null":        `null`,
	"annotations": `{"annotations":{"":""}}`,
	"platforms":   `{"platform":{}}`,
	"URLs":        `{"urls":[""]}`,
	"everything":  `{"annotations":{"":""},"platform":{"os.features":[""]},"urls":[""]}`,
	"long":        `{"annotations":{"a":"` + strings.Repeat("a", 50_000) + `"}}`,
}

// repeated is a list of an element, of a number of bytes and as many elements as JSON
// may have.
func repeated(element string, size, elements int) string {
	elements /= 1 + strings.Count(element, ",") + strings.Count(element, "{") + strings.Count(element, "[") + strings.Count(element, "null")
	n := min(size/(len(element)+1), elements) - 1
	return "[" + strings.Repeat(element+",", n) + element + "]"
}

const (
	allElements  = 100_000     // those that are read
	allReferrers = 50_000 - 10 // those of a list of referrers
	unbounded    = 1 << 30
)

// Referrers come from the API, or from an index that a tag names, with a digest or
// without one. Several images list theirs at a time.
func TestMemoryOfCostlyReferrers(t *testing.T) {
	t.Parallel()
	const byAPI, byTag = "/referrers/", "/manifests/sha256-"
	for name, test := range map[string]struct {
		way, element string
		elements     int
		want         string
	}{
		"as many":             {byAPI, "annotations", allReferrers, "more than 10000"},
		"as many empty":       {byTag, "empty", allReferrers, "more than 10000"},
		"as many null":        {byTag, "null", allReferrers, "more than 10000"},
		"as many platforms":   {byTag, "platforms", allReferrers, "more than 10000"},
		"as many URLs":        {byAPI, "URLs", allReferrers, "more than 10000"},
		"as long":             {byTag, "long", allReferrers, ""}, // valid, and none is an image
		"too many":            {byAPI, "empty", unbounded, "ask for smaller pages"},
		"too many by tag":     {byTag, "everything", unbounded, "ask for smaller pages"},
		"too many of nothing": {byTag, "null", unbounded, "ask for smaller pages"},
	} {
		index := `{"schemaVersion":2,"mediaType":"` + ocispec.MediaTypeImageIndex + `","manifests":` + repeated(costly[test.element], 4<<20-200, test.elements) + `}`
		h := newHostile()
		for i := range 6 {
			h.tags[fmt.Sprint("v", i)] = h.image(fmt.Sprintf(`"layers":[],"annotations":{"n":"%d"}`, i)).Digest
		}
		h.other = func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, test.way) {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			w.Header().Set("Content-Length", fmt.Sprint(len(index)))
			if test.element != "null" {
				w.Header().Set("Docker-Content-Digest", digest.FromString(index).String())
			}
			fmt.Fprint(w, index)
		}
		costsLittle(t, name, job{Registry: h.serve(t)}, test.want)
	}
}

func TestMemoryOfCostlyTags(t *testing.T) {
	t.Parallel()
	const refused = "elements: TagListPageSize and ReferrerListPageSize of the repository ask for smaller pages: size exceeds limit"
	for name, test := range map[string]struct{ page, want string }{
		"empty":     {`{"tags":` + repeated(`""`, 4<<20-100, unbounded) + `}`, refused},
		"null":      {`{"tags":` + repeated(`null`, 4<<20-100, unbounded) + `}`, refused},
		"long":      {`{"tags":` + repeated(`"`+strings.Repeat("t", 50_000)+`"`, 4<<20-100, unbounded) + `}`, "tag "},
		"as many":   {`{"tags":` + repeated(`"t"`, 4<<20-100, allElements) + `}`, "the source has no such image"},
		"otherwise": {`{"tags":[],"other":` + repeated(`{}`, 4<<20-100, unbounded) + `}`, refused},
		"huge":      {`{"tags":` + repeated(`"`+strings.Repeat("t", 100)+`"`, 8<<20-100, unbounded) + `}`, "tag "},
		"nested":    {`{"other":` + strings.Repeat(`{"":[`, 900_000), "failed to decode"},
	} {
		h := newHostile()
		h.other = func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/tags/list") {
				http.NotFound(w, r)
				return
			}
			fmt.Fprint(w, test.page)
		}
		costsLittle(t, name, job{Registry: h.serve(t), Page: 1 << 40}, test.want)
	}
}
