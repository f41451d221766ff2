package probes

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func identifiers(a *area) {
	a.name = "identifiers"
	created := func(name string, check func(*T, *types.Repository)) {
		a.add(name, "", func(ctx context.Context, t *T) {
			if r, ok := t.repository(ctx, "app"); ok {
				check(t, r)
			}
		})
	}
	created("a registry ID has twelve digits", func(t *T, r *types.Repository) {
		t.holds(nil, "twelve digits", func() bool { return matches(`[0-9]{12}`, r.RegistryId) })
	})
	created("a repository's ARN has no region", func(t *T, r *types.Repository) {
		t.equal(nil, "repositoryArn", "arn:aws:ecr-public::"+aws.ToString(r.RegistryId)+":repository/"+t.name("app"), aws.ToString(r.RepositoryArn))
	})
	created("a repository's URI has the alias and not the account", func(t *T, r *types.Repository) {
		t.holds(nil, "public.ecr.aws/ALIAS/NAME", func() bool {
			return matches(`public\.ecr\.aws/[a-z][a-z0-9._-]+/`+t.name("app"), r.RepositoryUri)
		})
	})
	created("createdAt has milliseconds", func(t *T, r *types.Repository) {
		t.holds(nil, "createdAt with milliseconds and no smaller unit", func() bool { return r.CreatedAt != nil && r.CreatedAt.Nanosecond()%1e6 == 0 })
	})
	created("createdAt is the time of creation", func(t *T, r *types.Repository) {
		now := time.Now
		if t.Now != nil {
			now = t.Now
		}
		age := now().Sub(aws.ToTime(r.CreatedAt))
		t.holds(nil, fmt.Sprintf("createdAt to be now, not %v ago", age.Round(time.Minute)), func() bool { return age.Abs() < 30*time.Minute })
	})
	a.add("an account has one registry", "registries/one", func(ctx context.Context, t *T) {
		if r, ok := t.registry(ctx); ok {
			t.equal(nil, "registryArn", "arn:aws:ecr-public::"+aws.ToString(r.RegistryId)+":registry/"+aws.ToString(r.RegistryId), aws.ToString(r.RegistryArn))
		}
	})
	a.add("one alias is primary and appears in the URI", "", func(ctx context.Context, t *T) {
		r, ok := t.registry(ctx)
		if !ok {
			return
		}
		primary := 0
		for _, alias := range r.Aliases {
			if alias.PrimaryRegistryAlias {
				primary++
				t.equal(nil, "registryUri", "public.ecr.aws/"+aws.ToString(alias.Name), aws.ToString(r.RegistryUri))
				t.equal(nil, "status", types.RegistryAliasStatusActive, alias.Status)
			}
		}
		t.equal(nil, "primary aliases", 1, primary)
	})
	a.add("one alias is the default", "", func(ctx context.Context, t *T) {
		if r, ok := t.registry(ctx); ok {
			defaults := 0
			for _, alias := range r.Aliases {
				if alias.DefaultRegistryAlias {
					defaults++
				}
			}
			t.equal(nil, "default aliases", 1, defaults)
		}
	})
	a.add("the default alias is a letter and a digit, four times", "alias/default-form", func(ctx context.Context, t *T) {
		r, ok := t.registry(ctx)
		if !ok {
			return
		}
		for _, alias := range r.Aliases {
			if alias.DefaultRegistryAlias {
				t.holds(nil, "an alias of the form ([a-z][0-9]){4}", func() bool { return matches(`([a-z][0-9]){4}`, alias.Name) })
			}
		}
	})
}

// registry describes the account's registry, which has one once it has a repository.
func (t *T) registry(ctx context.Context) (*types.Registry, bool) {
	if _, ok := t.repository(ctx, "app"); !ok {
		return nil, false
	}
	value, ok := t.fixture("the registry", func() (any, error) {
		out, err := t.API.DescribeRegistries(ctx, &ecrpublic.DescribeRegistriesInput{MaxResults: aws.Int32(10)})
		if err != nil {
			return nil, err
		}
		return out.Registries, nil
	})
	registries, _ := value.([]types.Registry)
	if ok && len(registries) != 1 {
		t.differs("expected one registry, got %d", len(registries))
		return nil, false
	}
	if !ok {
		return nil, false
	}
	return &registries[0], true
}

