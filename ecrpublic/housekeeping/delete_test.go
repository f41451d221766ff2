package housekeeping_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

func byDigest(digests ...string) (ids []types.ImageIdentifier) {
	for _, digest := range digests {
		ids = append(ids, types.ImageIdentifier{ImageDigest: &digest})
	}
	return ids
}

func numbered(n int) (ids []types.ImageIdentifier) {
	for i := range n {
		ids = append(ids, types.ImageIdentifier{ImageTag: new(fmt.Sprint(i))})
	}
	return ids
}

// deleting is a client that deletes the images for which fails returns nil.
func deleting(fail func(id types.ImageIdentifier) types.ImageFailureCode) *ecrpublictest.Client {
	return &ecrpublictest.Client{BatchDeleteImageFunc: func(_ context.Context, in *ecrpublic.BatchDeleteImageInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
		out := &ecrpublic.BatchDeleteImageOutput{}
		for _, id := range in.ImageIds {
			if code := fail(id); code != "" {
				out.Failures = append(out.Failures, types.ImageFailure{ImageId: &id, FailureCode: code, FailureReason: new("because")})
			} else {
				out.ImageIds = append(out.ImageIds, id)
			}
		}
		return out, nil
	}}
}

func succeed(types.ImageIdentifier) types.ImageFailureCode { return "" }

func batchSizes(c *ecrpublictest.Client) (sizes []int) {
	for _, call := range c.Calls() {
		sizes = append(sizes, len(call.Input.(*ecrpublic.BatchDeleteImageInput).ImageIds))
	}
	return sizes
}

func TestDeleteImagesInBatches(t *testing.T) {
	t.Parallel()
	client := deleting(succeed)
	var progress []housekeeping.Progress
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", append(numbered(250), numbered(3)...), func(o *housekeeping.DeleteOptions) {
		o.Progress = func(p housekeeping.Progress) { progress = append(progress, p) }
	})
	require.NoError(t, err)
	assert.Equal(t, housekeeping.DeleteResult{Deleted: numbered(250)}, result, "repeated identifiers are sent once")
	assert.Equal(t, []int{100, 100, 50}, batchSizes(client))
	assert.Equal(t, []housekeeping.Progress{
		{Step: housekeeping.StepDelete, Done: 100, Total: 250},
		{Step: housekeeping.StepDelete, Done: 200, Total: 250},
		{Step: housekeeping.StepDelete, Done: 250, Total: 250},
	}, progress)
}

func TestDeleteNoImages(t *testing.T) {
	t.Parallel()
	result, err := housekeeping.DeleteImages(t.Context(), unreachable(), "app", nil)
	require.NoError(t, err)
	assert.Zero(t, result)
}

func TestDeleteImagesBadInput(t *testing.T) {
	t.Parallel()
	_, err := housekeeping.DeleteImages(t.Context(), unreachable(), "", numbered(1))
	require.EqualError(t, err, "housekeeping: delete images of : repository must not be empty")
	result, err := housekeeping.DeleteImages(t.Context(), unreachable(), "app", append(numbered(1), types.ImageIdentifier{ImageTag: new("")}))
	require.EqualError(t, err, "housekeeping: delete images of app: identifier 1 has neither digest nor tag")
	assert.Zero(t, result)
}

// The service answers 200 although it deleted nothing.
func TestDeleteImagesReportsFailures(t *testing.T) {
	t.Parallel()
	ids := numbered(5)
	codes := map[string]types.ImageFailureCode{
		"1": types.ImageFailureCodeImageNotFound,
		"2": types.ImageFailureCodeInvalidImageTag,
		"3": types.ImageFailureCodeImageReferencedByManifestList,
	}
	client := deleting(func(id types.ImageIdentifier) types.ImageFailureCode { return codes[*id.ImageTag] })
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", ids)
	failure := func(i int) types.ImageFailure {
		return types.ImageFailure{ImageId: &ids[i], FailureCode: codes[fmt.Sprint(i)], FailureReason: new("because")}
	}
	assert.Equal(t, housekeeping.DeleteResult{
		Deleted:    []types.ImageIdentifier{ids[0], ids[4]},
		Gone:       []types.ImageIdentifier{ids[1]},
		Referenced: []types.ImageFailure{failure(3)},
		Failed:     []types.ImageFailure{failure(2)},
	}, result)
	var failed *housekeeping.DeleteError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, &housekeeping.DeleteError{Repository: "app", Failures: []types.ImageFailure{failure(3), failure(2)}}, failed)
	require.EqualError(t, err, "housekeeping: 2 images of app were not deleted: "+
		"3: ImageReferencedByManifestList: because; 2: InvalidImageTag: because")
	assert.Equal(t, []int{5, 1}, batchSizes(client), "what an index refers to is tried again, and only that")
}

