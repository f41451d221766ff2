package housekeeping_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
)

// For random repositories and policies, a prune deletes exactly what it planned, no
// remaining image has lost a child or referrer, and a second run has nothing to do.
func TestPruneProperties(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	count := uint64(60)
	if testing.Short() {
		count = 12
	}
	for seed := range count {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			r := e.newRepository(t, fmt.Sprint("app", seed))
			r.fill(t, random)
			before, policy := r.digests(t), randomPolicy(random)
			plan := r.plan(t, policy)
			require.NoError(t, plan.GraphError)
			result, err := plan.Apply(t.Context(), r.client)
			require.NoError(t, err)
			assert.Len(t, result.Deleted, len(plan.Delete))

			gone := planned(plan)
			slices.Sort(gone)
			after := r.digests(t)
			assert.Equal(t, without(before, gone), after)
			r.requireIntact(t, after)
			assert.Empty(t, r.plan(t, policy).Delete)
		})
	}
}

// fill creates images, indexes, also of indexes, and referrers.
func (r *repository) fill(t *testing.T, random *rand.Rand) {
	t.Helper()
	var all []string
	for i := range 5 + random.IntN(25) {
		name, age, tags := fmt.Sprint("image ", i), time.Duration(random.IntN(60))*day, randomTags(random, i)
		some := slices.Clone(all)
		random.Shuffle(len(some), func(a, b int) { some[a], some[b] = some[b], some[a] })
		switch kind := random.IntN(10); {
		case kind < 4 && len(all) > 1:
			all = append(all, r.index(t, name, some[:1+random.IntN(min(4, len(some)-1))], age, tags...))
		case kind == 4 && len(all) > 0:
			all = append(all, r.referrer(t, name, some[0], age))
		case kind == 5 && len(all) > 0:
			digest := r.image(t, name, age, fmt.Sprint(signatureTag(some[0]), i))
			r.subject[digest] = some[0]
			all = append(all, digest)
		default:
			all = append(all, r.image(t, name, age, tags...))
		}
	}
}

func randomTags(random *rand.Rand, i int) (tags []string) {
	for _, prefix := range []string{"v", "dev-", "stable-"} {
		if random.IntN(4) == 0 {
			tags = append(tags, fmt.Sprint(prefix, i))
		}
	}
	return tags
}

func randomPolicy(random *rand.Rand) (policy housekeeping.Policy) {
	for range 1 + random.IntN(3) {
		rule := housekeeping.Rule{KeepNewest: random.IntN(4), OlderThan: time.Duration(random.IntN(40)) * day}
		switch random.IntN(3) {
		case 0:
			rule.TagStatus = housekeeping.TagStatusUntagged
		case 1:
			rule.TagStatus, rule.OlderThan = housekeeping.TagStatusAny, rule.OlderThan+day
		default:
			rule.TagStatus, rule.TagPatterns = housekeeping.TagStatusTagged, []string{[]string{"v*", "dev-*", "*e*"}[random.IntN(3)]}
		}
		policy.Rules = append(policy.Rules, rule)
	}
	if random.IntN(3) == 0 {
		policy.KeepTags = []string{"stable-*"}
	}
	return policy
}
