package housekeeping_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

// meddler is a client in trouble: between its requests others set tags and push
// indexes, deletions are refused or missing from the response, responses are lost, and
// its caller may give up.
type meddler struct {
	*ecrpublic.Client
	t      *testing.T
	r      *repository
	random *rand.Rand
	cancel context.CancelFunc
	tags   map[string]string // set by another client, with their digests
	gap    map[string]bool   // those set right before a deletion
}

func (m *meddler) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	m.meddle(false)
	if m.random.IntN(40) == 0 {
		return nil, errors.New("describe: no answer")
	}
	return m.Client.DescribeImages(ctx, in, optFns...)
}

func (m *meddler) BatchDeleteImage(ctx context.Context, in *ecrpublic.BatchDeleteImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
	m.meddle(true)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	sent, refused := *in, []types.ImageFailure(nil)
	sent.ImageIds = slices.DeleteFunc(slices.Clone(in.ImageIds), func(id types.ImageIdentifier) bool {
		if m.random.IntN(12) > 0 {
			return false
		}
		refused = append(refused, types.ImageFailure{ImageId: &id, FailureCode: types.ImageFailureCodeKmsError})
		return true
	})
	out := new(ecrpublic.BatchDeleteImageOutput)
	if len(sent.ImageIds) > 0 {
		var err error
		if out, err = m.Client.BatchDeleteImage(ctx, &sent, optFns...); err != nil {
			return nil, err
		}
	}
	out.Failures = append(out.Failures, refused...)
	switch m.random.IntN(20) {
	case 0:
		return nil, errors.New("delete: the answer is lost")
	case 1:
		out.ImageIds = nil
	case 2:
		out.Failures = nil
	}
	return out, nil
}

// meddle is what another client does before a request.
func (m *meddler) meddle(deleting bool) {
	ctx := context.WithoutCancel(m.t.Context())
	there := m.r.digests(m.t)
	if len(there) == 0 {
		return
	}
	some := there[m.random.IntN(len(there))]
	switch m.random.IntN(6) {
	case 0:
		tag := fmt.Sprint("meddled-", len(m.tags))
		var parsed testManifest
		require.NoError(m.t, json.Unmarshal([]byte(m.r.text[some]), &parsed))
		_, err := m.r.client.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName: &m.r.name, ImageTag: &tag, ImageManifest: aws.String(m.r.text[some]), ImageManifestMediaType: &parsed.MediaType,
		})
		require.NoError(m.t, err)
		m.tags[tag], m.gap[tag] = some, deleting
		delete(m.r.subject, some) // an image with a tag of its own is no referrer
	case 1:
		m.r.index(m.t, fmt.Sprint("pushed ", m.random.Uint64()), []string{some}, 0, fmt.Sprint("index-", m.random.Uint64()))
	case 2:
		if m.random.IntN(4) == 0 {
			m.cancel()
		}
	}
}

// Whatever happens to Apply, no image is deleted whose owner stays, tags are lost only
// in the gap between the two requests for a batch, and what is reported as deleted is
// gone. A second run completes the work. HOUSEKEEPING_SEEDS=5000 is the longer mode.
func TestApplyProperties(t *testing.T) {
	t.Parallel()
	deletions, lost, completed := 0, 0, 0
	bubble.Test(t, func(t *testing.T) {
		for seed := range housekeeping.Seeds(t, 200) {
			random := rand.New(rand.NewPCG(seed, 5))
			r := newInMemory(t).newRepository(t, "app")
			r.fill(t, random)
			policy := randomPolicy(random)
			plan := r.plan(t, policy)
			require.NoError(t, plan.GraphError)
			if len(plan.Delete) > 2 && random.IntN(3) == 0 { // the caller holds an image back
				plan.Delete = slices.Delete(plan.Delete, 0, 1)
			}
			ctx, cancel := context.WithCancel(t.Context())
			m := &meddler{r.client, t, r, random, cancel, map[string]string{}, map[string]bool{}}
			result, err := plan.Apply(ctx, m)
			cancel()

			after := r.digests(t)
			r.requireIntact(t, after)
			total := len(result.Unprocessed)
			if err == nil {
				require.Empty(t, result.Unprocessed)
			}
			for _, gone := range [][]types.ImageIdentifier{result.Deleted, result.Gone} {
				total += len(gone)
				deletions += len(gone)
				for _, id := range gone {
					require.NotContains(t, after, *id.ImageDigest, "seed %d", seed)
				}
			}
			for _, stays := range [][]types.ImageIdentifier{result.Changed, result.OwnerKept} {
				total += len(stays)
				for _, id := range stays {
					require.Contains(t, after, *id.ImageDigest, "seed %d", seed)
				}
			}
			total += len(result.Referenced) + len(result.Failed)
			require.Equal(t, len(plan.Delete), total, "seed %d: each image is in one list", seed)
			for tag, digest := range m.tags {
				if !slices.Contains(after, digest) {
					require.True(t, m.gap[tag], "seed %d: tag %s", seed, tag)
					lost++
				}
			}

			again := r.plan(t, policy)
			result, err = again.Apply(t.Context(), r.client)
			require.NoError(t, err, "seed %d", seed)
			require.Len(t, slices.Concat(result.Deleted, result.Gone), len(again.Delete), "seed %d", seed)
			r.requireIntact(t, r.digests(t))
			require.Empty(t, r.plan(t, policy).Delete, "seed %d", seed)
			completed += len(again.Delete)
		}
	})
	t.Logf("%d images deleted, %d more by the second run; %d tags lost in the gap", deletions, completed, lost)
	assert.Greater(t, deletions, 100)
	assert.Positive(t, completed)
}

var _ housekeeping.ApplyAPIClient = (*meddler)(nil)
