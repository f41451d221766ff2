package imagepush_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/types"
)

// account is an emulator with a signed index of two platforms in team/app, and clients
// of it, whose requests it counts.
type account struct {
	srv           *ecrpublictest.Server
	client        *ecrpublic.Client
	reader        *registry.Client
	ref           imageref.Reference // of the index, by its tag v1
	index, signed ocispec.Descriptor

	mu       sync.Mutex
	requests []string
	stop     interruption
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{srv: smallParts(t)}
	repository, reader := onHost(t, a.srv, "team/app", a.around)
	a.reader = reader
	a.client = a.srv.Client(func(o *ecrpublic.Options) { o.HTTPClient = &http.Client{Transport: a.around(http.DefaultTransport)} })
	alias, _, _ := strings.Cut(repository.Reference.Repository, "/")
	images, index, _, _ := platforms(t)
	a.index, a.signed = index, images.referrer("a signature", index)
	a.ref = imageref.Reference{Alias: alias, RepositoryName: "team/app", Tag: "v1"}
	_, err := imagepush.Push(t.Context(), a.client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Referrers: true}, unlimited)
	require.NoError(t, err)
	_, err = a.reader.Resolve(t.Context(), a.ref) // so that it has a token
	require.NoError(t, err)
	a.requests = nil
	return a
}

// interruption cancels a context at a request, which may or may not reach the service.
type interruption struct {
	at      int // the request, from 1
	arrives bool
	cancel  context.CancelFunc
}

// around counts the requests and interrupts one.
func (a *account) around(transport http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		n, stop := a.count(r)
		if n == stop.at && !stop.arrives {
			stop.cancel()
		}
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		response, err := transport.RoundTrip(r)
		if n == stop.at && stop.arrives {
			stop.cancel()
			if err == nil {
				response.Body.Close()
			}
			return nil, context.Canceled
		}
		return response, err
	})
}

func (a *account) count(r *http.Request) (n int, stop interruption) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := r.Method + " " + r.URL.Path
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ = strings.Cut(target, ".")
	}
	a.requests = append(a.requests, name)
	return len(a.requests), a.stop
}

// from resets the count, and returns the previous one.
func (a *account) from(stop interruption) (requests int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	requests = len(a.requests)
	a.requests, a.stop = nil, stop
	return requests
}

func (a *account) promote(ctx context.Context, from, to imageref.Reference, options imagepush.PromoteOptions) (imagepush.PromoteResult, error) {
	return imagepush.Promote(ctx, a.client, a.reader, from, to, options, unlimited)
}

func (a *account) tag(t *testing.T, repository, tag string) digest.Digest {
	t.Helper()
	out, err := a.srv.Client().DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: &repository, ImageIds: []types.ImageIdentifier{{ImageTag: &tag}}})
	if err != nil {
		return ""
	}
	return digest.Digest(aws.ToString(out.ImageDetails[0].ImageDigest))
}

func TestPromoteInTheSameRepository(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manifest := "GET /v2/" + a.ref.Alias + "/team/app/manifests/"
	for name, test := range map[string]struct {
		from imageref.Reference
		read string
	}{
		"a tag":    {a.ref, manifest + "v1"},
		"a digest": {imageref.Reference{Alias: a.ref.Alias, RepositoryName: "team/app", Digest: a.index.Digest.String()}, manifest + a.index.Digest.String()},
	} {
		tag := "stable-" + strings.ReplaceAll(name, " ", "-")
		a.requests = nil
		result, err := a.promote(t.Context(), test.from, imageref.Reference{Tag: tag}, imagepush.PromoteOptions{DryRun: true})
		require.NoError(t, err, name)
		assert.Equal(t, imagepush.Change{Tag: tag, Then: a.index.Digest, Bytes: a.index.Size}, result.Change(), name)
		assert.Empty(t, a.tag(t, "team/app", tag), name)

		a.requests = nil
		result, err = a.promote(t.Context(), test.from, imageref.Reference{Tag: tag}, imagepush.PromoteOptions{})
		require.NoError(t, err, name)
		assert.Equal(t, []string{"DescribeImages", test.read, "PutImage"}, a.requests, name)
		assert.Equal(t, a.index.Digest, result.Descriptor.Digest, name)
		assert.Empty(t, result.Previous, name)
		assert.Equal(t, a.index.Digest, a.tag(t, "team/app", tag), name)

		a.requests = nil
		result, err = a.promote(t.Context(), test.from, imageref.Reference{Tag: tag}, imagepush.PromoteOptions{})
		require.NoError(t, err, name)
		assert.True(t, result.UpToDate, name)
		assert.NotContains(t, a.requests, "PutImage", name)
		assert.LessOrEqual(t, len(a.requests), 2, name)
	}
}

