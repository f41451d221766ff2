package imagepush_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
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

// job is a push or a mirror in a process of its own, so that its memory is measured
// without that of the servers.
type job struct {
	API       string // address of the emulator
	Registry  string // the source, host/repository, or else
	Archive   string // its path
	Reference string // of the image to push; empty mirrors all tags
	Page      int64  // MaxMetadataBytes of the source
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
		repository.PlainHTTP, repository.MaxMetadataBytes = true, j.Page
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
