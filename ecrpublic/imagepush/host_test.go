package imagepush_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// onHost creates a repository in an emulator. It returns the repository on the registry
// host, and a client that reads from that host.
func onHost(t *testing.T, srv *ecrpublictest.Server, name string, around func(http.RoundTripper) http.RoundTripper) (*remote.Repository, *registry.Client) {
	t.Helper()
	client := srv.Client()
	ensured, err := housekeeping.EnsureRepository(t.Context(), client, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	require.NoError(t, err)
	ref, err := imageref.Parse(*ensured.Repository.RepositoryUri)
	require.NoError(t, err)
	provider := login.NewProvider(client, func(o *login.ProviderOptions) { o.Hosts = []string{srv.RegistryHost()} })
	reader, err := registry.New(registry.Options{Login: provider, Host: srv.URL, Rate: -1, HTTPClient: &http.Client{Transport: around(http.DefaultTransport)}})
	require.NoError(t, err)
	repository, err := remote.NewRepository(srv.RegistryHost() + "/" + ref.Alias + "/" + name)
	require.NoError(t, err)
	repository.Client, repository.PlainHTTP = reader, true
	return repository, reader
}

func asIs(transport http.RoundTripper) http.RoundTripper { return transport }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func via(repository *remote.Repository) func(*imagepush.TargetOptions) {
	return func(o *imagepush.TargetOptions) { o.Registry = repository }
}

func TestPushThroughTheRegistryHost(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	var requests atomic.Int64
	repository, _ := onHost(t, srv, "team/app", func(transport http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			requests.Add(1)
			return transport.RoundTrip(r)
		})
	})
	images, index, _, _ := platforms(t)
	images.referrer("a signature", index)
	for name, source := range map[string]imagepush.MirrorSource{"memory": listed{images}, "files": open(t, layout(t, images, "v1"))} {
		var done int64
		result, err := imagepush.Push(t.Context(), srv.Client(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Tag: "v1", Referrers: name == "memory"}, via(repository), func(o *imagepush.TargetOptions) {
			o.Progress = func(p imagepush.Progress) { done = max(done, p.Done) }
		})
		require.NoError(t, err, name)
		assert.Equal(t, index.Digest, result.Descriptor.Digest)
		assert.Zero(t, srv.Count("InitiateLayerUpload"), name)
		assert.Zero(t, srv.Count("PutImage"), name)
		assert.NotZero(t, done, name)
		if name == "memory" {
			assert.LessOrEqual(t, requests.Load(), int64(6*2+4+3), "two for each blob, one for each manifest, and a token")
		}
		require.NoError(t, housekeepingDelete(t, srv, "team/app"))
		repository, _ = onHost(t, srv, "team/app", asIs)
	}
}

func housekeepingDelete(t *testing.T, srv *ecrpublictest.Server, name string) error {
	_, err := srv.Client().DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: &name, Force: true})
	return err
}

// listed lists no tags.
type listed struct{ images }

func (listed) Tags(context.Context, string, func([]string) error) error { return nil }

// Lost responses, failures of the host and throttled requests are retried.
func TestPushThroughARegistryHostThatFails(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	var n atomic.Int64
	repository, _ := onHost(t, srv, "team/app", func(transport http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer := func(status int) (*http.Response, error) {
				if r.Body != nil {
					_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1000))
					r.Body.Close()
				}
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			}
			if !strings.Contains(r.URL.Path, "/blobs/uploads/") && r.Method != http.MethodPut {
				return transport.RoundTrip(r)
			}
			switch n.Add(1) % 6 {
			case 0:
				return answer(http.StatusServiceUnavailable)
			case 2:
				resp, err := transport.RoundTrip(r) // it arrives, but its response is lost
				if err == nil {
					resp.Body.Close()
				}
				return nil, io.ErrUnexpectedEOF
			}
			return transport.RoundTrip(r)
		})
	})
	images := newImages(t)
	image := images.tag(images.ofLayers(8, 3*testPart), "v1")
	result, err := imagepush.Push(t.Context(), srv.Client(), images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, via(repository))
	require.NoError(t, err)
	assert.Greater(t, result.Attempts, result.Calls)
	_, root := readBack(t, srv, "x/"+repository.Reference.Repository, "v1")
	assert.Equal(t, image.Digest, root.Digest)
}

