package housekeeping_test

import (
	"context"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// serving is a registry host with some manifests of images.
func serving(t *testing.T, manifests ...string) func(*housekeeping.PruneOptions) {
	t.Helper()
	bodies := map[string]string{}
	for _, body := range manifests {
		bodies[digestOf(body)] = body
	}
	return registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[path.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if !strings.Contains(body, "mediaType") {
			w.Header().Set("Content-Type", mediaTypeImage)
		}
		_, _ = io.WriteString(w, body)
	}))
}

// An image whose manifest the host does not have may exist. The API is asked again, and
// if it has the image, the manifest is unknown.
func TestManifestNotFound(t *testing.T) {
	t.Parallel()
	images := []types.ImageDetail{pushed("A", 9*day), pushed("B", 9*day), index("index", 9*day, "v1"), pushed("C", 9*day, "dev")}
	client := listing(images...)
	list := client.DescribeImagesFunc
	gone := map[string]bool{}
	client.DescribeImagesFunc = func(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		for _, id := range in.ImageIds {
			if gone[*id.ImageDigest] {
				return nil, operationError(&types.ImageNotFoundException{})
			}
		}
		return list(ctx, in, optFns...)
	}
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusUntagged}, {TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev"}},
	}}
	host := serving(t, manifestNamed("B"))
	plan, err := housekeeping.Prune(t.Context(), client, "app", policy, atToday, host)
	require.NoError(t, err)
	require.ErrorContains(t, plan.GraphError, "404")
	assert.Empty(t, plan.Delete, "the index may have any child")
	assert.Equal(t, 4, plan.Unknown())

	gone[*images[2].ImageDigest] = true
	plan, err = housekeeping.Prune(t.Context(), client, "app", policy, atToday, host)
	require.NoError(t, err)
	require.ErrorContains(t, plan.GraphError, "404")
	assert.ElementsMatch(t, []string{digestOfNamed("B"), digestOfNamed("C")}, planned(plan), "the index was deleted meanwhile, A was not")
	assert.Equal(t, map[string]string{
		digestOfNamed("A"): "unknown: manifest not readable", digestOfNamed("B"): "expired: rule 1", digestOfNamed("C"): "expired: rule 2",
	}, reasons(plan))

	gone[digestOfNamed("A")] = true
	plan, err = housekeeping.Prune(t.Context(), client, "app", policy, atToday, host)
	require.NoError(t, err)
	require.NoError(t, plan.GraphError)
	assert.Zero(t, plan.Unknown())
}

// The references of a manifest of an unknown type are unknown.
func TestUnknownMediaType(t *testing.T) {
	t.Parallel()
	const future = `{"schemaVersion":3,"mediaType":"application/vnd.oci.image.bundle.v9+json","members":[]}`
	for _, described := range []string{"application/vnd.oci.image.bundle.v9+json", ""} {
		bundle := pushed("bundle", 9*day, "v1")
		bundle.ImageDigest, bundle.ImageManifestMediaType = aws.String(digestOf(future)), &described
		if described == "" {
			bundle.ImageManifestMediaType = nil
		}
		plan, err := housekeeping.Prune(t.Context(), listing(bundle, pushed("A", 9*day)), "app", oldUntagged(), atToday, serving(t, future, manifestNamed("A")))
		require.NoError(t, err)
		require.ErrorContains(t, plan.GraphError, "media type application/vnd.oci.image.bundle.v9+json not known")
		assert.Empty(t, plan.Delete)
		assert.Equal(t, "unknown: manifest not read", reasons(plan)[digestOfNamed("A")])
	}
}

// A media type that is missing from the API is read from the manifest.
func TestMissingMediaType(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	child := r.image(t, "child", 9*day)
	r.index(t, "index", []string{child}, 9*day, "v1")
	orphan := r.image(t, "orphan", 9*day)
	client := &ecrpublictest.Client{
		DescribeImagesFunc: func(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
			out, err := r.client.DescribeImages(ctx, in, optFns...)
			for i := range out.ImageDetails {
				out.ImageDetails[i].ImageManifestMediaType = nil
			}
			return out, err
		},
		DescribeRepositoriesFunc: r.client.DescribeRepositories,
	}
	plan, err := housekeeping.Prune(t.Context(), client, "app", oldUntagged(), r.registry)
	require.NoError(t, err)
	require.NoError(t, plan.GraphError)
	assert.Equal(t, []string{orphan}, planned(plan))
}

