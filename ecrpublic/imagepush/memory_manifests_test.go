package imagepush_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"
)

// largeVariable makes the tests of memory use twelve times as many manifests, each of
// the largest size: IMAGEPUSH_TEST_LARGE=1 go test -run Memory -v -timeout 30m
const largeVariable = "IMAGEPUSH_TEST_LARGE"

// largeManifests are members of manifests that take as much memory as they can. The
// number tells manifests apart.
func (h *hostile) largeManifests(size, n int) map[string]string {
	fill := func(text string) string { return strings.Repeat(text, size/len(text)) + fmt.Sprintf("%04d", n) }
	layer := func(members string) string {
		return fmt.Sprintf(`"layers":[{"mediaType":%q,"digest":%q,"size":3,%s}]`, ocispec.MediaTypeImageLayer, h.blob("", "abc").Digest, members)
	}
	var many strings.Builder
	for i := range min(size/80, 48_000) { // 50,000 elements are refused
		fmt.Fprintf(&many, `"annotation of %d %010d":"the value of the annotation %010d",`, n, i, i)
	}
	return map[string]string{
		"one annotation":         fmt.Sprintf(`"layers":[],"annotations":{"a":%q}`, fill("a")),
		"many annotations":       fmt.Sprintf(`"layers":[],"annotations":{%s"n":""}`, many.String()),
		"annotations of a layer": layer(fmt.Sprintf(`"annotations":{%s"n":""}`, many.String())),
		"data of a layer":        layer(fmt.Sprintf(`"data":%q`, fill("AAAA"))),
	}
}

// A source of many large manifests is an index of them, or has as many tags.
func TestMemoryOfLargeManifests(t *testing.T) {
	t.Parallel()
	number, size := 2, 3<<20
	if os.Getenv(largeVariable) != "" {
		number, size = 24, 4<<20-2000
	}
	h := newHostile()
	var children []ocispec.Descriptor
	for i := range number {
		for kind, members := range h.largeManifests(size, i) {
			desc := h.image(members)
			h.tags[fmt.Sprint(strings.ReplaceAll(kind, " ", "-"), i)] = desc.Digest
			children = append(children, desc)
		}
	}
	repository := h.serve(t)
	costsLittle(t, "one by one", job{Registry: repository}, "")
	index, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: children})
	require.NoError(t, err)
	root := h.manifest(ocispec.MediaTypeImageIndex, string(index))
	costsLittle(t, "in an index", job{Registry: repository, Reference: root.Digest.String()}, "")
}

// A manifest of characters that JSON escapes is twice as large in a request and in its
// response.
func TestMemoryOfEscapes(t *testing.T) {
	t.Parallel()
	number := 3
	if os.Getenv(largeVariable) != "" {
		number = 24
	}
	for name, text := range map[string]string{
		"quotes":   `"layers":[],"annotations":{"a":"` + strings.Repeat(`\"`, 2<<20-1000) + `"}`,
		"newlines": `"layers":[]` + strings.Repeat("\n", 4<<20-2000),
	} {
		h := newHostile()
		for i := range number {
			h.tags[fmt.Sprint("v", i)] = h.image(text + fmt.Sprintf(`,"n":%d`, i)).Digest
		}
		costsLittle(t, name, job{Registry: h.serve(t)}, "")
	}
}

func TestMemoryOfCostlyManifests(t *testing.T) {
	t.Parallel()
	var keys strings.Builder
	for i := range allElements - 100 {
		fmt.Fprintf(&keys, `"%d":"",`, i)
	}
	kinds := map[string]string{
		"annotations": `"layers":[],"annotations":{` + keys.String() + `"n":""}`,
		"nested":      `"layers":[],"other":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
	}
	for _, name := range []string{"null", "annotations", "everything"} {
		kinds["layers: "+name] = `"layers":` + repeated(costly[name], 4<<20-2000, allElements-100)
		kinds["other: "+name] = `"layers":[],"other":` + repeated(costly[name], 4<<20-2000, unbounded)
	}
	for name, members := range kinds {
		want := ""
		if kind, _, listed := strings.Cut(name, ": "); listed {
			want = map[string]string{"layers": "more than 10000 in a list", "other": "size exceeds limit"}[kind]
		}
		h := newHostile()
		for i := range 4 {
			h.tags[fmt.Sprint("v", i)] = h.image(members + fmt.Sprintf(`,"number":%d`, i)).Digest
		}
		costsLittle(t, name, job{Registry: h.serve(t)}, want)
	}
}
