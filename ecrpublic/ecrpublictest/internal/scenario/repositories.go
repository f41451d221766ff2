package scenario

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (r *run) emptyAccount() {
	registries, err := r.api.DescribeRegistries(r.ctx, nil)
	r.holds("DescribeRegistries is empty before the first repository", err, func() bool { return len(registries.Registries) == 0 })

	repositories, err := r.api.DescribeRepositories(r.ctx, nil)
	r.holds("DescribeRepositories is empty before the first repository", err, func() bool {
		return len(repositories.Repositories) == 0 && repositories.NextToken == nil
	})

	catalog, err := r.api.GetRegistryCatalogData(r.ctx, nil)
	r.holds("GetRegistryCatalogData is there and empty before any put", err, func() bool {
		return catalog.RegistryCatalogData != nil && catalog.RegistryCatalogData.DisplayName == nil
	})
}

func (r *run) repositories() {
	created, err := r.api.CreateRepository(r.ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String(app)})
	r.check("CreateRepository", err)
	if err != nil {
		return
	}
	repository := created.Repository
	r.holds("a registry id has twelve digits", nil, func() bool { return matches(`[0-9]{12}`, repository.RegistryId) })
	r.equal("a repository's ARN has no region", "arn:aws:ecr-public::"+*repository.RegistryId+":repository/"+app, *repository.RepositoryArn, nil)
	r.holds("a repository's URI has the alias and not the account", nil, func() bool {
		return matches(`public\.ecr\.aws/[a-z][a-z0-9._-]+/`+app, repository.RepositoryUri)
	})
	r.holds("createdAt is there, to the millisecond", nil, func() bool {
		return repository.CreatedAt != nil && repository.CreatedAt.Nanosecond()%1e6 == 0
	})
	r.equal("catalogData is empty when none was given", types.RepositoryCatalogData{}, *created.CatalogData, nil)

	_, err = r.api.CreateRepository(r.ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String(app)})
	r.fails("CreateRepository of a name that is taken", "RepositoryAlreadyExistsException",
		"The repository with name '"+app+"' already exists in the registry with id '"+*repository.RegistryId+"'", err)
	r.badNames()
	r.find(repository)

	_, err = r.api.CreateRepository(r.ctx, &ecrpublic.CreateRepositoryInput{
		RepositoryName: aws.String("scenario/rolled-back"),
		Tags:           []types.Tag{{Key: aws.String("aws:reserved"), Value: aws.String("")}},
	})
	r.fails("CreateRepository with a reserved tag", "InvalidTagParameterException", "", err)
	_, err = r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"scenario/rolled-back"}})
	r.fails("CreateRepository creates nothing when the tags are refused", "RepositoryNotFoundException", "", err)
}

func (r *run) badNames() {
	for name, repository := range map[string]string{
		"a short name":                   "a",
		"a long name":                    strings.Repeat("a", 206),
		"an upper-case name":             "Scenario",
		"a name with two separators":     "a--b",
		"a name that ends with a slash":  "scenario/",
		"a name that begins with a dash": "-scenario",
	} {
		_, err := r.api.CreateRepository(r.ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &repository})
		r.fails("CreateRepository with "+name, "InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy constraint:", err)
	}
}

func (r *run) find(repository *types.Repository) {
	found, err := r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{app}, RegistryId: repository.RegistryId})
	r.holds("DescribeRepositories finds by name", err, func() bool {
		return len(found.Repositories) == 1 && *found.Repositories[0].RepositoryUri == *repository.RepositoryUri
	})
	_, err = r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{app, "scenario/none"}})
	r.fails("DescribeRepositories fails whole for one unknown name", "RepositoryNotFoundException",
		"The repository with name 'scenario/none' does not exist in the registry with id '"+*repository.RegistryId+"'", err)
	_, err = r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{}})
	r.fails("DescribeRepositories with an empty list of names", "InvalidParameterException", "greater than or equal to 1", err)
	_, err = r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{app}, MaxResults: aws.Int32(1)})
	r.fails("DescribeRepositories with names and maxResults", "InvalidParameterException", "", err)
	_, err = r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RegistryId: aws.String("12345")})
	r.fails("DescribeRepositories with a registry id that is none", "InvalidParameterException", "[0-9]{12}", err)
}

func (r *run) registry() {
	described, err := r.api.DescribeRegistries(r.ctx, &ecrpublic.DescribeRegistriesInput{MaxResults: aws.Int32(10)})
	r.holds("DescribeRegistries shows the one registry", err, func() bool {
		return len(described.Registries) == 1 && !aws.ToBool(described.Registries[0].Verified)
	})
	if err == nil && len(described.Registries) == 1 {
		r.aliases(described.Registries[0])
	}
	put, err := r.api.PutRegistryCatalogData(r.ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("Scenario")})
	r.holds("PutRegistryCatalogData", err, func() bool { return aws.ToString(put.RegistryCatalogData.DisplayName) == "Scenario" })
	_, err = r.api.PutRegistryCatalogData(r.ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String(strings.Repeat("x", 101))})
	r.fails("PutRegistryCatalogData with 101 characters", "InvalidParameterException", "displayName", err)
	got, err := r.api.GetRegistryCatalogData(r.ctx, nil)
	r.holds("GetRegistryCatalogData", err, func() bool { return aws.ToString(got.RegistryCatalogData.DisplayName) == "Scenario" })
	r.login()
}

func (r *run) aliases(registry types.Registry) {
	r.equal("a registry's ARN", "arn:aws:ecr-public::"+*registry.RegistryId+":registry/"+*registry.RegistryId, *registry.RegistryArn, nil)
	primary := 0
	for _, alias := range registry.Aliases {
		if !alias.PrimaryRegistryAlias {
			continue
		}
		primary++
		r.equal("a registry's URI has the primary alias", "public.ecr.aws/"+*alias.Name, *registry.RegistryUri, nil)
		r.equal("the primary alias is active", types.RegistryAliasStatusActive, alias.Status, nil)
	}
	r.equal("exactly one alias is primary", 1, primary, nil)
}

// login checks tokens as far as the API goes.
func (r *run) login() {
	first, err := r.api.GetAuthorizationToken(r.ctx, nil)
	r.holds("GetAuthorizationToken is base64 of AWS: and a password without a colon", err, func() bool {
		return matches(`AWS:[^:\s]+`, decode(first.AuthorizationData.AuthorizationToken)) && first.AuthorizationData.ExpiresAt != nil
	})
	second, err := r.api.GetAuthorizationToken(r.ctx, nil)
	r.holds("every login is another", err, func() bool {
		return *first.AuthorizationData.AuthorizationToken != *second.AuthorizationData.AuthorizationToken
	})
}

func matches(pattern string, text *string) bool {
	return text != nil && regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(*text)
}
