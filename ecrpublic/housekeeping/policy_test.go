package housekeeping_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	images := []types.ImageDetail{
		pushed("A", 50*day, "v1.0"),
		pushed("B", 40*day),
		pushed("C", 30*day, "v1.1", "stable"),
		pushed("D", 20*day, "dev-1"),
		pushed("E", 10*day, "v2.0"),
		pushed("F", 1*day),
	}
	for _, test := range []struct {
		name   string
		policy housekeeping.Policy
		want   []string // oldest first
	}{
		{"the zero value deletes nothing", housekeeping.Policy{}, nil},
		{"all untagged", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged}), []string{"B", "F"}},
		{"old and untagged", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day}), []string{"B"}},
		{"all but the newest tagged", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, KeepNewest: 2}), []string{"A", "C"}},
		{"all with a prefix", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v1.*"}}), []string{"A", "C"}},
		{"a pattern without a wildcard is a tag", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v1."}}), nil},
		{"age and number must both agree", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, OlderThan: 15 * day, KeepNewest: 4}), []string{"A", "B"}},
		{"age alone of the same", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, OlderThan: 15 * day}), []string{"A", "B", "C", "D"}},
		{"kept tags", housekeeping.Policy{
			Rules:    []housekeeping.Rule{{TagStatus: housekeeping.TagStatusTagged, OlderThan: time.Hour}},
			KeepTags: []string{"stable", "v2*"},
		}, []string{"A", "D"}},
		{"kept tags are not counted", housekeeping.Policy{
			Rules:    []housekeeping.Rule{{TagStatus: housekeeping.TagStatusTagged, KeepNewest: 1}},
			KeepTags: []string{"v2*"},
		}, []string{"A", "C"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plan := planFor(t, test.policy, images...)
			assert.Equal(t, test.want, named(plan.Delete, "A", "B", "C", "D", "E", "F"))
		})
	}
}

func one(rule housekeeping.Rule) housekeeping.Policy {
	return housekeeping.Policy{Rules: []housekeeping.Rule{rule}}
}

func TestPolicyReasons(t *testing.T) {
	t.Parallel()
	plan := planFor(t, housekeeping.Policy{
		Rules: []housekeeping.Rule{
			{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*"}, KeepNewest: 1},
			{Name: "trash", TagStatus: housekeeping.TagStatusUntagged},
		},
		KeepTags: []string{"stable"},
	}, pushed("A", 5*day, "v1"), pushed("B", 4*day), pushed("C", 3*day, "v2"), pushed("D", 2*day, "stable"), pushed("E", 1*day, "dev"))
	why := map[string]string{}
	for _, d := range append(plan.Delete, plan.Keep...) {
		why[named([]housekeeping.Decision{d}, "A", "B", "C", "D", "E")[0]] = d.Why()
	}
	assert.Equal(t, map[string]string{
		"A": "expired: rule 1",
		"B": "expired: trash",
		"C": "retained: rule 1",
		"D": "keep tag",
		"E": "not selected",
	}, why)
}

// An image without a push time stays and is not counted, so that it expires no others.
func TestPolicyWithoutPushTime(t *testing.T) {
	t.Parallel()
	unknown := pushed("A", 0, "v1")
	unknown.ImagePushedAt = nil
	plan := planFor(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, OlderThan: time.Hour}), unknown, pushed("B", 2*day, "v2"))
	assert.Equal(t, []string{"B"}, named(plan.Delete, "A", "B"))
	keepOne := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, KeepNewest: 1})
	plan = planFor(t, keepOne, pushed("B", 2*day, "v2"), unknown)
	assert.Empty(t, plan.Delete)
	assert.Equal(t, "unknown: push time missing", reasons(plan)[digestOfNamed("A")])
	assert.Equal(t, 1, plan.Unknown())
	plan = planFor(t, keepOne, pushed("B", 2*day, "v2"), unknown, pushed("C", 1*day, "v3"))
	assert.Equal(t, []string{"B"}, named(plan.Delete, "A", "B", "C"))
}

func TestPolicyErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy housekeeping.Policy
		want   string
	}{
		{one(housekeeping.Rule{}), `rule 1: TagStatus is "", must be any, tagged or untagged`},
		{one(housekeeping.Rule{Name: "all", TagStatus: housekeeping.TagStatusAny}), "all: OlderThan, KeepNewest or TagPatterns must be set: the rule would delete all any images"},
		{one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged}), "the rule would delete all tagged images"},
		{one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, KeepNewest: -1}), "KeepNewest is -1, must not be negative"},
		{one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, OlderThan: -time.Second}), "OlderThan is -1s, must not be negative"},
		{one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, KeepNewest: 1, TagPatterns: []string{"v*"}}), "TagPatterns must be empty for any images"},
		{one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*", "a?"}}), `TagPatterns[1] is "a?"`},
		{housekeeping.Policy{KeepTags: []string{"v1,v2"}}, `KeepTags[0] is "v1,v2"`},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			plan, err := housekeeping.Prune(t.Context(), unreachable(), "app", test.policy)
			require.ErrorContains(t, err, test.want)
			assert.Nil(t, plan)
		})
	}
}