// An image without a digest may be any other, listed once more, or what others
// belong to: nothing is deleted, and nothing needs to be read.
func TestMissingDigest(t *testing.T) {
	t.Parallel()
	host := registryOf(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a manifest is read") }))
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{{TagStatus: housekeeping.TagStatusUntagged}, {TagStatus: housekeeping.TagStatusTagged, OlderThan: day}}}
	for _, nameless := range []types.ImageDetail{pushed("A", 9*day, "v1"), index("index", 9*day, "v2"), pushed("C", 1*time.Hour)} {
		nameless.ImageDigest = nil
		plan, err := housekeeping.Prune(t.Context(), listing(nameless, pushed("B", 9*day, "v3"), pushed("C", 9*day)), "app", policy, atToday, host)
		require.NoError(t, err)
		assert.Empty(t, plan.Delete)
		assert.Equal(t, map[string]string{
			"":                 "unknown: digest missing",
			digestOfNamed("B"): "unknown: the digest of an image is missing",
			digestOfNamed("C"): "unknown: the digest of an image is missing",
		}, reasons(plan))
	}
}

// An image on two pages is one image, with the tags and members of both, in any order.
func TestListingThatMoves(t *testing.T) {
	t.Parallel()
	bare, tagged, late := pushed("A", 90*day), pushed("A", 90*day, "latest"), pushed("A", 2*day)
	bare.ImagePushedAt, tagged.ImageManifestMediaType = nil, nil
	other := pushed("B", 90*day)
	for _, pages := range [][][]types.ImageDetail{
		{{bare, other}, {tagged}}, {{tagged}, {other, bare}}, {{tagged, bare, other}}, {{other}, {bare}, {tagged}, {bare}},
	} {
		plan, err := housekeeping.Prune(t.Context(), paged(pages), "app", oldUntagged(), atToday, serving(t, manifestNamed("A"), manifestNamed("B")))
		require.NoError(t, err)
		require.NoError(t, plan.GraphError)
		assert.Equal(t, []string{"B"}, named(plan.Delete, "A", "B"))
		require.Len(t, plan.Keep, 1)
		assert.Equal(t, []string{"latest"}, plan.Keep[0].Image.ImageTags)
		assert.Equal(t, tagged.ImagePushedAt, plan.Keep[0].Image.ImagePushedAt)
	}
	plan, err := housekeeping.Prune(t.Context(), paged([][]types.ImageDetail{{late, other}, {pushed("A", 90*day)}}), "app", oldUntagged(), atToday, serving(t, manifestNamed("A"), manifestNamed("B")))
	require.NoError(t, err)
	assert.Equal(t, []string{"B"}, named(plan.Delete, "A", "B"), "of two push times, the later one keeps the image")
}

// A tag that is only in the list of tags is a tag.
func TestListOfTags(t *testing.T) {
	t.Parallel()
	client := listing(pushed("A", 90*day), pushed("B", 90*day))
	client.DescribeImageTagsFunc = answer[ecrpublic.DescribeImageTagsInput](&ecrpublic.DescribeImageTagsOutput{ImageTagDetails: []types.ImageTagDetail{
		{ImageTag: new("latest"), ImageDetail: &types.ReferencedImageDetail{ImageDigest: new(digestOfNamed("A"))}}, {ImageTag: new("nowhere")},
	}}, nil)
	plan, err := housekeeping.Prune(t.Context(), client, "app", oldUntagged(), atToday, serving(t, manifestNamed("A"), manifestNamed("B")))
	require.NoError(t, err)
	assert.Equal(t, []string{"B"}, named(plan.Delete, "A", "B"))
	assert.Equal(t, []string{"latest"}, plan.Keep[0].Image.ImageTags)
}

// paged returns a client that lists images in pages.
func paged(pages [][]types.ImageDetail) *ecrpublictest.Client {
	client, next := listing(), 0
	client.DescribeImagesFunc = func(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		out := &ecrpublic.DescribeImagesOutput{ImageDetails: pages[next]}
		if next++; next < len(pages) {
			out.NextToken = new(string(rune('a' + next)))
		}
		return out, nil
	}
	return client
}

// index returns the description of an index.
func index(name string, age time.Duration, tags ...string) types.ImageDetail {
	d := pushed(name, age, tags...)
	d.ImageManifestMediaType = aws.String(mediaTypeIndex)
	return d
}