// The client cannot send a layer again when its token is refused, but only the next one
// with another token. A second refusal is final.
func TestTokenThatIsRefusedForALayer(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer(alphabet(25))), "v1")
	for _, effect := range []ecrpublictest.Effect{ecrpublictest.ExpiredToken(), ecrpublictest.Status(http.StatusUnauthorized)} {
		for _, times := range []int{1, 2} {
			srv := smallParts(t)
			repository, _ := onHost(t, srv, "team/app", asIs)
			srv.Inject(ecrpublictest.Fault{Operation: "PUT /v2/", Times: times, Effect: effect})
			result, err := imagepush.Push(t.Context(), srv.Client(), images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, via(repository), func(o *imagepush.TargetOptions) { o.Parallel = 1 })
			if times == 2 {
				call, ok := errors.AsType[*imagepush.CallError](err)
				require.True(t, ok, "%v", err)
				assert.Equal(t, 2, call.Attempts)
				assert.Equal(t, imagepush.StoppedByRefusal, call.Stopped)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, result.Calls+1, result.Attempts)
			assert.Equal(t, image.Digest, result.Descriptor.Digest)
		}
	}
}

// If the context ends between retries, the error says what had failed, as with the API.
func TestRetriesOnARegistryHostEndWithTheContext(t *testing.T) {
	t.Parallel()
	for name, rates := range map[string]imagepush.Rates{"while waiting": {PutImage: -1}, "before a turn": {PutImage: 0.1}} {
		synctest.Test(t, func(t *testing.T) {
			repository, err := remote.NewRepository("registry.test/alias/team/app")
			require.NoError(t, err)
			repository.Client = doer(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			})
			images := newImages(t)
			image := images.image("{}")
			data, err := content.FetchAll(t.Context(), images, image)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
			defer cancel()
			target := newTarget(t, newFake(), via(repository), func(o *imagepush.TargetOptions) { o.Limiter = imagepush.NewLimiter(rates) })
			err = target.Push(ctx, image, bytes.NewReader(data))
			call, ok := errors.AsType[*imagepush.CallError](err)
			require.True(t, ok, "%s: %v", name, err)
			assert.Equal(t, imagepush.StoppedByContext, call.Stopped, name)
			assert.Greater(t, call.Attempts, 1, name)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			assert.ErrorContains(t, err, "503", name)
		})
	}
}

func TestRegistryHostRefuses(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	repository, _ := onHost(t, srv, "team/app", asIs)
	target := newTarget(t, srv.Client(), via(repository))
	err := target.Push(t.Context(), layerOf("abc"), strings.NewReader("abd"))
	require.ErrorIs(t, err, content.ErrMismatchedDigest)
	err = target.Push(t.Context(), layerOf("abc"), strings.NewReader("ab"))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	err = target.Push(t.Context(), layerOf("abc"), strings.NewReader("abcd"))
	require.Error(t, err)
	found, err := newTarget(t, srv.Client()).Exists(t.Context(), layerOf("abc"))
	require.NoError(t, err)
	assert.False(t, found)

	require.NoError(t, housekeepingDelete(t, srv, "team/app"))
	err = target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
	require.ErrorContains(t, err, "create the repository first")

	_, err = imagepush.NewTarget(srv.Client(), "other", via(repository))
	require.ErrorContains(t, err, "want other below the registry's alias")
	_, err = imagepush.NewTarget(srv.Client(), "app", via(repository))
	require.ErrorContains(t, err, "want app below the registry's alias", "it is team/app")
	_, err = imagepush.NewTarget(srv.Client(), "team/app", via(repository), func(o *imagepush.TargetOptions) { o.RegistryID = "123456789012" })
	require.ErrorContains(t, err, "RegistryID must be empty with Registry")
}

// A file is copied to the connection without being read, but only the descriptor's bytes
// are stored.
func TestRegistryHostRefusesFiles(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	repository, _ := onHost(t, srv, "team/app", asIs)
	images := newImages(t)
	layer := images.layer(alphabet(25))
	images.tag(images.image("{}", layer), "v1")
	for damaged, want := range map[string]error{
		alphabet(24):       io.ErrUnexpectedEOF,
		alphabet(26):       content.ErrTrailingData,
		alphabet(24) + "_": content.ErrMismatchedDigest,
	} {
		folder := layout(t, images, "v1")
		path := filepath.Join(folder, "blobs", "sha256", layer.Digest.Encoded())
		require.NoError(t, os.Remove(path))
		require.NoError(t, os.WriteFile(path, []byte(damaged), 0o600))
		_, err := imagepush.Push(t.Context(), srv.Client(), open(t, folder), imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, via(repository))
		require.ErrorIs(t, err, want)
		found, err := newTarget(t, srv.Client()).Exists(t.Context(), layer)
		require.NoError(t, err)
		assert.False(t, found)
	}
}
