package probes

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// inOrder ranges over a map by its keys, so that probes have an order.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func catalog(a *area) {
	a.name = "catalog"
	// in is a probe in a repository of its own.
	in := func(name, fact string, does func(ctx context.Context, t *T, repository string)) {
		repository := fmt.Sprint("catalog-", len(a.list))
		a.add(name, fact, func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, repository); ok {
				does(ctx, t, repository)
			}
		})
	}
	in("empty before any put", "", func(ctx context.Context, t *T, repository string) {
		got, err := t.getCatalog(ctx, repository)
		t.equal(err, "catalogData", &types.RepositoryCatalogData{}, got)
	})
	in("free text comes back", "", func(ctx context.Context, t *T, repository string) {
		want := &types.RepositoryCatalogDataInput{Description: aws.String("what it is"), Architectures: []string{"ARM", "Linux", "my own"}, OperatingSystems: []string{"Windows"}, AboutText: aws.String(strings.Repeat("é", 25600)), UsageText: aws.String("# usage")}
		_, err := t.putCatalog(ctx, repository, want)
		if t.ok(err) {
			got, err := t.getCatalog(ctx, repository)
			t.holds(err, "the same texts and lists", func() bool {
				return reflect.DeepEqual(got.Architectures, want.Architectures) && reflect.DeepEqual(got.OperatingSystems, want.OperatingSystems) &&
					aws.ToString(got.AboutText) == *want.AboutText && aws.ToString(got.UsageText) == *want.UsageText
			})
		}
	})
	in("a logo has a new address with every put", "", func(ctx context.Context, t *T, repository string) {
		logo := &types.RepositoryCatalogDataInput{LogoImageBlob: picture()}
		first, err := t.putCatalog(ctx, repository, logo)
		if t.ok(err) {
			second, err := t.putCatalog(ctx, repository, logo)
			t.holds(err, "two addresses of PNGs", func() bool {
				return matches(`https://\S+\.png`, first.LogoUrl) && matches(`https://\S+\.png`, second.LogoUrl) && *first.LogoUrl != *second.LogoUrl
			})
		}
	})
	in("a put of some members replaces the others", "catalog/replace", func(ctx context.Context, t *T, repository string) {
		_, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String("x"), AboutText: aws.String("about")})
		if t.ok(err) {
			_, err = t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String("y")})
			t.ok(err)
			got, err := t.getCatalog(ctx, repository)
			t.holds(err, "aboutText is gone", func() bool { return aws.ToString(got.Description) == "y" && got.AboutText == nil })
		}
	})
	in("a put without a logo keeps it", "catalog/logo-kept", func(ctx context.Context, t *T, repository string) {
		put, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{LogoImageBlob: picture()})
		if t.ok(err) {
			_, err = t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String("y")})
			t.ok(err)
			got, err := t.getCatalog(ctx, repository)
			t.holds(err, "the same logoUrl", func() bool { return got.LogoUrl != nil && *got.LogoUrl == aws.ToString(put.LogoUrl) })
		}
	})
	in("empty texts and lists are absent", "catalog/empty-is-absent", func(ctx context.Context, t *T, repository string) {
		_, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String(""), Architectures: []string{}})
		if t.ok(err) {
			got, err := t.getCatalog(ctx, repository)
			t.holds(err, "no description, no architectures", func() bool { return got.Description == nil && got.Architectures == nil })
		}
	})
	in("a logo that is no picture", "catalog/no-picture", func(ctx context.Context, t *T, repository string) {
		_, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{LogoImageBlob: []byte("no picture")})
		t.ok(err)
	})
	for member, data := range inOrder(map[string]*types.RepositoryCatalogDataInput{
		"description":   {Description: aws.String(strings.Repeat("x", 1025))},
		"aboutText":     {AboutText: aws.String(strings.Repeat("x", 25601))},
		"architectures": {Architectures: []string{""}},
		"logoImageBlob": {LogoImageBlob: make([]byte, 512001)},
	}) {
		a.add("too long or empty: "+member, "texts/length", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.putCatalog(ctx, "app", data)
				t.fails(err, "InvalidParameterException", member)
			}
		})
	}
}

// picture is a PNG of 64 by 64 transparent points.
func picture() []byte {
	const text = "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAAAJ0lEQVR42u3BAQ0AAADCoPdPbQ43oAAAAAAAAAAAAAAAAAAAAIB3A0BAAAGveg7oAAAAAElFTkSuQmCC"
	picture, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil // a test looks at it
	}
	return picture
}

func (t *T) getCatalog(ctx context.Context, repository string) (*types.RepositoryCatalogData, error) {
	out, err := t.API.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: aws.String(t.name(repository))})
	if err != nil {
		return nil, err
	}
	return cmp.Or(out.CatalogData, &types.RepositoryCatalogData{}), nil
}

func (t *T) putCatalog(ctx context.Context, repository string, data *types.RepositoryCatalogDataInput) (*types.RepositoryCatalogData, error) {
	out, err := t.API.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: aws.String(t.name(repository)), CatalogData: data})
	if err != nil {
		return nil, err
	}
	return cmp.Or(out.CatalogData, &types.RepositoryCatalogData{}), nil
}

const policyText = `{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow","Principal":"*","Action":["ecr-public:PutImage","ecr-public:InitiateLayerUpload"]}]}`

