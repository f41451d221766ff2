package imagepush_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

// tagging copies the account's index, or a similar one, to a repository and a tag.
type tagging func(ctx context.Context, to imageref.Reference, optFns ...func(*imagepush.TargetOptions)) error

// taggings returns all functions that do that. Only in the account's own repository does
// an existing image get another tag.
func taggings(t *testing.T, a *account) map[string]tagging {
	images, index, _, _ := platforms(t)
	images.referrer("a signature", index)
	source := listed{images}
	promote := func(ctx context.Context, to imageref.Reference, optFns ...func(*imagepush.TargetOptions)) error {
		_, err := imagepush.Promote(ctx, a.client, a.reader, a.ref, to, imagepush.PromoteOptions{Referrers: true}, optFns...)
		return err
	}
	return map[string]tagging{
		"push": func(ctx context.Context, to imageref.Reference, optFns ...func(*imagepush.TargetOptions)) error {
			_, err := imagepush.Push(ctx, a.client, source, imagepush.PushOptions{Repository: to.RepositoryName, Reference: "v1", Tag: to.Tag, Referrers: true}, optFns...)
			return err
		},
		"mirror": func(ctx context.Context, to imageref.Reference, optFns ...func(*imagepush.TargetOptions)) error {
			images.tag(index, to.Tag)
			_, err := imagepush.Mirror(ctx, a.client, source, imagepush.MirrorOptions{Repository: to.RepositoryName, Tags: []string{to.Tag}, Referrers: true}, optFns...)
			return err
		},
		"promotion":                        promote,
		"promotion in the same repository": promote,
	}
}

// An interruption at any request, whether or not it arrives, leaves no tag without its
// image, and a second run does the rest. A push and a mirror, which only have other
// sources, are interrupted at every third request.
func TestInterruptedAtEveryRequest(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"API", "registry host"} {
		for _, arrives := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, arrives %t", way, arrives), func(t *testing.T) {
				t.Parallel()
				a := newAccount(t)
				for name, run := range taggings(t, a) {
					step := 3
					if strings.HasPrefix(name, "promotion") {
						step = 1
					}
					for at := 1; a.interrupt(t, name, run, way, interruption{at: at, arrives: arrives}); at += step {
						require.Less(t, at, 100)
					}
				}
			})
		}
	}
}

// interrupt interrupts a run at a request and repeats the run. It reports whether there
// were that many requests.
func (a *account) interrupt(t *testing.T, name string, run tagging, way string, stop interruption) (interrupted bool) {
	what := fmt.Sprintf("%s, request %d", name, stop.at)
	to := imageref.Reference{RepositoryName: "team/app", Tag: fmt.Sprintf("stable%d", stop.at)}
	if name != "promotion in the same repository" {
		to.RepositoryName = fmt.Sprintf("%s/%d", name, stop.at)
		_, err := a.srv.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: &to.RepositoryName})
		require.NoError(t, err)
	}
	options := []func(*imagepush.TargetOptions){unlimited}
	if way == "registry host" {
		options = append(options, via(a.onHost(t, to.RepositoryName)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop.cancel = cancel
	a.from(stop)
	err := run(ctx, to, options...)
	interrupted = a.from(interruption{}) >= stop.at
	if !interrupted {
		require.NoError(t, err, what)
	} else if err != nil { // nil if only a login in the background was interrupted
		require.ErrorIs(t, err, context.Canceled, what)
	}
	if a.tag(t, to.RepositoryName, to.Tag) != "" {
		a.complete(t, to, what)
	}
	require.NoError(t, run(t.Context(), to, options...), what)
	a.complete(t, to, what)
	a.signatures(t, to, what)
	return interrupted
}

// onHost returns a repository on the registry host, whose requests are counted.
func (a *account) onHost(t *testing.T, name string) *remote.Repository {
	repository, err := remote.NewRepository(a.srv.RegistryHost() + "/" + a.ref.Alias + "/" + name)
	require.NoError(t, err)
	repository.Client, repository.PlainHTTP = a.reader, true
	return repository
}

// complete requires that a tag points at the account's index, all of which can be
// pulled.
func (a *account) complete(t *testing.T, at imageref.Reference, what string) {
	t.Helper()
	_, root := readBack(t, a.srv, fmt.Sprintf("x/%s/%s", a.ref.Alias, at.RepositoryName), at.Tag)
	require.Equal(t, a.index.Digest, root.Digest, what)
}

// signatures requires that the index has its signatures in its repository.
func (a *account) signatures(t *testing.T, at imageref.Reference, what string) {
	t.Helper()
	at.Alias, at.Tag, at.Digest = a.ref.Alias, "", a.index.Digest.String()
	var found []digest.Digest
	for referrer, err := range a.reader.Referrers(t.Context(), at, "") {
		require.NoError(t, err, what)
		found = append(found, referrer.Digest)
	}
	assert.Equal(t, []digest.Digest{a.signed.Digest}, found, what)
}
