package housekeeping

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxWildcards is how many '*' a pattern of a lifecycle policy may have.
	maxWildcards = 4

	// maxDays replaces every longer time: it is older than ECR, and more might
	// overflow a time.Duration.
	maxDays = 36500
)

// lifecyclePolicy is the JSON of a private registry's lifecycle policy.
type lifecyclePolicy struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	Priority    int    `json:"rulePriority"`
	Description string `json:"description"`
	Selection   struct {
		TagStatus   TagStatus `json:"tagStatus"`
		TagPatterns []string  `json:"tagPatternList"`
		TagPrefixes []string  `json:"tagPrefixList"`
		CountType   string    `json:"countType"`
		CountUnit   string    `json:"countUnit"`
		CountNumber int       `json:"countNumber"`
	} `json:"selection"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

// ParseLifecyclePolicy converts the JSON of a lifecycle policy of private ECR to a
// [Policy]. Rules mean what they do there: they are ordered by rulePriority, a
// tagPrefixList or tagPatternList selects images that have a tag for each of its
// entries, imageCountMoreThan keeps that many of the most recently pushed images,
// and sinceImagePushed counts days of 24 hours.
//
// Whatever private ECR refuses, including null and empty list entries, is an
// error that names the rule and the member. So is whatever ECR Public has no data
// for: the count types sinceImagePulled and sinceImageTransitioned, storage
// classes, and any action but expire.
func ParseLifecyclePolicy(text []byte) (Policy, error) {
	policy, err := parseLifecyclePolicy(text)
	if err != nil {
		return Policy{}, fmt.Errorf("housekeeping: parse lifecycle policy: %w", err)
	}
	return policy, nil
}

func parseLifecyclePolicy(text []byte) (Policy, error) {
	var parsed lifecyclePolicy
	if err := json.Unmarshal(text, &parsed, json.RejectUnknownMembers(true)); err != nil {
		return Policy{}, err
	}
	if err := checkNulls(text); err != nil {
		return Policy{}, err
	}
	if len(parsed.Rules) == 0 {
		return Policy{}, errors.New("rules must have at least one rule")
	}
	slices.SortStableFunc(parsed.Rules, func(a, b lifecycleRule) int { return cmp.Compare(a.Priority, b.Priority) })
	var policy Policy
	errs := []error{checkLifecycleRules(parsed.Rules)}
	for _, rule := range parsed.Rules {
		converted, err := rule.convert()
		if err != nil {
			err = fmt.Errorf("%s: %w", rule.name(), err)
		}
		policy.Rules, errs = append(policy.Rules, converted), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return Policy{}, err
	}
	return policy, policy.check()
}

// checkNulls refuses null in valid JSON, which would otherwise be read as the
// zero value: for a prefix, one that every tag has.
func checkNulls(text []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token.Kind() == jsontext.Null.Kind() {
			return fmt.Errorf("%s is null: leave it out or give it a value", decoder.StackPointer())
		}
	}
}

// checkLifecycleRules checks sorted rules against each other.
func checkLifecycleRules(rules []lifecycleRule) error {
	selections := map[string]bool{}
	for i, rule := range rules {
		if rule.Priority < 1 {
			return fmt.Errorf("rulePriority is %d, must be at least 1", rule.Priority)
		}
		if i > 0 && rules[i-1].Priority == rule.Priority {
			return fmt.Errorf("rulePriority %d is used twice", rule.Priority)
		}
		if rule.Selection.TagStatus == TagStatusAny && i < len(rules)-1 {
			return fmt.Errorf("%s: a rule for any images must have the highest rulePriority", rule.name())
		}
		selection := fmt.Sprint(rule.Selection.TagStatus, slices.Sorted(slices.Values(rule.patterns())))
		if selections[selection] {
			return fmt.Errorf("%s: an earlier rule selects the same images", rule.name())
		}
		selections[selection] = true
	}
	return nil
}

func (r lifecycleRule) convert() (Rule, error) {
	s := r.Selection
	rule := Rule{Name: r.name(), TagStatus: s.TagStatus, TagPatterns: r.patterns()}
	switch {
	case r.Action.Type != "expire":
		return rule, fmt.Errorf("action.type is %q, must be expire", r.Action.Type)
	case s.TagStatus == TagStatusTagged && (len(s.TagPatterns) > 0) == (len(s.TagPrefixes) > 0):
		return rule, errors.New("tagged images need either tagPatternList or tagPrefixList")
	case s.CountNumber < 1:
		return rule, fmt.Errorf("countNumber is %d, must be at least 1", s.CountNumber)
	}
	for _, pattern := range s.TagPatterns {
		if strings.Count(pattern, "*") > maxWildcards {
			return rule, fmt.Errorf("tagPatternList: %q has more than %d wildcards", pattern, maxWildcards)
		}
	}
	for i, prefix := range s.TagPrefixes {
		if prefix == "" {
			return rule, fmt.Errorf("tagPrefixList[%d] is empty: it would select every tagged image", i)
		}
		if strings.Contains(prefix, "*") {
			return rule, fmt.Errorf("tagPrefixList: %q has a wildcard, use tagPatternList", prefix)
		}
	}
	return r.count(rule)
}

// count sets when the images of a rule expire.
func (r lifecycleRule) count(rule Rule) (Rule, error) {
	s := r.Selection
	switch {
	case s.CountType == "imageCountMoreThan" && s.CountUnit == "":
		rule.KeepNewest = s.CountNumber
	case s.CountType == "imageCountMoreThan":
		return rule, errors.New("countUnit must be absent for imageCountMoreThan")
	case s.CountType == "sinceImagePushed" && s.CountUnit == "days":
		rule.OlderThan = time.Duration(min(s.CountNumber, maxDays)) * 24 * time.Hour
	case s.CountType == "sinceImagePushed":
		return rule, fmt.Errorf("countUnit is %q, must be days", s.CountUnit)
	default:
		return rule, fmt.Errorf("countType is %q, must be imageCountMoreThan or sinceImagePushed", s.CountType)
	}
	return rule, nil
}

func (r lifecycleRule) patterns() []string {
	patterns := slices.Clone(r.Selection.TagPatterns)
	for _, prefix := range r.Selection.TagPrefixes {
		patterns = append(patterns, prefix+"*")
	}
	return patterns
}

func (r lifecycleRule) name() string {
	name := fmt.Sprintf("priority %d", r.Priority)
	if r.Description != "" {
		name += " (" + r.Description + ")"
	}
	return name
}
