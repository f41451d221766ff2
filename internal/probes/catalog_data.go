package probes

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

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
	in("a new repository has empty catalog data", "", func(ctx context.Context, t *T, repository string) {
		got, err := t.getCatalog(ctx, repository)
		t.equal(err, "catalogData", &types.RepositoryCatalogData{}, got)
	})
	in("free text is returned unchanged", "", func(ctx context.Context, t *T, repository string) {
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
	in("each put gives the logo a new address", "", func(ctx context.Context, t *T, repository string) {
		logo := &types.RepositoryCatalogDataInput{LogoImageBlob: picture()}
		first, err := t.putCatalog(ctx, repository, logo)
		if t.ok(err) {
			second, err := t.putCatalog(ctx, repository, logo)
			t.holds(err, "two different addresses of PNG files", func() bool {
				return matches(`https://\S+\.png`, first.LogoUrl) && matches(`https://\S+\.png`, second.LogoUrl) && *first.LogoUrl != *second.LogoUrl
			})
		}
	})
	in("a put removes the members that it does not have", "catalog/replace", func(ctx context.Context, t *T, repository string) {
		_, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String("x"), AboutText: aws.String("about")})
		if t.ok(err) {
			_, err = t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{Description: aws.String("y")})
			t.ok(err)
			got, err := t.getCatalog(ctx, repository)
			t.holds(err, "the new description and no aboutText", func() bool { return aws.ToString(got.Description) == "y" && got.AboutText == nil })
		}
	})
	in("a put without a logo keeps the logo", "catalog/logo-kept", func(ctx context.Context, t *T, repository string) {
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
	in("the same data twice", "repeat/puts", func(ctx context.Context, t *T, repository string) {
		data := &types.RepositoryCatalogDataInput{Description: aws.String("the same")}
		first, err := t.putCatalog(ctx, repository, data)
		if t.ok(err) {
			again, err := t.putCatalog(ctx, repository, data)
			t.holds(err, "the same data", func() bool { return reflect.DeepEqual(first, again) })
		}
	})
	in("a logo that is not an image is accepted", "catalog/no-picture", func(ctx context.Context, t *T, repository string) {
		_, err := t.putCatalog(ctx, repository, &types.RepositoryCatalogDataInput{LogoImageBlob: []byte("no picture")})
		t.ok(err)
	})
	for member, data := range inOrder(map[string]*types.RepositoryCatalogDataInput{
		"description":      {Description: aws.String(strings.Repeat("x", 1025))},
		"aboutText":        {AboutText: aws.String(strings.Repeat("x", 25601))},
		"architectures":    {Architectures: []string{""}},
		"operatingSystems": {OperatingSystems: slices.Repeat([]string{"Linux"}, 51)},
		"logoImageBlob":    {LogoImageBlob: make([]byte, 512001)},
	}) {
		a.add("invalid "+member, "texts/length", func(ctx context.Context, t *T) {
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
