package housekeeping_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// tag gives an image another tag.
func (r *repository) tag(t *testing.T, digest, tag string) {
	t.Helper()
	_, err := r.client.PutImage(t.Context(), &ecrpublic.PutImageInput{
		RepositoryName: &r.name, ImageTag: &tag, ImageManifest: aws.String(r.text[digest]), ImageManifestMediaType: aws.String(mediaTypeImage),
	})
	require.NoError(t, err)
}

// An image that has changed since the plan was made stays and is reported: one with a
// new tag, without a tag, or with another push time.
func TestApplyLooksAgain(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	tagged, same, gone, again := r.image(t, "tagged", 9*day), r.image(t, "same", 9*day), r.image(t, "gone", 9*day), r.image(t, "again", 9*day)
	moved := r.image(t, "moved", 9*day, "dev-1", "dev-2")
	plan := r.plan(t, housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusUntagged}, {TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}},
	}})
	require.Len(t, plan.Delete, 5)

	r.tag(t, tagged, "v1")
	r.tag(t, same, "v2")
	_, err := housekeeping.DeleteImages(t.Context(), r.client, "app", []types.ImageIdentifier{
		{ImageDigest: &gone}, {ImageDigest: &again}, {ImageTag: aws.String("v2")}, {ImageTag: aws.String("dev-2")},
	})
	require.NoError(t, err)
	same = r.image(t, "same", 9*day)
	r.image(t, "again", 1*day)

	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.ElementsMatch(t, byDigest(tagged, moved, again), result.Changed)
	assert.Equal(t, byDigest(gone), result.Gone)
	assert.Equal(t, byDigest(same), result.Deleted)
	assert.Empty(t, result.Unprocessed)
}

// Children and referrers of an image that stays stay too, whatever keeps it.
func TestApplyWaitsForOwners(t *testing.T) {
	t.Parallel()
	refuse := func(code types.ImageFailureCode) func(*ecrpublic.BatchDeleteImageOutput, string) {
		return func(out *ecrpublic.BatchDeleteImageOutput, digest string) {
			out.Failures = append(out.Failures, types.ImageFailure{ImageId: &types.ImageIdentifier{ImageDigest: &digest}, FailureCode: code})
		}
	}
	for _, test := range []struct {
		name   string
		change func(t *testing.T, r *repository, plan *housekeeping.Plan, owner string)
		answer func(out *ecrpublic.BatchDeleteImageOutput, owner string) // to the owner's deletion; nil means the emulator's
		err    string
	}{
		{name: "taken out", change: func(_ *testing.T, _ *repository, plan *housekeeping.Plan, owner string) {
			plan.Delete = slices.DeleteFunc(plan.Delete, func(d housekeeping.Decision) bool { return *d.Image.ImageDigest == owner })
		}},
		{name: "changed", change: func(t *testing.T, r *repository, _ *housekeeping.Plan, owner string) { r.tag(t, owner, "v9") }},
		{name: "in a new index", change: func(t *testing.T, r *repository, _ *housekeeping.Plan, owner string) {
			r.index(t, "new", []string{owner}, 0, "v9")
		}},
		{name: "refused", answer: refuse(types.ImageFailureCodeKmsError), err: "1 images of app were not deleted"},
		{name: "passed over", answer: func(*ecrpublic.BatchDeleteImageOutput, string) {}, err: "does not say what became of 1 images"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newEmulator(t).newRepository(t, "app")
			owner := r.image(t, "owner", 9*day)
			signature := r.referrer(t, "signature", owner, 9*day)
			about := r.referrer(t, "about the signature", signature, 9*day)
			plan := r.plan(t, oldUntagged())
			require.Equal(t, []string{owner, signature, about}, planned(plan), "owners first")
			if test.change != nil {
				test.change(t, r, plan, owner)
			}
			client := deletesBut{r.client, owner, test.answer}
			result, err := plan.Apply(t.Context(), client)
			if test.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.err)
			}
			assert.Empty(t, result.Deleted)
			assert.Equal(t, byDigest(signature, about), result.OwnerKept)
			there := r.digests(t)
			for _, digest := range []string{owner, signature, about} {
				assert.Contains(t, there, digest)
			}
		})
	}
}

// deletesBut is a client with its own response for one image.
type deletesBut struct {
	*ecrpublic.Client
	digest string
	answer func(out *ecrpublic.BatchDeleteImageOutput, digest string)
}

func (c deletesBut) BatchDeleteImage(ctx context.Context, in *ecrpublic.BatchDeleteImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
	if c.answer != nil && *in.ImageIds[0].ImageDigest == c.digest {
		out := new(ecrpublic.BatchDeleteImageOutput)
		c.answer(out, c.digest)
		return out, nil
	}
	return c.Client.BatchDeleteImage(ctx, in, optFns...)
}

// A child with several owners is deleted after the last.
func TestApplyWaitsForAllOwners(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	shared := r.image(t, "shared", 9*day)
	first := r.index(t, "first", []string{shared}, 9*day, "dev-1")
	second := r.index(t, "second", []string{shared}, 9*day, "dev-2")
	plan := r.plan(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}}))
	require.Equal(t, slices.Sorted(slices.Values([]string{first, second})), plan.Delete[2].Owners)
	plan.Delete = slices.DeleteFunc(plan.Delete, func(d housekeeping.Decision) bool { return *d.Image.ImageDigest == second })
	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Equal(t, byDigest(first), result.Deleted)
	assert.Equal(t, byDigest(shared), result.OwnerKept)
}

