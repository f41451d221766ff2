package imagepush_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	testPart    = 256 << 10
	testMinPart = 128 << 10
)

// smallParts creates an emulator with a small part size, so that even small layers have
// several parts.
func smallParts(t *testing.T, opts ...ecrpublictest.Option) *ecrpublictest.Server {
	t.Helper()
	quotas := ecrpublictest.WithQuotas(ecrpublictest.Quotas{PartBytes: testPart, MinPartBytes: testMinPart})
	srv := ecrpublictest.NewServer(append(opts, quotas)...)
	t.Cleanup(srv.Close)
	return srv
}

// random returns random bytes that depend only on the seed.
func random(seed, size int) []byte {
	data := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(data)
	return data
}

// ofLayers makes an image of n different layers.
func (i images) ofLayers(n, size int) ocispec.Descriptor {
	i.t.Helper()
	var layers []ocispec.Descriptor
	for seed := range n {
		layers = append(layers, i.blob(ocispec.MediaTypeImageLayer, random(seed, size)))
	}
	return i.image("{}", layers...)
}

// readBack reads everything below a reference from the emulator's registry into
// a store, which checks each size and digest.
func readBack(t *testing.T, srv *ecrpublictest.Server, uri, reference string) (*remote.Repository, ocispec.Descriptor) {
	t.Helper()
	_, path, _ := strings.Cut(uri, "/")
	repository, err := remote.NewRepository(srv.RegistryHost() + "/" + path)
	require.NoError(t, err)
	repository.PlainHTTP = true
	root, err := oras.Copy(t.Context(), repository, reference, newImages(t), "", oras.DefaultCopyOptions)
	require.NoError(t, err)
	return repository, root
}

func TestImageOfThreeLayersComesBack(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	images := newImages(t)
	var layers []ocispec.Descriptor
	for i, size := range []int{10, testPart, 5*testPart + 1} {
		layers = append(layers, images.blob(ocispec.MediaTypeImageLayer, random(i, size)))
	}
	image := images.tag(images.image("{}", layers...), "v1")
	client := srv.Client()
	result, err := imagepush.Push(t.Context(), client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1", CreateRepository: client})
	require.NoError(t, err)
	_, root := readBack(t, srv, result.RepositoryURI, "v1")
	assert.Equal(t, image.Digest, root.Digest)
	assert.Equal(t, 4, srv.Count("InitiateLayerUpload"))
	assert.Equal(t, 9, srv.Count("UploadLayerPart"))
	assert.Equal(t, 1, srv.Count("PutImage"))
	assert.Equal(t, 1, srv.Count("BatchCheckLayerAvailability"))
}

func TestIndexOfFivePlatformsComesBack(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	images := newImages(t)
	base := images.blob(ocispec.MediaTypeImageLayer, random(0, 3*testPart))
	var children []ocispec.Descriptor
	for i, architecture := range []string{"amd64", "arm64", "arm", "ppc64le", "s390x"} {
		child := images.image(`{"architecture":"`+architecture+`","os":"linux"}`, base, images.blob(ocispec.MediaTypeImageLayer, random(i+1, testPart+i)))
		child.Platform = &ocispec.Platform{Architecture: architecture, OS: "linux"}
		children = append(children, child)
	}
	index := images.tag(images.index(children...), "v1")
	client := srv.Client()
	result, err := imagepush.Push(t.Context(), client, images, imagepush.PushOptions{Repository: "app", Reference: "v1", CreateRepository: client})
	require.NoError(t, err)
	_, root := readBack(t, srv, result.RepositoryURI, "v1")
	assert.Equal(t, index.Digest, root.Digest)
	assert.Equal(t, ocispec.MediaTypeImageIndex, root.MediaType)
	assert.Equal(t, 6, srv.Count("PutImage"))

	target, err := imagepush.NewTarget(client, "app")
	require.NoError(t, err)
	got, err := target.Resolve(t.Context(), "v1")
	require.NoError(t, err)
	assert.Equal(t, ocispec.Descriptor{MediaType: index.MediaType, Digest: index.Digest}, got)
	found, err := target.Exists(t.Context(), children[3])
	require.NoError(t, err)
	assert.True(t, found)
}

func TestArtifactWithAReferrerComesBack(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	images := newImages(t)
	artifact := images.tag(images.referrer("an artifact", images.image("{}", images.layer("abc"))), "v1")
	signature := images.referrer("a signature", artifact)
	client := srv.Client()
	result, err := imagepush.Push(t.Context(), client, images, imagepush.PushOptions{Repository: "app", Reference: "v1", Referrers: true, CreateRepository: client})
	require.NoError(t, err)
	repository, root := readBack(t, srv, result.RepositoryURI, "v1")
	assert.Equal(t, artifact.Digest, root.Digest)
	var referrers []digest.Digest
	require.NoError(t, repository.Referrers(t.Context(), artifact, "", func(page []ocispec.Descriptor) error {
		referrers = append(referrers, digests(page)...)
		return nil
	}))
	assert.Equal(t, []digest.Digest{signature.Digest}, referrers)
	want, err := content.FetchAll(t.Context(), images, signature)
	require.NoError(t, err)
	got, err := content.FetchAll(t.Context(), repository, signature)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestMirrorOfARegistry(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	client := srv.Client()
	source := newUpstream(t, "v1", "v2", "latest")
	first, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "upstream", CreateRepository: client})
	require.NoError(t, err)
	repository, _ := readBack(t, srv, first.RepositoryURI, "v1")
	options := imagepush.MirrorOptions{Repository: "copy", Tags: []string{"v*"}, CreateRepository: client, Referrers: true}
	second, err := imagepush.Mirror(t.Context(), client, repository, options)
	require.NoError(t, err)
	for _, tag := range []string{"v1", "v2"} {
		_, root := readBack(t, srv, second.RepositoryURI, tag)
		assert.Equal(t, source.tags[tag].Digest, root.Digest)
	}
	third, err := imagepush.Mirror(t.Context(), client, repository, options)
	require.NoError(t, err)
	assert.Empty(t, third.Uploaded)
	assert.True(t, third.Images[0].UpToDate && third.Images[1].UpToDate)
}