func TestDeleteImagesGoneIsDone(t *testing.T) {
	t.Parallel()
	client := deleting(func(types.ImageIdentifier) types.ImageFailureCode { return types.ImageFailureCodeImageNotFound })
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", numbered(2))
	require.NoError(t, err)
	assert.Equal(t, housekeeping.DeleteResult{Gone: numbered(2)}, result)
}

func TestDeleteErrorIsShort(t *testing.T) {
	t.Parallel()
	client := deleting(func(types.ImageIdentifier) types.ImageFailureCode { return types.ImageFailureCodeKmsError })
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", numbered(12))
	require.ErrorContains(t, err, "12 images of app were not deleted: 0: KmsError: because; 1: ")
	require.ErrorContains(t, err, "9: KmsError: because; and 2 more")
	assert.Len(t, result.Failed, 12)
}

// A failure may name the digest of a tag that was asked for, or one of two.
func TestDeleteImagesFailureNamesMore(t *testing.T) {
	t.Parallel()
	ids := []types.ImageIdentifier{
		{ImageTag: new("v1")}, {ImageDigest: new("sha256:1"), ImageTag: new("v2")}, {ImageDigest: new("sha256:3")}, {ImageTag: new("v4")},
	}
	failure := func(digest, tag *string) types.ImageFailure {
		return types.ImageFailure{ImageId: &types.ImageIdentifier{ImageDigest: digest, ImageTag: tag}, FailureCode: types.ImageFailureCodeKmsError}
	}
	failures := []types.ImageFailure{failure(new("sha256:0"), new("v1")), failure(nil, new("v2")), failure(new("sha256:3"), new("v3")), failure(new("sha256:3"), nil)}
	client := &ecrpublictest.Client{BatchDeleteImageFunc: answer[ecrpublic.BatchDeleteImageInput](&ecrpublic.BatchDeleteImageOutput{Failures: failures, ImageIds: ids[3:]}, nil)}
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", ids)
	require.ErrorAs(t, err, new(*housekeeping.DeleteError))
	assert.Equal(t, housekeeping.DeleteResult{Deleted: ids[3:], Failed: failures[:3]}, result)
}

// A failure that matches no identifier is not lost.
func TestDeleteImagesStrayFailure(t *testing.T) {
	t.Parallel()
	stray := types.ImageFailure{FailureCode: types.ImageFailureCodeMissingDigestAndTag}
	client := &ecrpublictest.Client{BatchDeleteImageFunc: answer[ecrpublic.BatchDeleteImageInput](&ecrpublic.BatchDeleteImageOutput{
		Failures: []types.ImageFailure{stray}, ImageIds: numbered(1),
	}, nil)}
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", numbered(1))
	require.ErrorAs(t, err, new(*housekeeping.DeleteError))
	assert.Equal(t, []types.ImageFailure{stray}, result.Failed)
}

// Only images that the response names, by digest or by tag, count as deleted.
func TestDeleteImagesNotNamed(t *testing.T) {
	t.Parallel()
	ids := []types.ImageIdentifier{{ImageTag: new("v1")}, {ImageDigest: new("sha256:2")}, {ImageTag: new("v3")}, {ImageDigest: new("sha256:4")}}
	client := &ecrpublictest.Client{BatchDeleteImageFunc: answer[ecrpublic.BatchDeleteImageInput](&ecrpublic.BatchDeleteImageOutput{ImageIds: []types.ImageIdentifier{
		{ImageDigest: new("sha256:1"), ImageTag: new("v1")}, {ImageDigest: new("sha256:2"), ImageTag: new("a")}, {ImageDigest: new("sha256:2"), ImageTag: new("b")}, {ImageDigest: new("sha256:5")},
	}}, nil)}
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", ids)
	require.EqualError(t, err, "housekeeping: delete images of app: the service does not say what became of 2 images, such as v3")
	assert.Equal(t, housekeeping.DeleteResult{Deleted: ids[:2], Unprocessed: ids[2:]}, result)
}

