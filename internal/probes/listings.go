package probes

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func pagination(a *area) {
	a.name = "pagination"
	const total = 5
	// filled has five tags of one image.
	filled := func(ctx context.Context, t *T) bool {
		for i := range total {
			if _, ok := t.image(ctx, "pages", "one", fmt.Sprint("v", i)); !ok {
				return false
			}
		}
		return true
	}
	a.add("each tag is on exactly one page", "", func(ctx context.Context, t *T) {
		if !filled(ctx, t) {
			return
		}
		got := map[string]int{}
		in := &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("pages")), MaxResults: aws.Int32(2)}
		for range 2 * total {
			page, err := t.API.DescribeImageTags(ctx, in)
			if !t.ok(err) {
				return
			}
			for _, tag := range page.ImageTagDetails {
				got[aws.ToString(tag.ImageTag)]++
			}
			if in.NextToken = page.NextToken; in.NextToken == nil {
				break
			}
		}
		t.equal(nil, "tags", map[string]int{"v0": 1, "v1": 1, "v2": 1, "v3": 1, "v4": 1}, got)
	})
	a.add("a page is as long as maxResults allows", "paging/short-pages", func(ctx context.Context, t *T) {
		if filled(ctx, t) {
			page, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("pages")), MaxResults: aws.Int32(3)})
			t.holds(err, "three tags and a token", func() bool { return len(page.ImageTagDetails) == 3 && page.NextToken != nil })
		}
	})
	a.add("a full last page has no token", "paging/last-full", func(ctx context.Context, t *T) {
		if filled(ctx, t) {
			page, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("pages")), MaxResults: aws.Int32(total)})
			t.holds(err, "all tags and no token", func() bool { return len(page.ImageTagDetails) == total && page.NextToken == nil })
		}
	})
	a.add("a token of another operation", "paging/bad-token", func(ctx context.Context, t *T) {
		if filled(ctx, t) {
			page, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("pages")), MaxResults: aws.Int32(2)})
			if t.ok(err) && page.NextToken != nil {
				_, err = t.API.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(t.name("pages")), NextToken: page.NextToken})
				t.fails(err, "InvalidParameterException", "")
			}
		}
	})
	a.add("an invalid token", "paging/bad-token", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("app")), NextToken: aws.String("token")})
			t.fails(err, "InvalidParameterException", "")
		}
	})
	for text, n := range inOrder(map[string]int32{"greater than or equal to 1": 0, "less than or equal to 1000": 1001}) {
		a.add(fmt.Sprint("maxResults ", n), "texts/max-results", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.API.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(t.name("app")), MaxResults: &n})
				t.fails(err, "InvalidParameterException", "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value "+text+"'")
			}
		})
	}
	a.add("imageIds together with maxResults", "paging/names-and-size", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.API.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(t.name("app")), MaxResults: aws.Int32(1), ImageIds: []types.ImageIdentifier{byTag("x")}})
			t.fails(err, "InvalidParameterException", "")
		}
	})
}

func tokens(a *area) {
	a.name = "tokens"
	a.add("a login is AWS and a password without a colon", "", func(ctx context.Context, t *T) {
		if token, ok := t.login(ctx); ok {
			t.holds(nil, "AWS:PASSWORD", func() bool { return matches(`AWS:[^:\s]+`, decode(token.AuthorizationToken)) })
		}
	})
	a.add("a login is valid for twelve hours", "", func(ctx context.Context, t *T) {
		if token, ok := t.login(ctx); ok {
			now := time.Now
			if t.Now != nil {
				now = t.Now
			}
			life := aws.ToTime(token.ExpiresAt).Sub(now())
			t.holds(nil, fmt.Sprintf("expiresAt in 12 hours, not in %v", life.Round(time.Minute)), func() bool {
				return life > 11*time.Hour+30*time.Minute && life < 12*time.Hour+30*time.Minute
			})
		}
	})
	a.add("each call returns a new login", "", func(ctx context.Context, t *T) {
		if first, ok := t.login(ctx); ok {
			second, err := t.API.GetAuthorizationToken(ctx, nil)
			t.holds(err, "a new token", func() bool {
				return aws.ToString(second.AuthorizationData.AuthorizationToken) != aws.ToString(first.AuthorizationToken)
			})
		}
	})
}

// login gets a token once.
func (t *T) login(ctx context.Context) (*types.AuthorizationData, bool) {
	value, ok := t.fixture("a login", func() (any, error) {
		out, err := t.API.GetAuthorizationToken(ctx, nil)
		if err != nil {
			return nil, err
		}
		return out.AuthorizationData, nil
	})
	token, _ := value.(*types.AuthorizationData)
	return token, ok && token != nil
}

func decode(token *string) *string {
	text, _ := base64.StdEncoding.DecodeString(aws.ToString(token)) // what is no base64 is no login either
	return aws.String(string(text))
}

// registry changes what belongs to the whole account.
func registry(a *area) {
	a.name = "registry"
	get := func(ctx context.Context, t *T) (string, bool) {
		out, err := t.API.GetRegistryCatalogData(ctx, nil)
		if !t.ok(err) {
			return "", false
		}
		if out.RegistryCatalogData == nil {
			t.differs("registryCatalogData is missing")
			return "", false
		}
		return aws.ToString(out.RegistryCatalogData.DisplayName), true
	}
	put := func(ctx context.Context, t *T, name string) error {
		out, err := t.API.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: &name})
		if err == nil && (out.RegistryCatalogData == nil || aws.ToString(out.RegistryCatalogData.DisplayName) != name) {
			t.differs("the response does not have the display name %q", name)
		}
		return err
	}
	a.add("the display name is set, read and restored", "registries/display-name", func(ctx context.Context, t *T) {
		before, ok := get(ctx, t)
		if !ok {
			return
		}
		if t.ok(put(ctx, t, "Parity")) {
			after, _ := get(ctx, t)
			t.equal(nil, "displayName", "Parity", after)
		}
		t.ok(put(ctx, t, before))
	})
	a.add("a display name of 101 characters", "texts/length", func(ctx context.Context, t *T) {
		t.fails(put(ctx, t, strings.Repeat("x", 101)), "InvalidParameterException", "displayName")
	})
	a.add("the registry cannot be tagged", "arn/registry", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "app"); ok {
			account := aws.ToString(r.RegistryId)
			t.fails(t.tag(ctx, aws.String("arn:aws:ecr-public::"+account+":registry/"+account), "x", ""), "InvalidParameterException", "")
		}
	})
	for i := range a.list {
		a.list[i].Registry = true
	}
}
