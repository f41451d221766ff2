package housekeeping_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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

func keepNewestTagged(n int) housekeeping.Policy {
	return one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, KeepNewest: n})
}

// A tag that moves during a listing is listed for two images. The one that has lost it
// must not be counted.
func TestTagThatMovesIsDoubted(t *testing.T) {
	t.Parallel()
	lost, got, old := pushed("A", 1*day, "prod"), pushed("B", 5*day, "prod"), pushed("C", 9*day, "old")
	for _, pages := range [][][]types.ImageDetail{{{lost}, {got, old}}, {{old, got}, {lost}}} {
		plan, err := housekeeping.Prune(t.Context(), paged(pages), "app", keepNewestTagged(1), atToday, serving(t))
		require.NoError(t, err)
		assert.Empty(t, plan.Delete)
		assert.Equal(t, map[string]string{
			digestOfNamed("A"): "unknown: tag prod listed for two images",
			digestOfNamed("B"): "unknown: tag prod listed for two images",
			digestOfNamed("C"): "retained: rule 1",
		}, reasons(plan))
	}
}

// An image that is listed twice with different tags or push times, or once without
// a push time, is not counted: either may be out of date.
func TestImageListedTwiceIsDoubted(t *testing.T) {
	t.Parallel()
	timeless := pushed("A", 1*day, "v2")
	timeless.ImagePushedAt = nil
	for _, tt := range []struct {
		what  string
		again types.ImageDetail
	}{
		{"tags", pushed("A", 1*day)},
		{"push times", pushed("A", 90*day, "v2")},
		{"push times", timeless},
	} {
		what, again := tt.what, tt.again
		plan, err := housekeeping.Prune(t.Context(), paged([][]types.ImageDetail{{pushed("A", 1*day, "v2"), pushed("B", 5*day, "v1")}, {again}}),
			"app", keepNewestTagged(1), atToday, serving(t))
		require.NoError(t, err)
		assert.Empty(t, plan.Delete)
		assert.Equal(t, "unknown: listed twice with different "+what, reasons(plan)[digestOfNamed("A")])
	}
}

// The push times in the list of tags are those of tags. They do not say how old an
// image is.
func TestPushTimesOfTags(t *testing.T) {
	t.Parallel()
	client := listing(pushed("A", 90*day, "stable"), pushed("B", 30*day, "v1"))
	client.DescribeImageTagsFunc = answer[ecrpublic.DescribeImageTagsInput](&ecrpublic.DescribeImageTagsOutput{ImageTagDetails: []types.ImageTagDetail{
		{ImageTag: new("stable"), ImageDetail: &types.ReferencedImageDetail{ImageDigest: new(digestOfNamed("A")), ImagePushedAt: aws.Time(today())}},
	}}, nil)
	plan, err := housekeeping.Prune(t.Context(), client, "app", keepNewestTagged(1), atToday, serving(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"A"}, named(plan.Delete, "A", "B"))
	result, err := plan.Apply(t.Context(), agreeing(client))
	require.NoError(t, err)
	assert.Empty(t, result.Changed, "the push time is the one that the image is described with again")
	assert.Len(t, result.Deleted, 1)
}

// agreeing is a client whose deletions succeed.
func agreeing(client *ecrpublictest.Client) *ecrpublictest.Client {
	client.BatchDeleteImageFunc = func(_ context.Context, in *ecrpublic.BatchDeleteImageInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
		return &ecrpublic.BatchDeleteImageOutput{ImageIds: in.ImageIds}, nil
	}
	return client
}

// passingOver is a client whose listing passes over one image.
type passingOver struct {
	*ecrpublic.Client
	digest string
	err    error // of describing it
}

func (c passingOver) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	if in.ImageIds != nil && c.err != nil {
		return nil, c.err
	}
	out, err := c.Client.DescribeImages(ctx, in, optFns...)
	if err == nil && in.ImageIds == nil {
		var rest []types.ImageDetail
		for _, image := range out.ImageDetails {
			if *image.ImageDigest != c.digest {
				rest = append(rest, image)
			}
		}
		out.ImageDetails = rest
	}
	return out, err
}

func (c passingOver) DescribeImageTags(context.Context, *ecrpublic.DescribeImageTagsInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	return nil, errors.New("no permission")
}

// An image that is missing from a listing may exist. The API is asked for it before its
// signatures are deleted or counted.
func TestSubjectThatWasNotListed(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	subject := r.image(t, "subject", 90*day, "v1")
	referrer := r.referrer(t, "referrer", subject, 90*day)
	signature := r.image(t, "signature", 90*day, signatureTag(subject))
	gone := r.image(t, "gone", 90*day)
	dangling := r.referrer(t, "dangling", gone, 90*day)
	_, err := r.client.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{RepositoryName: &r.name, ImageIds: []types.ImageIdentifier{{ImageDigest: &gone}}})
	require.NoError(t, err)
	policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, OlderThan: day})

	plan, err := housekeeping.Prune(t.Context(), passingOver{Client: r.client, digest: subject}, r.name, policy, r.registry)
	require.NoError(t, err)
	require.NoError(t, plan.GraphError)
	assert.Equal(t, []string{dangling}, planned(plan))
	want := fmt.Sprintf("unknown: its subject %s is there, but was not listed", subject)
	assert.Equal(t, map[string]string{dangling: "expired: rule 1", referrer: want, signature: want}, reasons(plan))

	plan, err = housekeeping.Prune(t.Context(), passingOver{r.client, subject, errors.New("not now")}, r.name, policy, r.registry)
	require.NoError(t, err)
	require.ErrorContains(t, plan.GraphError, "look up subjects in app: subject sha256:")
	assert.Empty(t, plan.Delete)
	assert.Equal(t, 3, plan.Unknown())

	// If the subject is listed, the rule does not count the referrer. Otherwise the
	// newer image would expire the older.
	other := r.image(t, "other", 95*day)
	plan, err = housekeeping.Prune(t.Context(), passingOver{Client: r.client, digest: subject}, r.name,
		one(housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged, KeepNewest: 2}), r.registry)
	require.NoError(t, err)
	assert.Empty(t, plan.Delete)
	assert.Equal(t, "retained: rule 1", reasons(plan)[other])
}

// Dates that contradict each other are an error.
func TestDatesThatContradictEachOther(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dates []string
		fails string
	}{
		{dates: []string{date(0), date(time.Minute), date(time.Second)}},
		{dates: []string{"yesterday", date(0), ""}},
		{[]string{date(0), date(60 * day)}, "the Dates of the responses are 1440h0m0s apart"},
		{[]string{date(60 * day), date(0), date(0)}, "the Dates of the responses are 1440h0m0s apart"},
		{[]string{"garbage", ""}, "the responses have no Date"},
	} {
		client, next := listing(), 0
		client.DescribeImagesFunc = func(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
			out := &ecrpublic.DescribeImagesOutput{ImageDetails: []types.ImageDetail{pushed("A", day, "v1")}}
			out.ResponseMetadata.HTTPHeaders = http.Header{"Date": {test.dates[next]}}
			if next++; next < len(test.dates) {
				out.NextToken = aws.String(fmt.Sprint(next))
			}
			return out, nil
		}
		plan, err := housekeeping.Prune(t.Context(), client, "app", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, OlderThan: 30 * day}))
		if test.fails != "" {
			require.ErrorContains(t, err, test.fails+", so the service's time is unknown: set Now")
			continue
		}
		require.NoError(t, err)
		assert.Empty(t, plan.Delete)
	}
}

func date(after time.Duration) string { return today().Add(after).Format(http.TimeFormat) }
