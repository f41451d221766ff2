package probes

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

const policyText = `{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow","Principal":"*","Action":["ecr-public:PutImage","ecr-public:InitiateLayerUpload"]}]}`

func policies(a *area) {
	a.name = "policies"
	a.add("a new repository has no policy", "texts/policy-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "no-policy"); ok {
			_, err := t.getPolicy(ctx, "no-policy")
			t.fails(err, "RepositoryPolicyNotFoundException", "Repository policy does not exist for the repository with name '"+t.name("no-policy")+"'")
		}
	})
	a.add("a policy is returned in another layout", "", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy"); ok {
			set, err := t.setPolicy(ctx, "policy", policyText)
			t.holds(err, `"Statement" : [ {`, func() bool {
				return aws.ToString(set.PolicyText) != policyText && strings.Contains(aws.ToString(set.PolicyText), `"Statement" : [ {`)
			})
			got, err := t.getPolicy(ctx, "policy")
			t.holds(err, "the same statements from get and set", func() bool {
				return equalPolicies(aws.ToString(got.PolicyText), policyText) && aws.ToString(got.RepositoryName) == t.name("policy")
			})
		}
	})
	a.add("the same policy twice", "repeat/puts", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy-twice"); ok {
			first, err := t.setPolicy(ctx, "policy-twice", policyText)
			if t.ok(err) {
				again, err := t.setPolicy(ctx, "policy-twice", policyText)
				t.holds(err, "the same statements", func() bool { return equalPolicies(aws.ToString(first.PolicyText), aws.ToString(again.PolicyText)) })
			}
		}
	})
	a.add("a list of one is returned as a string", "policies/list-of-one", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy-one"); ok {
			set, err := t.setPolicy(ctx, "policy-one", strings.Replace(policyText, `,"ecr-public:InitiateLayerUpload"`, "", 1))
			t.holds(err, `"Action" : "ecr-public:PutImage"`, func() bool { return strings.Contains(aws.ToString(set.PolicyText), `"Action" : "ecr-public:PutImage"`) })
		}
	})
	a.add("an account is returned as the ARN of its root", "policies/root-arn", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "policy-root"); ok {
			set, err := t.setPolicy(ctx, "policy-root", strings.Replace(policyText, `"*"`, `{"AWS":"`+aws.ToString(r.RegistryId)+`"}`, 1))
			t.holds(err, "arn:aws:iam::ACCOUNT:root", func() bool {
				return strings.Contains(aws.ToString(set.PolicyText), "arn:aws:iam::"+aws.ToString(r.RegistryId)+":root")
			})
		}
	})
	for name, bad := range inOrder(map[string]string{
		"not JSON": "{", "an empty policy": "", "unknown grammar": `{"Version":"2012-10-17","Rule":[]}`,
		"another version":           strings.Replace(policyText, "2012-10-17", "2020-01-01", 1),
		"an action of the registry": strings.Replace(policyText, "ecr-public:PutImage", "ecr-public:GetAuthorizationToken", 1),
		"10,241 characters":         policyText + strings.Repeat(" ", 10241-len(policyText)),
	}) {
		fact, text := "texts/policy-invalid", "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"
		switch {
		case bad == "":
			fact = "policies/empty"
		case strings.Contains(bad, "GetAuthorizationToken"):
			fact = "policies/registry-action"
		case len(bad) > 10240:
			fact, text = "texts/length", "policyText"
		}
		a.add("refused: "+name, fact, func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.setPolicy(ctx, "app", bad)
				t.fails(err, "InvalidParameterException", text)
			}
		})
	}
	a.add("a deletion returns the policy", "", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy-deleted"); ok {
			_, err := t.setPolicy(ctx, "policy-deleted", policyText)
			if !t.ok(err) {
				return
			}
			in := &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: aws.String(t.name("policy-deleted"))}
			deleted, err := t.API.DeleteRepositoryPolicy(ctx, in)
			t.holds(err, "the deleted text", func() bool { return equalPolicies(aws.ToString(deleted.PolicyText), policyText) })
			_, err = t.API.DeleteRepositoryPolicy(ctx, in)
			t.fails(err, "RepositoryPolicyNotFoundException", "")
		}
	})
}

func (t *T) setPolicy(ctx context.Context, repository, text string) (*ecrpublic.SetRepositoryPolicyOutput, error) {
	return t.API.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: aws.String(t.name(repository)), PolicyText: &text})
}

func (t *T) getPolicy(ctx context.Context, repository string) (*ecrpublic.GetRepositoryPolicyOutput, error) {
	return t.API.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: aws.String(t.name(repository))})
}

// equalPolicies compares policies whose lists are sets.
func equalPolicies(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(sortedLists(x), sortedLists(y))
}

func sortedLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = sortedLists(v[k])
		}
	case []any:
		for i := range v {
			v[i] = sortedLists(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return v
}