// A plan for one account deletes nothing in another.
func TestApplyInAnotherAccount(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	r.image(t, "a", 9*day)
	plan := r.plan(t, oldUntagged())
	assert.Equal(t, "123456789012", plan.RegistryId)
	plan.RegistryId = "210987654321"
	result, err := plan.Apply(t.Context(), r.client)
	require.ErrorContains(t, err, "Delete[0] is in registry 123456789012, but the plan is for 210987654321")
	assert.Len(t, result.Unprocessed, 1)
	plan.Delete[0].Image.RegistryId = nil
	result, err = plan.Apply(t.Context(), r.client)
	require.ErrorAs(t, err, new(*types.RepositoryNotFoundException))
	assert.Len(t, result.Unprocessed, 1)
	assert.Len(t, r.digests(t), 1)

	plan.RegistryId = "123456789012"
	_, err = plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	requests := r.Requests()
	deletes := slices.IndexFunc(requests, func(request ecrpublictest.Request) bool { return request.Operation == "BatchDeleteImage" })
	assert.Equal(t, "123456789012", *requests[deletes].Input.(*ecrpublic.BatchDeleteImageInput).RegistryId)
}

// A response that does not name an image says nothing about it.
func TestApplyDescribedIncompletely(t *testing.T) {
	t.Parallel()
	plan := planFor(t, oldUntagged(), pushed("A", 9*day), pushed("B", 8*day))
	result, err := plan.Apply(t.Context(), listing(pushed("A", 9*day)))
	require.ErrorContains(t, err, "the response does not name it")
	assert.Len(t, result.Unprocessed, 2)

	result, err = plan.Apply(t.Context(), &failingClient{})
	require.ErrorContains(t, err, "housekeeping: apply plan to app: no answer")
	assert.Len(t, result.Unprocessed, 2)

	now := []types.ImageDetail{pushed("A", 9*day), pushed("B", 8*day)}
	now[0].ImagePushedAt = nil
	client := deleting(succeed)
	client.DescribeImagesFunc = listing(now...).DescribeImagesFunc
	result, err = plan.Apply(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, byDigest(digestOfNamed("A")), result.Changed, "its push time may be another")
	assert.Equal(t, byDigest(digestOfNamed("B")), result.Deleted)
}

type failingClient struct{ housekeeping.ApplyAPIClient }

func (*failingClient) DescribeImages(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return nil, errors.New("no answer")
}

func TestApplyReportsFailures(t *testing.T) {
	t.Parallel()
	images := []types.ImageDetail{pushed("A", 9*day), pushed("B", 8*day)}
	plan := planFor(t, oldUntagged(), images...)
	client := deleting(func(id types.ImageIdentifier) types.ImageFailureCode {
		if *id.ImageDigest == digestOfNamed("A") {
			return types.ImageFailureCodeKmsError
		}
		return ""
	})
	client.DescribeImagesFunc = listing(images...).DescribeImagesFunc
	result, err := plan.Apply(t.Context(), client)
	require.ErrorAs(t, err, new(*housekeeping.DeleteError))
	assert.Equal(t, byDigest(digestOfNamed("B")), result.Deleted)
	assert.Len(t, result.Failed, 1)
}

// Images that are gone do not make the deletion of others fail, and children are
// deleted right after their indexes.
func TestApplyInBatches(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	var gone []string
	for i := range 120 {
		children := []string{r.image(t, "child "+strconv.Itoa(i), 9*day)}
		index := r.index(t, "index "+strconv.Itoa(i), children, 9*day)
		if i%10 == 0 {
			gone = append(gone, index)
		}
	}
	plan := r.plan(t, oldUntagged())
	require.Len(t, plan.Delete, 240)
	_, err := housekeeping.DeleteImages(t.Context(), r.client, "app", byDigest(gone...))
	require.NoError(t, err)
	var progress []housekeeping.Progress
	before := len(r.Requests())
	result, err := plan.Apply(t.Context(), r.client, func(o *housekeeping.DeleteOptions) {
		o.Progress = func(p housekeeping.Progress) { progress = append(progress, p) }
	})
	require.NoError(t, err)
	assert.ElementsMatch(t, byDigest(gone...), result.Gone)
	assert.Len(t, result.Deleted, 240-len(gone))
	assert.Empty(t, r.digests(t))
	assert.Equal(t, housekeeping.Progress{Step: housekeeping.StepDelete, Done: 240, Total: 240}, progress[len(progress)-1])
	var deleted [][]string
	for _, request := range r.Requests()[before:] {
		if in, ok := request.Input.(*ecrpublic.BatchDeleteImageInput); ok {
			var digests []string
			for _, id := range in.ImageIds {
				digests = append(digests, *id.ImageDigest)
			}
			deleted = append(deleted, digests)
		}
	}
	require.True(t, len(deleted) == 4, "%d batches", len(deleted))
	assert.Empty(t, r.children[deleted[1][0]], "a child, before the remaining indexes")
}