// impatient retries without waiting and without a budget.
func impatient(o *ecrpublic.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxBackoff = time.Millisecond
		o.RateLimiter = ratelimit.None
	})
}

// disturb makes a fifth of all API requests fail, in one of five ways.
func disturb(srv *ecrpublictest.Server) {
	const each = 0.0437 // 1 - (1-each)^5 is a fifth
	for _, effect := range []ecrpublictest.Effect{
		ecrpublictest.ResetBefore(),
		ecrpublictest.ResetAfter(),
		ecrpublictest.Fail(&types.ServerException{Message: aws.String("disturbed")}),
		ecrpublictest.Throttle(),
		ecrpublictest.Truncate(),
	} {
		for _, operation := range []string{
			"BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage", "DescribeImages",
		} {
			srv.Inject(ecrpublictest.Fault{Operation: operation, Probability: each, Effect: effect})
		}
	}
}

func TestPushesThroughFaults(t *testing.T) {
	t.Parallel()
	srv := smallParts(t, ecrpublictest.WithSeed(1))
	client := srv.Client(impatient)
	_, err := client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	disturb(srv)

	var pushed []ocispec.Descriptor
	layers := 0
	for i := range 50 {
		images := newImages(t)
		var content []ocispec.Descriptor
		for j := range 1 + i%4 {
			content = append(content, images.blob(ocispec.MediaTypeImageLayer, random(10*i+j, 1+(i*7919+j*104729)%(4*testPart))))
		}
		image := images.tag(images.image(fmt.Sprintf(`{"image":%d}`, i), content...), "latest")
		result, err := imagepush.Push(t.Context(), client, images, imagepush.PushOptions{
			Repository: "app", Reference: "latest", Tag: fmt.Sprint("v", i),
		}, unlimited)
		require.NoError(t, err, "push %d", i)
		assert.Empty(t, result.Skipped)
		pushed = append(pushed, image)
		layers += len(content) + 1
	}
	failed := 0
	for _, request := range srv.Requests() {
		if request.Status != 200 {
			failed++
		}
	}
	assert.Greater(t, failed, layers/5, "the faults did happen")
	srv.ClearFaults()

	// No upload was lost, so none was repeated: the number of uploads with parts is the
	// number of layers.
	uploads := map[string]bool{}
	for _, request := range srv.Requests() {
		if part, ok := request.Input.(*ecrpublic.UploadLayerPartInput); ok {
			uploads[*part.UploadId] = true
		}
	}
	assert.Len(t, slices.Collect(maps.Keys(uploads)), layers)

	out, err := client.DescribeRepositories(t.Context(), &ecrpublic.DescribeRepositoriesInput{})
	require.NoError(t, err)
	for i, image := range pushed {
		_, root := readBack(t, srv, *out.Repositories[0].RepositoryUri, fmt.Sprint("v", i))
		assert.Equal(t, image.Digest, root.Digest)
	}
}

func TestCancelledPushIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	images := newImages(t)
	image := images.tag(images.ofLayers(8, 4*testPart), "v1")
	client := srv.Client()
	ctx, cancel := context.WithCancel(t.Context())
	source := &counted{ReadOnlyTarget: images}
	options := imagepush.PushOptions{Repository: "app", Reference: "v1", CreateRepository: client}
	cancelHalfway := func(o *imagepush.TargetOptions) {
		done := 0
		o.Progress = func(p imagepush.Progress) {
			if done++; p.Done == p.Descriptor.Size && done > 15 {
				cancel()
			}
		}
	}
	first, err := imagepush.Push(ctx, client, source, options, unlimited, cancelHalfway)
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, source.open.Load())
	assert.Zero(t, source.late.Load())
	require.NotEmpty(t, first.Uploaded)

	second, err := imagepush.Push(t.Context(), client, source, options, unlimited)
	require.NoError(t, err)
	assert.Zero(t, source.open.Load())
	assert.Zero(t, source.late.Load())
	assert.Subset(t, digests(second.Skipped), digests(first.Uploaded))
	assert.Len(t, second.Uploaded, 10-len(second.Skipped))
	_, root := readBack(t, srv, second.RepositoryURI, "v1")
	assert.Equal(t, image.Digest, root.Digest)
}