func names(a *area) {
	a.name = "names"
	a.add("a name that is taken", "texts/repository-exists", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "app"); ok {
			_, err := t.create(ctx, t.name("app"))
			t.fails(err, "RepositoryAlreadyExistsException",
				"The repository with name '"+t.name("app")+"' already exists in the registry with id '"+aws.ToString(r.RegistryId)+"'")
		}
	})
	for name, suffix := range inOrder(map[string]string{
		"an upper-case name": "/App", "a name with two separators": "/a--b", "a name that ends with a slash": "/", "a name with an umlaut": "/ä",
		"a name with a space": "/a b", "a name with two slashes": "//a", "a name with a part that begins with a separator": "/-a",
	}) {
		a.add(name, "texts/pattern", func(ctx context.Context, t *T) {
			_, err := t.create(ctx, t.Prefix+suffix)
			t.fails(err, "InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '")
		})
	}
	a.add("a name of 206 characters", "texts/length", func(ctx context.Context, t *T) {
		_, err := t.create(ctx, t.Prefix+"/"+strings.Repeat("a", 205-len(t.Prefix)))
		t.fails(err, "InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length less than or equal to 205'")
	})
	a.add("a name of 205 characters", "", func(ctx context.Context, t *T) {
		_, err := t.create(ctx, t.Prefix+"/"+strings.Repeat("a", 204-len(t.Prefix)))
		t.ok(err)
	})
	a.add("repositories are described by name", "", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "app"); ok {
			found, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("app")}, RegistryId: r.RegistryId})
			t.holds(err, "the same URI", func() bool {
				return len(found.Repositories) == 1 && aws.ToString(found.Repositories[0].RepositoryUri) == aws.ToString(r.RepositoryUri)
			})
		}
	})
	a.add("one unknown name fails the whole call", "texts/repository-missing", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "app"); ok {
			_, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("app"), t.name("none")}})
			t.fails(err, "RepositoryNotFoundException",
				"The repository with name '"+t.name("none")+"' does not exist in the registry with id '"+aws.ToString(r.RegistryId)+"'")
		}
	})
	a.add("names together with maxResults", "paging/names-and-size", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("app")}, MaxResults: aws.Int32(1)})
			t.fails(err, "InvalidParameterException", "")
		}
	})
	a.add("a registry ID of five digits", "texts/registry-id", func(ctx context.Context, t *T) {
		_, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("app")}, RegistryId: aws.String("12345")})
		t.fails(err, "InvalidParameterException", "Member must satisfy regular expression pattern: [0-9]{12}")
	})
	a.add("the catalog data of a new repository", "", func(ctx context.Context, t *T) {
		created, err := t.create(ctx, t.name("fresh"))
		t.holds(err, "empty catalogData", func() bool {
			return created.CatalogData != nil && created.CatalogData.Description == nil && created.CatalogData.LogoUrl == nil
		})
	})
	creations(a)
	repositoryDeletions(a)
}

// creations have tags.
func creations(a *area) {
	create := func(ctx context.Context, t *T, repository string, tags ...types.Tag) (*ecrpublic.CreateRepositoryOutput, error) {
		return t.API.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String(t.name(repository)), Tags: tags})
	}
	// tags are distinct and have no value.
	tags := func(n int) []types.Tag {
		var list []types.Tag
		for i := range n {
			list = append(list, types.Tag{Key: aws.String(fmt.Sprint("key", i)), Value: aws.String("")})
		}
		return list
	}
	for name, c := range inOrder(map[string]struct {
		fact, code string
		tags       []types.Tag
	}{
		"a reserved tag prevents creation":      {"tags/reserved", "InvalidTagParameterException", []types.Tag{{Key: aws.String("aws:reserved"), Value: aws.String("")}}},
		"a duplicate tag key prevents creation": {"tags/key-twice", "InvalidTagParameterException", append(tags(1), tags(1)...)},
		"51 tags prevent creation":              {"", "TooManyTagsException", tags(51)},
	}) {
		a.add(name, c.fact, func(ctx context.Context, t *T) {
			_, err := create(ctx, t, "rolled-back", c.tags...)
			t.fails(err, c.code, "")
			_, err = t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("rolled-back")}})
			t.fails(err, "RepositoryNotFoundException", "")
		})
	}
	a.add("a repository is created with 50 tags", "", func(ctx context.Context, t *T) {
		created, err := create(ctx, t, "labelled", tags(50)...)
		if t.ok(err) && t.ok(t.seen(ctx, t.name("labelled"))) {
			listed, err := t.API.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: created.Repository.RepositoryArn})
			t.holds(err, "50 tags", func() bool { return len(listed.Tags) == 50 })
		}
	})
}

// repositoryDeletions delete repositories, or must not.
func repositoryDeletions(a *area) {
	a.add("a repository with images is not deleted", "texts/repository-not-empty", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "full", "one", "v1"); ok {
			_, err := t.API.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String(t.name("full"))})
			t.fails(err, "RepositoryNotEmptyException", "The repository with name '"+t.name("full")+"' in registry with id")
		}
	})
	a.add("force deletes a repository with its images", "", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "forced", "one", "v1"); ok {
			_, err := t.API.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String(t.name("forced")), Force: true})
			t.ok(err)
			_, err = t.describe(ctx, "forced")
			t.fails(err, "RepositoryNotFoundException", "")
		}
	})
	a.add("a deletion returns the repository, which is then unknown", "", func(ctx context.Context, t *T) {
		if r, ok := t.repository(ctx, "short-lived"); ok {
			deleted, err := t.API.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String(t.name("short-lived"))})
			t.holds(err, "the repository as it was", func() bool {
				return deleted.Repository != nil && aws.ToString(deleted.Repository.RepositoryArn) == aws.ToString(r.RepositoryArn)
			})
			_, err = t.API.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String(t.name("short-lived"))})
			t.fails(err, "RepositoryNotFoundException", "")
		}
	})
	a.add("an unknown registry", "registries/unknown", func(ctx context.Context, t *T) {
		_, err := t.API.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(t.name("app")), RegistryId: aws.String("000000000000")})
		t.fails(err, "RepositoryNotFoundException", "")
	})
}

func (t *T) create(ctx context.Context, name string) (*ecrpublic.CreateRepositoryOutput, error) {
	return t.API.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
}

func matches(pattern string, text *string) bool {
	return text != nil && regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(*text)
}