func policies(a *area) {
	a.name = "policies"
	a.add("none at first", "texts/policy-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "no-policy"); ok {
			_, err := t.getPolicy(ctx, "no-policy")
			t.fails(err, "RepositoryPolicyNotFoundException", "Repository policy does not exist for the repository with name '"+t.name("no-policy")+"'")
		}
	})
	a.add("the response has another layout", "", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy"); ok {
			set, err := t.setPolicy(ctx, "policy", policyText)
			t.holds(err, `"Statement" : [ {`, func() bool {
				return aws.ToString(set.PolicyText) != policyText && strings.Contains(aws.ToString(set.PolicyText), `"Statement" : [ {`)
			})
			got, err := t.getPolicy(ctx, "policy")
			t.holds(err, "get and set return the same set of statements", func() bool {
				return equalPolicies(aws.ToString(got.PolicyText), policyText) && aws.ToString(got.RepositoryName) == t.name("policy")
			})
		}
	})
	a.add("a list of one is a text", "policies/list-of-one", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "policy-one"); ok {
			set, err := t.setPolicy(ctx, "policy-one", strings.Replace(policyText, `,"ecr-public:InitiateLayerUpload"`, "", 1))
			t.holds(err, `"Action" : "ecr-public:PutImage"`, func() bool { return strings.Contains(aws.ToString(set.PolicyText), `"Action" : "ecr-public:PutImage"`) })
		}
	})
	a.add("an account is the ARN of its root", "policies/root-arn", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "policy-root"); ok {
			set, err := t.setPolicy(ctx, "policy-root", strings.Replace(policyText, `"*"`, `{"AWS":"`+aws.ToString(r.RegistryId)+`"}`, 1))
			t.holds(err, "arn:aws:iam::ACCOUNT:root", func() bool {
				return strings.Contains(aws.ToString(set.PolicyText), "arn:aws:iam::"+aws.ToString(r.RegistryId)+":root")
			})
		}
	})
	for name, bad := range inOrder(map[string]string{
		"no JSON": "{", "no text": "", "unknown grammar": `{"Version":"2012-10-17","Rule":[]}`,
		"another version":             strings.Replace(policyText, "2012-10-17", "2020-01-01", 1),
		"an action on the registry":   strings.Replace(policyText, "ecr-public:PutImage", "ecr-public:GetAuthorizationToken", 1),
		"10,241 characters of policy": policyText + strings.Repeat(" ", 10241-len(policyText)),
	}) {
		fact := map[bool]string{true: "policies/empty", false: "texts/policy-invalid"}[bad == ""]
		if strings.Contains(bad, "GetAuthorizationToken") {
			fact = "policies/registry-action"
		}
		a.add("refused: "+name, fact, func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.setPolicy(ctx, "app", bad)
				t.fails(err, "InvalidParameterException", "Invalid parameter at '")
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

func labels(a *area) {
	a.name = "tags"
	// in is a probe that tags a repository of its own.
	in := func(name, fact string, does func(ctx context.Context, t *T, arn *string)) {
		repository := fmt.Sprint("tags-", len(a.list))
		a.add(name, fact, func(ctx context.Context, t *T) {
			if r, ok := t.repository(ctx, repository); ok {
				does(ctx, t, r.RepositoryArn)
			}
		})
	}
	in("a key overwrites its value and keeps the others", "", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a", "stage", ""))
		t.ok(t.tag(ctx, arn, "team", "b"))
		t.tagged(ctx, arn, map[string]string{"team": "b", "stage": ""})
	})
	in("absent keys are ignored", "tags/absent-key", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a"))
		_, err := t.API.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"absent"}})
		t.ok(err)
		t.tagged(ctx, arn, map[string]string{"team": "a"})
	})
	in("50 tags and no more", "", func(ctx context.Context, t *T, arn *string) {
		var many []string
		for i := range 50 {
			many = append(many, fmt.Sprint("key", i), "")
		}
		if t.ok(t.tag(ctx, arn, many...)) {
			t.fails(t.tag(ctx, arn, "one", "more"), "TooManyTagsException", "")
		}
	})
	for name, c := range inOrder(map[string]struct {
		fact, code string
		tags       []string
	}{
		"refused: a reserved key":   {"tags/reserved", "InvalidTagParameterException", []string{"aws:x", ""}},
		"refused: a reserved value": {"tags/reserved", "InvalidTagParameterException", []string{"x", "aws:x"}},
		"refused: a key twice":      {"tags/key-twice", "InvalidTagParameterException", []string{"x", "", "x", ""}},
		"refused: an empty key":     {"", "InvalidParameterException", []string{"", ""}},
	}) {
		in(name, c.fact, func(ctx context.Context, t *T, arn *string) { t.fails(t.tag(ctx, arn, c.tags...), c.code, "") })
	}
	in("an unknown repository", "arn/unknown", func(ctx context.Context, t *T, arn *string) {
		t.fails(t.tag(ctx, aws.String(aws.ToString(arn)+"-none"), "x", ""), "RepositoryNotFoundException", "")
	})
	in("an ARN of private ECR", "texts/arn", func(ctx context.Context, t *T, arn *string) {
		private := strings.Replace(aws.ToString(arn), ":ecr-public::", ":ecr:us-east-1:", 1)
		t.fails(t.tag(ctx, &private, "x", ""), "InvalidParameterException", "ARN")
	})
}

func (t *T) tag(ctx context.Context, arn *string, keysAndValues ...string) error {
	var list []types.Tag
	for i := 0; i < len(keysAndValues); i += 2 {
		list = append(list, types.Tag{Key: &keysAndValues[i], Value: &keysAndValues[i+1]})
	}
	_, err := t.API.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: arn, Tags: list})
	return err
}

func (t *T) tagged(ctx context.Context, arn *string, want map[string]string) {
	listed, err := t.API.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: arn})
	got := map[string]string{}
	if err == nil {
		for _, tag := range listed.Tags {
			got[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	t.equal(err, "tags", want, got)
}
