package housekeeping_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
)

// Ages are measured by the service's clock: a local clock that is 60 days off
// makes no difference to plan and deletion.
func TestClocksThatAreOff(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, 60 * day, -60 * day} {
		t.Run(fmt.Sprint(off), func(t *testing.T) {
			t.Parallel()
			var age atomic.Int64
			server := ecrpublictest.NewServer(
				ecrpublictest.WithCredentials("EXAMPLE", "a secret of forty characters, as they are"),
				ecrpublictest.WithClock(func() time.Time { return time.Now().Add(off - time.Duration(age.Load())) }),
			)
			defer server.Close()
			client := server.Client()
			var digests []string
			for _, days := range []int{40, 35, 25, 1, 0} {
				age.Store(int64(time.Duration(days) * day))
				digest, err := server.AddImage("app", fmt.Sprint("dev-", days))
				require.NoError(t, err)
				digests = append(digests, digest)
			}
			policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}, OlderThan: 30 * day})
			plan, err := housekeeping.Prune(t.Context(), client, "app", policy)
			require.NoError(t, err)
			assert.Equal(t, digests[:2], planned(plan))
			assert.NoError(t, plan.GraphError)

			all := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}})
			everything, err := housekeeping.Prune(t.Context(), client, "app", all)
			require.NoError(t, err)
			assert.Equal(t, digests[:4], planned(everything), "without the one that was pushed a moment ago")
			assert.Equal(t, "pushed recently", reasons(everything)[digests[4]])

			result, err := plan.Apply(t.Context(), client)
			require.NoError(t, err)
			assert.ElementsMatch(t, byDigest(digests[:2]...), result.Deleted)
		})
	}
}

// Ages are not guessed if no response has a Date.
func TestUnknownTime(t *testing.T) {
	t.Parallel()
	_, err := housekeeping.Prune(t.Context(), listing(pushed("A", 9*day, "v1")), "app", keepTagged(1))
	require.EqualError(t, err, "housekeeping: prune app: the responses have no Date, so the service's time is unknown: set Now in PruneOptions")
	_, err = housekeeping.Prune(t.Context(), listing(pushed("A", 9*day, "v1")), "app", oldUntagged(), func(o *housekeeping.PruneOptions) { o.Grace = -1 })
	require.ErrorContains(t, err, "set Now in PruneOptions")
	plan, err := housekeeping.Prune(t.Context(), listing(pushed("A", 9*day, "v1"), pushed("B", 8*day, "v2")), "app", keepTagged(1), func(o *housekeeping.PruneOptions) { o.Grace = -1 })
	require.NoError(t, err, "nothing depends on it")
	assert.Len(t, plan.Delete, 1)
}

// A push puts images before tags, and children before their index.
func TestGrace(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	var releases []string
	for i := range 3 {
		releases = append(releases, r.image(t, fmt.Sprint("release ", i), time.Duration(9-i)*day, fmt.Sprint("v", i)))
	}
	child := r.image(t, "a child before its index", 10*time.Minute)
	old := r.image(t, "untagged", 2*time.Hour)
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusUntagged},
		{TagStatus: housekeeping.TagStatusAny, KeepNewest: 4},
	}}
	for _, test := range []struct {
		grace time.Duration
		want  []string
	}{
		{0, []string{old}},
		{time.Minute, []string{releases[0], old, child}},
		{3 * time.Hour, nil},
		{-1, []string{releases[0], old, child}},
	} {
		plan := r.plan(t, policy, func(o *housekeeping.PruneOptions) { o.Grace = test.grace })
		assert.Equal(t, test.want, planned(plan), "%s", test.grace)
	}
	assert.Equal(t, "pushed recently", reasons(r.plan(t, policy, func(o *housekeeping.PruneOptions) { o.Grace = 0 }))[child])
}

var _ housekeeping.PruneAPIClient = (*ecrpublic.Client)(nil)
