package imagepush_test

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"
)

// archives are hostile archives, and what the error says. No image is named latest.
var archives = map[string]struct {
	write func(w *packer)
	want  string
}{
	"long names": {func(w *packer) {
		for i := range 3000 {
			w.file(fmt.Sprintf("%s/%d", strings.Repeat("long/", 800), i), "")
		}
	}, "the names of the entries have more than 8388608 bytes"},
	"many folders": {func(w *packer) {
		for i := range 60 {
			w.file(fmt.Sprintf("%d%s/FILE", i, strings.Repeat("/D", 1900)), "")
		}
	}, "more than 100000 directories"},
	"many names": {func(w *packer) {
		for i := range 100_001 {
			w.file(fmt.Sprintf("folder/%040d", i), "")
		}
	}, "more than 100000 entries"},
	"large headers": {func(w *packer) {
		for i := range 80 {
			w.header(&tar.Header{Name: fmt.Sprintf("%s%d", strings.Repeat("é", 30), i), PAXRecords: map[string]string{"TEST.x": strings.Repeat("x", 900<<10)}}, "")
		}
	}, "neither oci-layout nor manifest.json"},
	"one config of many images": {func(w *packer) {
		w.file("config", configOf()+strings.Repeat(" ", 4<<20-1000))
		w.file("manifest.json", "["+strings.Repeat(`{"Config":"config"},`, 9999)+`{"Config":"config"}]`)
	}, "not found; the source has"},
	"more images than may be": {func(w *packer) {
		w.file("config", configOf())
		w.file("manifest.json", "["+strings.Repeat(`{"Config":"config"},`, 10_000)+`{"Config":"config"}]`)
	}, "more than 10000 in a list"},
	"large configs": {func(w *packer) {
		var images []string
		for i := range 20 {
			w.file(fmt.Sprint(i), configOf()+strings.Repeat(" ", 4<<20-1000-i))
			images = append(images, fmt.Sprintf(`{"Config":"%d"}`, i))
		}
		w.file("manifest.json", "["+strings.Join(images, ",")+"]")
	}, "not found; the source has"},
	"large manifests": {func(w *packer) {
		h := newHostile()
		var images []ocispec.Descriptor
		for i := range 3 {
			for _, members := range h.largeManifests(3<<20, i) {
				images = append(images, h.image(members))
			}
		}
		w.layout(h, images)
	}, "not found; the source has"},
	"many layers": {func(w *packer) {
		h := newHostile()
		var images []ocispec.Descriptor
		for i := range 2 {
			var layers []ocispec.Descriptor
			for j := range 9999 {
				layers = append(layers, ocispec.Descriptor{MediaType: strings.Repeat("m", 200), Digest: digest.FromString(fmt.Sprint(i, j)), Size: 3})
			}
			text, _ := json.Marshal(layers)
			images = append(images, h.image(`"layers":`+string(text)))
		}
		w.layout(h, images)
	}, "not found; the source has"},
	"many names of an image": {func(w *packer) {
		w.file("config", configOf())
		w.file("manifest.json", `[{"Config":"config","RepoTags":`+repeated(`"a:b"`, 4<<20-1000, allElements-10)+`}]`)
	}, "more than 10000 images and names"},
	"many sources of layers": {func(w *packer) {
		w.file("config", configOf())
		w.file("manifest.json", repeated(`{"LayerSources":{"":{}}}`, 4<<20-1000, allElements-10))
	}, "more than 10000 in a list"},
	"images of nothing": {func(w *packer) {
		w.file("config", configOf())
		w.file("manifest.json", repeated(`null`, 4<<20-1000, allElements-10))
	}, "more than 10000 in a list"},
	"empty names of images": {func(w *packer) { w.index(`{"annotations":{"":""}}`, allElements-10) }, "more than 10000 in a list"},
	"no images":             {func(w *packer) { w.index(`null`, allElements-10) }, "more than 10000 in a list"},
	"as many images": {func(w *packer) {
		w.index(`{"annotations":{"":""},"platform":{"os.features":[""]},"urls":[""]}`, 8*9_990)
	}, "not found; the source has"},
	"a list that claims gigabytes": {func(w *packer) {
		w.claim("manifest.json", 3<<30)
	}, "manifest.json has more than 4194304 bytes"},
}

func TestMemoryOfArchives(t *testing.T) {
	t.Parallel()
	for name, test := range archives {
		w := newPacker(t)
		test.write(w)
		costsLittle(t, name, job{Archive: w.close(), Reference: "latest"}, test.want)
	}
}

// packer writes a tar file.
type packer struct {
	t    *testing.T
	disk *os.File
	tar  *tar.Writer
	end  int64 // of a sparse file
}

func newPacker(t *testing.T) *packer {
	disk, err := os.Create(filepath.Join(t.TempDir(), "archive.tar"))
	require.NoError(t, err)
	return &packer{t: t, disk: disk, tar: tar.NewWriter(disk)}
}

func (p *packer) header(header *tar.Header, content string) {
	header.Mode, header.Size, header.Typeflag = 0o644, int64(len(content)), tar.TypeReg
	require.NoError(p.t, p.tar.WriteHeader(header))
	_, err := io.WriteString(p.tar, content)
	require.NoError(p.t, err)
}

func (p *packer) file(name, content string) { p.header(&tar.Header{Name: name}, content) }

// claim ends the archive with a file that takes no space on disk.
func (p *packer) claim(name string, size int64) {
	require.NoError(p.t, p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size}))
	at, err := p.disk.Seek(0, io.SeekCurrent)
	require.NoError(p.t, err)
	p.end = at + size + 1024
}

// layout adds an OCI layout with what a registry has.
func (p *packer) layout(h *hostile, images []ocispec.Descriptor) {
	p.file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)
	index, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: images})
	require.NoError(p.t, err)
	p.file("index.json", string(index))
	for d, m := range h.manifests {
		p.file("blobs/sha256/"+d.Encoded(), m.content)
	}
	for d, content := range h.blobs {
		p.file("blobs/sha256/"+d.Encoded(), content)
	}
}

// index adds an OCI layout whose index lists an element many times.
func (p *packer) index(element string, elements int) {
	p.file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)
	p.file("index.json", `{"manifests":`+repeated(element, 4<<20-1000, elements)+`}`)
}

func (p *packer) close() (name string) {
	if p.end > 0 {
		require.NoError(p.t, p.disk.Truncate(p.end))
	} else {
		require.NoError(p.t, p.tar.Close())
	}
	require.NoError(p.t, p.disk.Close())
	return p.disk.Name()
}