func TestPromoteSaysWhereTheTagWas(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	images := newImages(t)
	next := images.tag(images.image("{}", images.layer("next")), "v2")
	for tag := range map[string]bool{"v2": true, "stable": true} {
		_, err := imagepush.Push(t.Context(), a.client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v2", Tag: tag}, unlimited)
		require.NoError(t, err)
	}
	result, err := a.promote(t.Context(), a.ref, imageref.Reference{Tag: "stable"}, imagepush.PromoteOptions{})
	require.NoError(t, err)
	assert.Equal(t, next.Digest, result.Previous)
	assert.Equal(t, a.index.Digest, a.tag(t, "team/app", "stable"))
	assert.Equal(t, next.Digest, a.tag(t, "team/app", "v2"))
}

func TestPromoteIntoAnotherRepository(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	to := imageref.Reference{RepositoryName: "team/prod", Tag: "stable"}
	options := imagepush.PromoteOptions{Referrers: true, CreateRepository: a.client, DryRun: true}
	result, err := a.promote(t.Context(), a.ref, to, options)
	require.NoError(t, err)
	planned := result.Bytes
	assert.NotZero(t, planned)
	assert.Zero(t, a.srv.Count("CreateRepository")-1, "the first is team/app")

	options.DryRun = false
	result, err = a.promote(t.Context(), a.ref, to, options)
	require.NoError(t, err)
	assert.Equal(t, planned, result.Bytes)
	assert.Equal(t, planned, result.UploadedBytes)
	assert.Equal(t, a.index.Digest, a.tag(t, "team/prod", "stable"))
	uploads := a.srv.Count("InitiateLayerUpload")
	prod := a.ref
	prod.RepositoryName, prod.Tag = "team/prod", ""
	prod.Digest = a.index.Digest.String()
	var referrers []digest.Digest
	for referrer, err := range a.reader.Referrers(t.Context(), prod, "") {
		require.NoError(t, err)
		referrers = append(referrers, referrer.Digest)
	}
	assert.Equal(t, []digest.Digest{a.signed.Digest}, referrers)

	images := newImages(t)
	images.tag(images.image(`{"architecture":"amd64","os":"linux"}`, images.layer("for amd64"), images.layer("new")), "v2")
	_, err = imagepush.Push(t.Context(), a.client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v2"}, unlimited)
	require.NoError(t, err)
	uploads++ // "new", in team/app
	from := a.ref
	from.Tag = "v2"
	result, err = a.promote(t.Context(), from, imageref.Reference{RepositoryName: "team/prod"}, imagepush.PromoteOptions{})
	require.NoError(t, err)
	assert.Equal(t, "v2", result.Tag)
	assert.Equal(t, uploads+1, a.srv.Count("InitiateLayerUpload"), "no layer is sent that is there")

	result, err = a.promote(t.Context(), a.ref, to, imagepush.PromoteOptions{Referrers: true})
	require.NoError(t, err)
	assert.True(t, result.UpToDate)
	assert.Zero(t, result.UploadedBytes)
}

func TestPromoteRefuses(t *testing.T) {
	t.Parallel()
	ref := imageref.Reference{Alias: "alias", RepositoryName: "team/app", Tag: "v1"}
	with := func(change func(*imageref.Reference)) imageref.Reference {
		changed := ref
		change(&changed)
		return changed
	}
	for want, refs := range map[string][2]imageref.Reference{
		"from: ":                         {{RepositoryName: "team/app", Tag: "v1"}, {Tag: "v2"}},
		"has neither a tag nor a digest": {with(func(r *imageref.Reference) { r.Tag = "" }), {Tag: "v2"}},
		"has no tag":                     {ref, {}},
		"has a digest":                   {ref, {Tag: "v2", Digest: digest.FromString("x").String()}},
		"both must be the same registry": {ref, {Alias: "other", Tag: "v2"}},
		"to: ":                           {ref, {Tag: "a b"}},
	} {
		_, err := imagepush.Promote(t.Context(), nil, nil, refs[0], refs[1], imagepush.PromoteOptions{})
		require.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "imagepush: promote: ", want)
	}
	a := newAccount(t)
	_, err := a.promote(t.Context(), a.ref, imageref.Reference{RepositoryName: "missing", Tag: "v1"}, imagepush.PromoteOptions{})
	require.ErrorContains(t, err, "create the repository first")
	missing := a.ref
	missing.Tag = "missing"
	_, err = a.promote(t.Context(), missing, imageref.Reference{Tag: "v2"}, imagepush.PromoteOptions{})
	require.True(t, registry.IsNotFound(err), err)
}
