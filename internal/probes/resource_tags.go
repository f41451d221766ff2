package probes

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

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
	in("a new repository has no tags", "", func(ctx context.Context, t *T, arn *string) { t.tagged(ctx, arn, map[string]string{}) })
	in("a tag overwrites the value of its key only", "", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a", "stage", ""))
		t.ok(t.tag(ctx, arn, "team", "b"))
		t.tagged(ctx, arn, map[string]string{"team": "b", "stage": ""})
	})
	in("removing an absent key succeeds", "tags/absent-key", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a"))
		_, err := t.API.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"absent"}})
		t.ok(err)
		t.tagged(ctx, arn, map[string]string{"team": "a"})
	})
	in("the same tag set twice and removed twice", "repeat/puts", func(ctx context.Context, t *T, arn *string) {
		for range 2 {
			t.ok(t.tag(ctx, arn, "team", "a"))
		}
		t.tagged(ctx, arn, map[string]string{"team": "a"})
		for range 2 {
			_, err := t.API.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"team"}})
			t.ok(err)
		}
		t.tagged(ctx, arn, map[string]string{})
	})
	in("only the named key is removed", "", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a", "stage", ""))
		_, err := t.API.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"team"}})
		t.ok(err)
		t.tagged(ctx, arn, map[string]string{"stage": ""})
	})
	in("too many tags set none of them", "", func(ctx context.Context, t *T, arn *string) {
		t.ok(t.tag(ctx, arn, "team", "a"))
		many := []string{"team", "b"}
		for i := range 50 {
			many = append(many, fmt.Sprint("key", i), "")
		}
		t.fails(t.tag(ctx, arn, many...), "TooManyTagsException", "")
		t.tagged(ctx, arn, map[string]string{"team": "a"})
	})
	in("a repository has at most 50 tags", "", func(ctx context.Context, t *T, arn *string) {
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
		"refused: a duplicate key":  {"tags/key-twice", "InvalidTagParameterException", []string{"x", "", "x", ""}},
		"refused: an empty key":     {"", "InvalidParameterException", []string{"", ""}},
		"refused: a long key":       {"", "InvalidParameterException", []string{strings.Repeat("k", 129), ""}},
	}) {
		in(name, c.fact, func(ctx context.Context, t *T, arn *string) { t.fails(t.tag(ctx, arn, c.tags...), c.code, "") })
	}
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