// A failed request does not hide the results of earlier ones.
func TestDeleteImagesStops(t *testing.T) {
	t.Parallel()
	client := deleting(func(id types.ImageIdentifier) types.ImageFailureCode {
		return map[string]types.ImageFailureCode{"7": types.ImageFailureCodeKmsError, "8": types.ImageFailureCodeImageReferencedByManifestList}[*id.ImageTag]
	})
	healthy := client.BatchDeleteImageFunc
	client.BatchDeleteImageFunc = func(ctx context.Context, in *ecrpublic.BatchDeleteImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
		if *in.ImageIds[0].ImageTag == "100" {
			return nil, operationError(io.ErrUnexpectedEOF)
		}
		return healthy(ctx, in, optFns...)
	}
	ids := numbered(250)
	result, err := housekeeping.DeleteImages(t.Context(), client, "app", ids)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorAs(t, err, new(*housekeeping.DeleteError))
	assert.Len(t, result.Deleted, 98)
	assert.Len(t, result.Failed, 1)
	assert.Empty(t, result.Referenced)
	assert.Equal(t, append([]types.ImageIdentifier{ids[8]}, ids[100:]...), result.Unprocessed)
	assert.Equal(t, 2, len(client.Calls()))
}

func TestDeleteImagesCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := deleting(succeed)
	result, err := housekeeping.DeleteImages(ctx, client, "app", numbered(250), func(o *housekeeping.DeleteOptions) {
		o.Progress = func(p housekeeping.Progress) {
			if p.Done == 200 {
				cancel()
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, numbered(200), result.Deleted)
	assert.Len(t, result.Unprocessed, 50)
	assert.Len(t, client.Calls(), 2)
}

// Children may come before their indexes, at three levels and in one request. The
// service refuses to delete them while an index refers to them.
func TestDeleteImagesIndexFirst(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	leaf := r.image(t, "leaf", day)
	inner := r.index(t, "inner", []string{leaf}, day)
	outer := r.index(t, "outer", []string{inner}, day, "v1")
	result, err := housekeeping.DeleteImages(t.Context(), r.client, "app", byDigest(leaf, inner, outer))
	require.NoError(t, err)
	assert.Equal(t, housekeeping.DeleteResult{Deleted: byDigest(outer, inner, leaf)}, result)
	assert.Empty(t, r.digests(t))
	assert.Equal(t, 3, r.Count("BatchDeleteImage"))
}

func TestDeleteImagesKeepsChildOfOtherIndex(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	shared := r.image(t, "shared", day)
	gone := r.index(t, "gone", []string{shared}, day, "v1")
	kept := r.index(t, "kept", []string{shared}, day, "v2")
	result, err := housekeeping.DeleteImages(t.Context(), r.client, "app", byDigest(shared, gone))
	var failed *housekeeping.DeleteError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Failures, 1)
	assert.Equal(t, types.ImageFailureCodeImageReferencedByManifestList, failed.Failures[0].FailureCode)
	assert.Equal(t, shared, *failed.Failures[0].ImageId.ImageDigest)
	assert.Contains(t, *failed.Failures[0].FailureReason, kept)
	assert.Equal(t, byDigest(gone), result.Deleted)
}

func TestDeleteTags(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	image := r.image(t, "image", day, "v1", "latest")
	_, err := housekeeping.DeleteImages(t.Context(), r.client, "app", []types.ImageIdentifier{{ImageTag: new("latest")}, {ImageTag: new("nothing")}})
	require.NoError(t, err)
	exists, err := housekeeping.ImageExists(t.Context(), r.client, "app", "latest")
	require.NoError(t, err)
	assert.False(t, exists)
	found, ok, err := housekeeping.FindImage(t.Context(), r.client, "app", image)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, []string{"v1"}, found.ImageTags)
	exists, err = housekeeping.ImageExists(t.Context(), r.client, "other", "v1")
	require.NoError(t, err)
	assert.False(t, exists)
}

// If a response is lost, the client repeats the request, and the images are gone.
func TestDeleteImagesAfterLostAnswer(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	image := r.image(t, "image", day, "v1")
	r.Inject(ecrpublictest.Fault{Operation: "BatchDeleteImage", Times: 1, Effect: ecrpublictest.ResetAfter()})
	result, err := housekeeping.DeleteImages(t.Context(), r.client, "app", byDigest(image))
	require.NoError(t, err)
	assert.Equal(t, housekeeping.DeleteResult{Gone: byDigest(image)}, result)
}
