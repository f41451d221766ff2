package housekeeping_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// A fifth of all requests fail in one of five ways, on the API and on the registry host.
func faults() (all []ecrpublictest.Fault) {
	for _, effect := range []ecrpublictest.Effect{
		ecrpublictest.Throttle(),
		ecrpublictest.Status(http.StatusServiceUnavailable),
		ecrpublictest.Fail(&smithy.GenericAPIError{Code: "ServerException", Fault: smithy.FaultServer}),
		ecrpublictest.ResetBefore(),
		ecrpublictest.ResetAfter(),
	} {
		all = append(all, ecrpublictest.Fault{Probability: 0.044, Effect: effect})
	}
	return all
}

// The repository has 5,000 images, 300 of them indexes that share children. Every fourth
// index, every third other tagged image, and old untagged images are deleted. Waits
// between attempts take no time on the clock of the bubble.
func TestPruneAtScale(t *testing.T) {
	t.Parallel()
	bubble.Test(t, testPruneAtScale)
}

func testPruneAtScale(t *testing.T) {
	images, indexes := 5000, 300
	if testing.Short() {
		images, indexes = 500, 30
	}
	r := newInMemory(t).newRepository(t, "app")
	var children []string
	for i := range 2 * indexes {
		children = append(children, r.image(t, fmt.Sprint("child ", i), 60*day))
	}
	for i := range indexes {
		age := 60 * day
		if i%4 == 0 {
			age = 90 * day
		}
		// Neighbours share two of their four children.
		shared := append(slices.Clone(children[2*i:2*i+2]), children[(2*i+2)%len(children)], children[(2*i+3)%len(children)])
		r.index(t, fmt.Sprint("index ", i), shared, age, fmt.Sprint("v", i))
	}
	oldDev, oldUntagged := 0, 0
	for i := range images - 3*indexes {
		switch i % 6 {
		case 0:
			oldDev++
			r.image(t, fmt.Sprint("old dev ", i), 40*day, fmt.Sprint("dev-", i))
		case 1:
			r.image(t, fmt.Sprint("new dev ", i), 4*day, fmt.Sprint("dev-", i))
		case 2:
			oldUntagged++
			r.image(t, fmt.Sprint("old untagged ", i), 40*day)
		case 3:
			r.image(t, fmt.Sprint("new untagged ", i), 4*day)
		case 4:
			r.referrer(t, fmt.Sprint("referrer ", i), children[i%len(children)], 40*day)
		default:
			r.image(t, fmt.Sprint("stable ", i), 90*day, fmt.Sprint("stable-", i))
		}
	}
	before := r.digests(t)
	require.Len(t, before, images)
	policy, err := housekeeping.ParseLifecyclePolicy([]byte(`{"rules":[
		{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPatternList":["stable-*"],"countType":"imageCountMoreThan","countNumber":100000},"action":{"type":"expire"}},
		{"rulePriority":2,"selection":{"tagStatus":"tagged","tagPrefixList":["dev-"],"countType":"sinceImagePushed","countUnit":"days","countNumber":30},"action":{"type":"expire"}},
		{"rulePriority":3,"selection":{"tagStatus":"tagged","tagPrefixList":["v"],"countType":"sinceImagePushed","countUnit":"days","countNumber":80},"action":{"type":"expire"}},
		{"rulePriority":4,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":30},"action":{"type":"expire"}}
	]}`))
	require.NoError(t, err)

	r.Inject(faults()...)
	plan := r.plan(t, policy)
	require.NoError(t, plan.GraphError)
	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Empty(t, result.Referenced)
	assert.Empty(t, result.Unprocessed)
	again := r.plan(t, policy)
	require.NoError(t, again.GraphError)
	assert.Empty(t, again.Delete, "a second run has nothing to do")
	r.ClearFaults()

	after := r.digests(t)
	gone := planned(plan)
	slices.Sort(gone)
	require.True(t, slices.Equal(without(before, gone), after), "exactly the planned set is gone")
	// Old dev images, old untagged ones, and a quarter of the indexes, all of whose
	// children have another index.
	assert.Equal(t, oldDev+oldUntagged+(indexes+3)/4, len(gone))
	r.requireIntact(t, after)
	t.Logf("%d of %d images deleted; %d manifests read, %d batches, with retries", len(gone), images, r.Count("GET /v2/"), r.Count("BatchDeleteImage"))
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		_, found := slices.BinarySearch(some, s)
		return found
	})
}

// requireIntact checks that no survivor lost a child or a referrer.
func (r *repository) requireIntact(t *testing.T, survivors []string) {
	t.Helper()
	for _, digest := range survivors {
		for _, child := range r.children[digest] {
			_, found := slices.BinarySearch(survivors, child)
			require.True(t, found, "child %s of the surviving index %s is gone", child, digest)
		}
	}
	for referrer, subject := range r.subject {
		_, subjectSurvives := slices.BinarySearch(survivors, subject)
		_, survives := slices.BinarySearch(survivors, referrer)
		require.True(t, survives || !subjectSurvives, "referrer %s of the surviving image %s is gone", referrer, subject)
	}
}
