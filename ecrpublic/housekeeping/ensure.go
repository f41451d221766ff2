package housekeeping

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithytime "github.com/aws/smithy-go/time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

// A new repository can be missing from reads for a while: EnsureRepository
// asks until it is visible, for at most visibleWithin.
const (
	visibleWithin  = time.Minute
	firstReadDelay = 100 * time.Millisecond
	maxReadDelay   = 5 * time.Second
)

// EnsureRepositoryAPIClient lists the methods that [EnsureRepository] calls. It
// calls those for catalog data and tags only if these are given, so a fake for
// a plain repository can embed this interface and implement two methods.
type EnsureRepositoryAPIClient interface {
	CreateRepository(context.Context, *ecrpublic.CreateRepositoryInput, ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error)
	ecrpublic.DescribeRepositoriesAPIClient
	CatalogDataAPIClient
	TagsAPIClient
}

// Ensured says what [EnsureRepository] found and did.
type Ensured struct {
	// Repository is the repository as it is now.
	Repository types.Repository

	// Created is true if this call created the repository, with its catalog
	// data and tags; the two lists below are then nil.
	Created bool

	// CatalogData names the members of the catalog data that were changed, like
	// the result of [EnsureCatalogData].
	CatalogData []string

	// Tags are the keys that were added or given a new value.
	Tags []string
}

// EnsureRepository creates a repository unless it exists. If it exists, or if
// another program creates it at the same time, its catalog data and tags are
// set to those of want, as by [EnsureCatalogData] and [EnsureTags]; nil leaves
// either unchanged. A second call changes nothing, unless
// [EnsureOptions.ReplaceLogo] is set.
//
// The repository can be read when EnsureRepository returns. A new repository
// that does not become visible within a minute is an error, with Created true.
// After any error, the result says what had been done before it.
func EnsureRepository(ctx context.Context, client EnsureRepositoryAPIClient, want *ecrpublic.CreateRepositoryInput, optFns ...func(*EnsureOptions)) (result Ensured, err error) {
	want, err = checkRepository(want)
	if err != nil {
		return result, fmt.Errorf("housekeeping: ensure repository: %w", err)
	}
	result.Repository, err = describeRepository(ctx, client, *want.RepositoryName)
	if errtype.Is[*types.RepositoryNotFoundException](err) {
		result, err = createRepository(ctx, client, want)
	}
	if err != nil || result.Created {
		return result, err
	}
	if want.CatalogData != nil {
		result.CatalogData, err = EnsureCatalogData(ctx, client, *want.RepositoryName, want.CatalogData, optFns...)
	}
	if err == nil && len(want.Tags) > 0 {
		result.Tags, err = EnsureTags(ctx, client, aws.ToString(result.Repository.RepositoryArn), want.Tags)
	}
	return result, err
}

// checkRepository returns a copy of want that can be sent more than once.
func checkRepository(want *ecrpublic.CreateRepositoryInput) (*ecrpublic.CreateRepositoryInput, error) {
	if want == nil || aws.ToString(want.RepositoryName) == "" {
		return nil, errors.New("RepositoryName must not be empty")
	}
	catalog, err := checkCatalogData(want.CatalogData)
	if err = errors.Join(err, checkTags(want.Tags)); err != nil {
		return nil, err
	}
	checked := *want
	checked.CatalogData = catalog
	return &checked, nil
}

// createRepository leaves Created false if another program was faster.
func createRepository(ctx context.Context, client EnsureRepositoryAPIClient, want *ecrpublic.CreateRepositoryInput) (result Ensured, err error) {
	_, err = client.CreateRepository(ctx, want)
	if err != nil && !errtype.Is[*types.RepositoryAlreadyExistsException](err) {
		return result, err
	}
	result.Created = err == nil
	result.Repository, err = awaitRepository(ctx, client, *want.RepositoryName)
	return result, err
}

// awaitRepository describes a repository that exists but may not be visible yet.
func awaitRepository(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient, name string) (types.Repository, error) {
	deadline := time.Now().Add(visibleWithin)
	for delay := firstReadDelay; ; delay = min(2*delay, maxReadDelay) {
		repository, err := describeRepository(ctx, client, name)
		if !errtype.Is[*types.RepositoryNotFoundException](err) || time.Now().Add(delay).After(deadline) {
			return repository, err
		}
		if err := smithytime.SleepWithContext(ctx, delay); err != nil {
			return repository, err
		}
	}
}

func describeRepository(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient, name string) (types.Repository, error) {
	out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{name}})
	if err != nil {
		return types.Repository{}, err
	}
	if len(out.Repositories) == 0 {
		return types.Repository{}, fmt.Errorf("housekeeping: describe repository %s: the service returned none", name)
	}
	return out.Repositories[0], nil
}
