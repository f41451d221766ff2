package housekeeping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// Rules of lifecycle policies; the function rules combines them.
const (
	prodKeep1      = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["prod"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	betaKeep1      = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["beta"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	alphaKeep1     = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["alpha"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	alphaBetaKeep1 = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["alpha","beta"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	alphaBeta5Days = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["alpha","beta"],"countType":"sinceImagePushed","countUnit":"days","countNumber":5},"action":{"type":"expire"}}`
	prod14Days     = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPatternList":["prod*"],"countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}`
	innerProd1Day  = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPatternList":["*prod*","v*.*"],"countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}`
	untaggedKeep1  = `{"rulePriority":%d,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	untagged1Day   = `{"rulePriority":%d,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}`
	anyKeep1       = `{"rulePriority":%d,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}`
	anyKeep2       = `{"rulePriority":%d,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":2},"action":{"type":"expire"}}`
	anyKeep3       = `{"rulePriority":%d,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}}`
	prodForever    = `{"rulePriority":%d,"selection":{"tagStatus":"tagged","tagPrefixList":["prod"],"countType":"imageCountMoreThan","countNumber":1000},"action":{"type":"expire"}}`
)

// The first cases are the examples in AWS's documentation of private ECR's lifecycle
// policies; the others were worked out by hand. Images are A, B, C and so on, in the
// order of the list. Expired has the deleted images, oldest first, and the priority of
// the rule that expires them.
func TestLifecyclePolicyByHand(t *testing.T) {
	t.Parallel()
	type expired struct {
		image    string
		priority int
	}
	betaProd := []types.ImageDetail{
		pushed("A", 10*day, "beta-1", "prod-1"),
		pushed("B", 9*day, "beta-2", "prod-2"),
		pushed("C", 8*day, "beta-3"),
	}
	allImages := []types.ImageDetail{
		pushed("A", 4*day, "alpha-1"),
		pushed("B", 3*day, "beta-1"),
		pushed("C", 2*day),
		pushed("D", 1*day, "alpha-2"),
	}
	for _, test := range []struct {
		name   string
		policy string
		images []types.ImageDetail
		want   []expired
	}{
		{"age of a tag pattern", rules(prod14Days), []types.ImageDetail{
			pushed("A", 15*day, "prod1"),
			pushed("B", 15*day, "staging"),
			pushed("C", 14*day+time.Millisecond, "x", "production-team1"),
			pushed("D", 14*day, "prod"), // not older than 14 days
			pushed("E", 20*day),
		}, []expired{{"A", 1}, {"C", 1}}},
		{"keep one untagged image", rules(untaggedKeep1), []types.ImageDetail{
			pushed("A", 3*day), pushed("B", 2*day), pushed("C", 1*day), pushed("D", 9*day, "latest"),
		}, []expired{{"A", 1}, {"B", 1}}},
		{"multiple rules A: B is rule 1's to keep", rules(prodKeep1, betaKeep1), betaProd,
			[]expired{{"A", 1}}},
		{"multiple rules B: the other order", rules(betaKeep1, prodKeep1), betaProd,
			[]expired{{"A", 1}, {"B", 1}}},
		{"multiple tags in a rule A: an image needs all of them", rules(alphaBeta5Days), []types.ImageDetail{
			pushed("A", 12*day, "alpha-1"),
			pushed("B", 11*day, "beta-1"),
			pushed("C", 10*day, "alpha-2", "beta-2"),
			pushed("D", 4*day, "alpha-3"),
			pushed("E", 3*day, "beta-3"),
			pushed("F", 2*day, "alpha-4", "beta-4"),
		}, []expired{{"C", 1}}},
		{"multiple tags in a rule B: more tags do no harm", rules(alphaBetaKeep1), []types.ImageDetail{
			pushed("A", 10*day, "alpha-1", "beta-1", "gamma-1"),
			pushed("B", 9*day, "alpha-2", "beta-2"),
			pushed("C", 8*day, "alpha-3", "beta-3", "gamma-2"),
		}, []expired{{"A", 1}, {"B", 1}}},
		{"all images A: keep one", rules(anyKeep1), allImages,
			[]expired{{"A", 1}, {"B", 1}, {"C", 1}}},
		{"all images B: three kinds of rules", rules(alphaKeep1, untagged1Day, anyKeep1), []types.ImageDetail{
			pushed("A", 4*day, "alpha-1", "beta-1"),
			pushed("B", 3*day),
			pushed("C", 2*day, "alpha-2"),
			pushed("D", 1*day, "git hash"),
			pushed("E", 1*day-time.Second), // the newest, so D expires
		}, []expired{{"A", 1}, {"B", 2}, {"D", 3}}},

		{"a lower rule counts what a higher one expired", rules(prod14Days, anyKeep2), []types.ImageDetail{
			pushed("A", 20*day, "dev-1"), pushed("B", 15*day, "prod-1"), pushed("C", 10*day, "dev-2"),
		}, []expired{{"A", 2}, {"B", 1}}},
		{"a lower rule counts what a higher one kept", rules(alphaKeep1, anyKeep1), allImages,
			[]expired{{"A", 1}, {"B", 2}, {"C", 2}}},
		{"a high rule that expires nothing protects", rules(prodForever, anyKeep1), []types.ImageDetail{
			pushed("A", 9*day, "prod-1"), pushed("B", 8*day, "dev-1"), pushed("C", 7*day, "prod-2", "dev-2"), pushed("D", 6*day, "dev-3"),
		}, []expired{{"B", 2}}},
		{"patterns match anywhere, each its own tag", rules(innerProd1Day), []types.ImageDetail{
			pushed("A", 5*day, "repo-production", "v1.2"),
			pushed("B", 5*day, "repo-production-2", "v1"),
			pushed("C", 5*day, "prod.v1"),
			pushed("D", 5*day, "v1.prod"), // one tag for both
		}, []expired{{"A", 1}, {"D", 1}}},
		{"priorities need not follow one another", `{"rules":[` + at(20, anyKeep1) + `,` + at(3, prodKeep1) + `]}`, betaProd,
			[]expired{{"A", 3}}},
		{"no more images than the count", rules(anyKeep3), betaProd, nil},
		{"nothing is selected", rules(untagged1Day), betaProd, nil},
		{"a count of days that no calendar has", `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePushed","countUnit":"days","countNumber":250000},"action":{"type":"expire"}}]}`, betaProd, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policy, err := housekeeping.ParseLifecyclePolicy([]byte(test.policy))
			require.NoError(t, err)
			plan := planFor(t, policy, test.images...)
			names := named(plan.Delete, "A", "B", "C", "D", "E", "F")
			var got []expired
			for i, d := range plan.Delete {
				assert.Equal(t, housekeeping.ReasonExpired, d.Reason)
				got = append(got, expired{names[i], priorityOf(t, d.Rule)})
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// at gives a rule its priority.
func at(priority int, rule string) string { return fmt.Sprintf(rule, priority) }

// rules returns a policy with rules of the priorities 1, 2 and so on.
func rules(texts ...string) string {
	for i, text := range texts {
		texts[i] = at(i+1, text)
	}
	return `{"rules":[` + strings.Join(texts, ",") + `]}`
}

func priorityOf(t *testing.T, rule string) (priority int) {
	t.Helper()
	_, err := fmt.Sscanf(rule, "priority %d", &priority)
	require.NoError(t, err)
	return priority
}

func TestParseLifecyclePolicy(t *testing.T) {
	t.Parallel()
	policy, err := housekeeping.ParseLifecyclePolicy([]byte(`{"rules": [
		{"rulePriority": 7, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 100}, "action": {"type": "expire"}},
		{"rulePriority": 2, "description": "releases", "selection": {"tagStatus": "tagged", "tagPrefixList": ["v1.", "v2."], "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30}, "action": {"type": "expire"}}
	]}`))
	require.NoError(t, err)
	assert.Equal(t, housekeeping.Policy{Rules: []housekeeping.Rule{
		{Name: "priority 2 (releases)", TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v1.*", "v2.*"}, OlderThan: 30 * day},
		{Name: "priority 7", TagStatus: housekeeping.TagStatusAny, KeepNewest: 100},
	}}, policy)
}

// A policy that private ECR refuses, or that uses what ECR Public does not have, is an
// error.
func TestParseLifecyclePolicyErrors(t *testing.T) {
	t.Parallel()
	rule := func(selection string) string {
		return `{"rules":[{"rulePriority":1,"selection":{` + selection + `},"action":{"type":"expire"}}]}`
	}
	for _, test := range []struct{ name, policy, want string }{
		{"not JSON", `rules: []`, `invalid character 'r'`},
		{"more than one value", rules(anyKeep1) + `{}`, "after top-level value"},
		{"no rules", `{}`, "rules must have at least one rule"},
		{"an unknown member", `{"rules":[],"version":1}`, `unknown object member name "version"`},
		{"a storage class", rule(`"tagStatus":"any","storageClass":"archive","countType":"imageCountMoreThan","countNumber":1`), `unknown object member name "storageClass"`},
		{"a member in other letters", `{"Rules":[]}`, `unknown object member name "Rules"`},
		{"a member twice", rule(`"tagStatus":"any","countType":"imageCountMoreThan","countNumber":100,"countNumber":1`), `duplicate object member name "countNumber"`},
		{"no priority", `{"rules":[` + at(0, anyKeep1) + `]}`, "rulePriority is 0, must be at least 1"},
		{"a priority twice", `{"rules":[` + at(1, prodKeep1) + `,` + at(1, betaKeep1) + `]}`, "rulePriority 1 is used twice"},
		{"any is not last", rules(anyKeep1, prodKeep1), "priority 1: a rule for any images must have the highest rulePriority"},
		{"untagged twice", rules(untaggedKeep1, untagged1Day), "priority 2: an earlier rule selects the same images"},
		{"the same prefixes twice", rules(alphaBetaKeep1, alphaBeta5Days), "priority 2: an earlier rule selects the same images"},
		{"no selection", `{"rules":[{"rulePriority":1,"action":{"type":"expire"}}]}`, "priority 1: countNumber is 0, must be at least 1"},
		{"a tag status in capitals", rule(`"tagStatus":"ANY","countType":"imageCountMoreThan","countNumber":1`), `priority 1: TagStatus is "ANY", must be any, tagged or untagged`},
		{"tagged without a list", rule(`"tagStatus":"tagged","countType":"imageCountMoreThan","countNumber":1`), "need either tagPatternList or tagPrefixList"},
		{"tagged with both lists", rule(`"tagStatus":"tagged","tagPrefixList":["a"],"tagPatternList":["b"],"countType":"imageCountMoreThan","countNumber":1`), "need either tagPatternList or tagPrefixList"},
		{"untagged with a list", rule(`"tagStatus":"untagged","tagPrefixList":["a"],"countType":"imageCountMoreThan","countNumber":1`), "TagPatterns must be empty for untagged images"},
		{"five wildcards", rule(`"tagStatus":"tagged","tagPatternList":["*a*b*c*d*"],"countType":"imageCountMoreThan","countNumber":1`), "has more than 4 wildcards"},
		{"a wildcard in a prefix", rule(`"tagStatus":"tagged","tagPrefixList":["a*"],"countType":"imageCountMoreThan","countNumber":1`), `tagPrefixList: "a*" has a wildcard, use tagPatternList`},
		{"a pattern with a set", rule(`"tagStatus":"tagged","tagPatternList":["v[12]"],"countType":"imageCountMoreThan","countNumber":1`), `TagPatterns[0] is "v[12]"`},
		{"an empty pattern", rule(`"tagStatus":"tagged","tagPatternList":[""],"countType":"imageCountMoreThan","countNumber":1`), `TagPatterns[0] is ""`},
		{"an empty prefix", rule(`"tagStatus":"tagged","tagPrefixList":["v",""],"countType":"imageCountMoreThan","countNumber":1`), "tagPrefixList[1] is empty: it would select every tagged image"},
		{"null for a prefix", rule(`"tagStatus":"tagged","tagPrefixList":[null],"countType":"imageCountMoreThan","countNumber":1`), "/rules/0/selection/tagPrefixList/0 is null: leave it out or give it a value"},
		{"null for a pattern", rule(`"tagStatus":"tagged","tagPatternList":["v*",null],"countType":"imageCountMoreThan","countNumber":1`), "/rules/0/selection/tagPatternList/1 is null"},
		{"null for a unit", rule(`"tagStatus":"any","countUnit":null,"countType":"imageCountMoreThan","countNumber":1`), "/rules/0/selection/countUnit is null"},
		{"null for a list", rule(`"tagStatus":"untagged","tagPrefixList":null,"countType":"imageCountMoreThan","countNumber":1`), "/rules/0/selection/tagPrefixList is null"},
		{"null for a description", strings.Replace(rules(anyKeep1), `"rulePriority"`, `"description":null,"rulePriority"`, 1), "/rules/0/description is null"},
		{"null for a rule", `{"rules":[` + at(1, anyKeep1) + `,null]}`, "/rules/1 is null"},
		{"null for the policy", `null`, " is null"},
		{"a negative count", rule(`"tagStatus":"any","countType":"imageCountMoreThan","countNumber":-1`), "countNumber is -1"},
		{"a unit for a count", rule(`"tagStatus":"any","countType":"imageCountMoreThan","countUnit":"days","countNumber":1`), "countUnit must be absent"},
		{"no unit for an age", rule(`"tagStatus":"any","countType":"sinceImagePushed","countNumber":1`), `countUnit is "", must be days`},
		{"hours", rule(`"tagStatus":"any","countType":"sinceImagePushed","countUnit":"hours","countNumber":1`), `countUnit is "hours", must be days`},
		{"the time of a pull", rule(`"tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":1`), `countType is "sinceImagePulled"`},
		{"another action", `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"transition"}}]}`, `action.type is "transition"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policy, err := housekeeping.ParseLifecyclePolicy([]byte(test.policy))
			require.ErrorContains(t, err, test.want)
			assert.Zero(t, policy)
		})
	}
}
