package imagepush_test

import (
	"archive/tar"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// mostMemory is what a hostile source may cost, whatever it serves.
const mostMemory = 64 << 20

// largeVariable makes the tests of memory use twelve times as many manifests, each of
// the largest size: IMAGEPUSH_TEST_LARGE=1 go test -run Memory -v -timeout 30m
const largeVariable = "IMAGEPUSH_TEST_LARGE"

// job is a push or a mirror in a process of its own, so that its memory is measured
// without that of the servers.
type job struct {
	API       string // address of the emulator
	Registry  string // the source, host/repository, or else
	Archive   string // its path
	Reference string // of the image to push; empty mirrors all tags
}

// outcome is what a job prints.
type outcome struct {
	Memory uint64 // that the job took from the system beyond that of the program
	Err    string
}

const jobVariable = "IMAGEPUSH_TEST_JOB"

func TestMain(m *testing.M) {
	text, child := os.LookupEnv(jobVariable)
	if !child {
		os.Exit(m.Run())
	}
	var j job
	err := json.Unmarshal([]byte(text), &j)
	before := obtained()
	if err == nil {
		err = j.run(context.Background())
	}
	o := outcome{Memory: obtained() - before}
	if err != nil {
		o.Err = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(o)
}

// obtained is what this process has taken from the system so far.
func obtained() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func (j job) run(ctx context.Context) error {
	client := ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: &j.API,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: strings.Repeat("s", 40)}, nil
		}),
	})
	source, err := j.open(ctx)
	if err != nil {
		return err
	}
	if j.Reference == "" {
		_, err = imagepush.Mirror(ctx, client, source, imagepush.MirrorOptions{Repository: "team/app", Referrers: true}, unlimited)
	} else {
		_, err = imagepush.Push(ctx, client, source, imagepush.PushOptions{Repository: "team/app", Reference: j.Reference, Tag: "v1", Referrers: true}, unlimited)
	}
	return err
}

func (j job) open(ctx context.Context) (imagepush.MirrorSource, error) {
	if j.Archive != "" {
		return imagepush.Open(ctx, j.Archive)
	}
	repository, err := remote.NewRepository(j.Registry)
	if err == nil {
		repository.PlainHTTP = true
	}
	return repository, err
}

// cost runs a job in a child process.
func cost(t *testing.T, j job) outcome {
	t.Helper()
	srv := ecrpublictest.NewServer()
	t.Cleanup(srv.Close)
	_, err := srv.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("team/app")})
	require.NoError(t, err)
	j.API = srv.URL
	text, err := json.Marshal(j)
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), jobVariable+"="+string(text))
	command.Stderr = os.Stderr
	output, err := command.Output()
	require.NoError(t, err)
	var o outcome
	require.NoError(t, json.Unmarshal(output, &o))
	return o
}

// hostile is a registry of one repository, with any content.
type hostile struct {
	tags      map[string]digest.Digest
	manifests map[digest.Digest]served
	blobs     map[digest.Digest]string
	other     http.HandlerFunc // lists
}

type served struct{ mediaType, content string }

func newHostile() *hostile {
	return &hostile{map[string]digest.Digest{}, map[digest.Digest]served{}, map[digest.Digest]string{}, http.NotFound}
}

// serve starts the registry and returns the repository's name.
func (h *hostile) serve(t *testing.T) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://") + "/source"
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(r.URL.Path, "/source/")
	kind, reference, _ := strings.Cut(name, "/")
	d := digest.Digest(reference)
	if tagged, ok := h.tags[reference]; ok {
		d = tagged
	}
	switch {
	case kind == "manifests" && h.manifests[d].content != "":
		w.Header().Set("Content-Type", h.manifests[d].mediaType)
		w.Header().Set("Docker-Content-Digest", d.String())
		w.Header().Set("Content-Length", fmt.Sprint(len(h.manifests[d].content)))
		fmt.Fprint(w, h.manifests[d].content)
	case kind == "blobs" && h.blobs[d] != "":
		fmt.Fprint(w, h.blobs[d])
	case name == "tags/list" && len(h.tags) > 0:
		var all []string
		for tag := range h.tags {
			all = append(all, tag)
		}
		_ = json.NewEncoder(w).Encode(map[string][]string{"tags": all})
	default:
		h.other(w, r)
	}
}

func (h *hostile) blob(mediaType, content string) ocispec.Descriptor {
	d := digest.FromString(content)
	h.blobs[d] = content
	return ocispec.Descriptor{MediaType: mediaType, Digest: d, Size: int64(len(content))}
}

func (h *hostile) manifest(mediaType, content string) ocispec.Descriptor {
	d := digest.FromString(content)
	h.manifests[d] = served{mediaType, content}
	return ocispec.Descriptor{MediaType: mediaType, Digest: d, Size: int64(len(content))}
}

// image adds an image whose manifest has these members as well.
func (h *hostile) image(members string) ocispec.Descriptor {
	config, _ := json.Marshal(h.blob(ocispec.MediaTypeImageConfig, "{}"))
	return h.manifest(ocispec.MediaTypeImageManifest, fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,%s}`, ocispec.MediaTypeImageManifest, config, members))
}

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

// costsLittle runs a job and compares its memory and its error, which has a text.
func costsLittle(t *testing.T, name string, j job, want string) {
	t.Helper()
	got := cost(t, j)
	t.Logf("%s: %d MiB", name, got.Memory>>20)
	assert.LessOrEqual(t, got.Memory, uint64(mostMemory), name)
	if want == "" {
		assert.Empty(t, got.Err, name)
	} else {
		assert.Contains(t, got.Err, want, name)
	}
	assert.Less(t, len(got.Err), 100<<10, name)
}

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
	}, "more than 10000 images"},
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

func (p *packer) close() (name string) {
	if p.end > 0 {
		require.NoError(p.t, p.disk.Truncate(p.end))
	} else {
		require.NoError(p.t, p.tar.Close())
	}
	require.NoError(p.t, p.disk.Close())
	return p.disk.Name()
}
