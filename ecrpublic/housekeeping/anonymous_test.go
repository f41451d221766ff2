package housekeeping_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// Ten thousand manifests, read at one a second without a login, take almost three
// hours, and a bearer token lives for one. All are read, and nothing that belongs to an
// image that stays is deleted.
func TestAnonymousReading(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		untagged := 10_000
		if testing.Short() {
			untagged = 4_000
		}
		e := newInMemory(t)
		r := e.newRepository(t, "app")
		kept := r.image(t, "kept", 90*day, "v1")
		orphans := map[string]bool{}
		for i := range untagged {
			if i%2 == 0 {
				r.referrer(t, fmt.Sprint("about it ", i), kept, 90*day)
			} else {
				orphans[r.image(t, fmt.Sprint("orphan ", i), 90*day)] = true
			}
		}
		began := time.Now()
		e.follow(began)
		r.ResetRequests()
		var last housekeeping.Progress
		plan := r.plan(t, oldUntagged(), func(o *housekeeping.PruneOptions) {
			o.Now, o.Rate = time.Time{}, 0
			o.Progress = func(p housekeeping.Progress) {
				if p.Step == housekeeping.StepRead && p.Done == untagged/2 {
					last = p
				}
			}
		})
		require.NoError(t, plan.GraphError)
		assert.Zero(t, plan.Unknown())
		assert.Len(t, plan.Delete, len(orphans))
		for _, digest := range planned(plan) {
			require.True(t, orphans[digest])
		}
		took := time.Since(began)
		t.Logf("%s; %d requests for manifests, %d for tokens", took.Round(time.Second), r.Count("GET /v2/"), r.Count("GET /token/"))
		assert.InDelta(t, untagged, took.Seconds(), 60)
		assert.Equal(t, housekeeping.Progress{Step: housekeeping.StepRead, Done: untagged / 2, Total: untagged, Left: time.Duration(untagged/2) * time.Second}, last)
		assert.LessOrEqual(t, r.Count("GET /v2/"), untagged+10, "none is sent twice")
		assert.GreaterOrEqual(t, r.Count("GET /token/"), 1+untagged/3600, "the bearers end after an hour")
	})
}
