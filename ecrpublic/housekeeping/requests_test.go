package housekeeping_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// large is a repository with 200 indexes of four images, half of them old, 1,000 tagged
// images, 800 untagged images, and a signature of each index.
type large struct {
	*repository
	signaturesOfKept []string
}

func newLarge(t *testing.T) large {
	t.Helper()
	r := large{repository: newInMemory(t).newRepository(t, "app")}
	for i := range 200 {
		age := 10 * day
		if i%2 == 0 {
			age = 90 * day
		}
		var children []string
		for c := range 4 {
			children = append(children, r.image(t, fmt.Sprint("child ", i, c), age))
		}
		index := r.index(t, fmt.Sprint("index ", i), children, age, fmt.Sprint("v", i))
		signature := r.referrer(t, fmt.Sprint("signature ", i), index, age)
		if i%2 > 0 {
			r.signaturesOfKept = append(r.signaturesOfKept, signature)
		}
	}
	for i := range 1000 {
		r.image(t, fmt.Sprint("tagged ", i), time.Duration(i%60)*day, fmt.Sprint("dev-", i))
	}
	for i := range 800 {
		r.image(t, fmt.Sprint("untagged ", i), time.Duration(10+i%60)*day)
	}
	return r
}

// lost counts the images that stay and have lost their signature.
func (r large) lost(t *testing.T) int {
	t.Helper()
	there := r.digests(t)
	n := 0
	for _, signature := range r.signaturesOfKept {
		require.Contains(t, there, r.subject[signature])
		if !slices.Contains(there, signature) {
			n++
		}
	}
	return n
}

// A plan takes about one request for each manifest that can change it.
func TestRequestsOfLargeRepository(t *testing.T) {
	t.Parallel()
	r := newLarge(t)
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*"}, OlderThan: 30 * day},
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}, OlderThan: 30 * day},
		{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day},
	}}
	r.ResetRequests()
	plan := r.plan(t, policy)
	require.NoError(t, plan.GraphError)
	planning := r.Count("")
	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	applying := r.Count("") - planning
	t.Logf("%d images; %d requests for the plan, %d of them for manifests; %d to delete %d images",
		len(plan.Delete)+len(plan.Keep), planning, r.Count("GET /v2/"), applying, len(result.Deleted))
	assert.LessOrEqual(t, planning, 1650)
	assert.LessOrEqual(t, applying, 60)
	assert.Len(t, result.Deleted, len(plan.Delete))
	assert.Greater(t, len(plan.Delete), 1500)
	assert.Zero(t, r.lost(t))
	r.requireIntact(t, r.digests(t))
}

// The usual cleanup script loses signatures of images that stay. It takes the images
// without imageTags from describe-images, and calls batch-delete-image for a hundred at
// a time, twice because of children.
func TestScriptThatPeopleUse(t *testing.T) {
	t.Parallel()
	r := newLarge(t)
	for range 2 {
		var untagged []types.ImageIdentifier
		pages := ecrpublic.NewDescribeImagesPaginator(r.client, &ecrpublic.DescribeImagesInput{RepositoryName: &r.name})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			require.NoError(t, err)
			for _, image := range page.ImageDetails {
				if image.ImageTags == nil {
					untagged = append(untagged, types.ImageIdentifier{ImageDigest: image.ImageDigest})
				}
			}
		}
		for batch := range slices.Chunk(untagged, 100) {
			_, err := r.client.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String(r.name), ImageIds: batch})
			require.NoError(t, err)
		}
	}
	assert.Equal(t, 100, r.lost(t), "the signatures of all indexes that stay")
}
