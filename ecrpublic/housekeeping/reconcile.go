package housekeeping

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

// CatalogDataAPIClient lists the methods that [EnsureCatalogData] calls.
type CatalogDataAPIClient interface {
	GetRepositoryCatalogData(context.Context, *ecrpublic.GetRepositoryCatalogDataInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryCatalogDataOutput, error)
	PutRepositoryCatalogData(context.Context, *ecrpublic.PutRepositoryCatalogDataInput, ...func(*ecrpublic.Options)) (*ecrpublic.PutRepositoryCatalogDataOutput, error)
}

// EnsureOptions are the options of [EnsureRepository] and [EnsureCatalogData].
type EnsureOptions struct {
	// ReplaceLogo sends the logo of want even to a repository that has one. The
	// service does not return logos, so they cannot be compared.
	ReplaceLogo bool
}

// EnsureCatalogData updates a repository's page in the public gallery to match
// want and returns the names of the changed members, such as "AboutText"; nil
// means that nothing was sent. Members that are nil in want keep their value,
// the order of lists does not matter, and empty means the same as never set. A
// logo is sent if the repository has none, if [EnsureOptions.ReplaceLogo] is
// set, or if another member changes. Whether the service keeps the logo when a
// change omits it is not documented.
//
// Content over the service's limits is an error before any call; it names each
// member, its size and the limit. Errors of the client are returned as they are,
// such as [types.RepositoryNotFoundException].
func EnsureCatalogData(ctx context.Context, client CatalogDataAPIClient, repository string, want *types.RepositoryCatalogDataInput, optFns ...func(*EnsureOptions)) ([]string, error) {
	var options EnsureOptions
	for _, fn := range optFns {
		fn(&options)
	}
	want, err := checkCatalogData(want)
	if err != nil {
		return nil, fmt.Errorf("housekeeping: ensure catalog data of %s: %w", repository, err)
	}
	if want == nil {
		return nil, nil
	}
	out, err := client.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: &repository})
	if err != nil && !errtype.Is[*types.RepositoryCatalogDataNotFoundException](err) {
		return nil, err
	}
	have := &types.RepositoryCatalogData{}
	if err == nil && out.CatalogData != nil {
		have = out.CatalogData
	}
	put, changed := mergeCatalogData(want, have)
	if len(want.LogoImageBlob) > 0 && (options.ReplaceLogo || aws.ToString(have.LogoUrl) == "") {
		changed = append(changed, "LogoImageBlob")
	}
	if len(changed) == 0 {
		return nil, nil
	}
	_, err = client.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: &repository, CatalogData: put})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// mergeCatalogData returns all members to put, because the service may drop
// those left out, and the names of those that differ, except the logo.
func mergeCatalogData(want *types.RepositoryCatalogDataInput, have *types.RepositoryCatalogData) (put *types.RepositoryCatalogDataInput, changed []string) {
	text := func(member string, want, have *string) *string {
		if want == nil {
			return have
		}
		if *want != aws.ToString(have) {
			changed = append(changed, member)
		}
		return want
	}
	list := func(member string, want, have []string) []string {
		if want == nil {
			return have
		}
		if !slices.Equal(asSet(want), asSet(have)) {
			changed = append(changed, member)
		}
		return want
	}
	put = &types.RepositoryCatalogDataInput{
		AboutText:        text("AboutText", want.AboutText, have.AboutText),
		Architectures:    list("Architectures", want.Architectures, have.Architectures),
		Description:      text("Description", want.Description, have.Description),
		OperatingSystems: list("OperatingSystems", want.OperatingSystems, have.OperatingSystems),
		UsageText:        text("UsageText", want.UsageText, have.UsageText),
		LogoImageBlob:    want.LogoImageBlob,
	}
	return put, changed
}

func asSet(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// TagsAPIClient lists the methods that [EnsureTags] calls.
type TagsAPIClient interface {
	ListTagsForResource(context.Context, *ecrpublic.ListTagsForResourceInput, ...func(*ecrpublic.Options)) (*ecrpublic.ListTagsForResourceOutput, error)
	TagResource(context.Context, *ecrpublic.TagResourceInput, ...func(*ecrpublic.Options)) (*ecrpublic.TagResourceOutput, error)
}

// EnsureTags sets the labels that a repository lacks or that have another value,
// and returns their keys; nil means that nothing was sent. The repository's other
// labels stay, because other programs may have set them. Errors of the client are
// returned as they are, such as [types.TooManyTagsException].
func EnsureTags(ctx context.Context, client TagsAPIClient, repositoryArn string, want []types.Tag) ([]string, error) {
	if err := checkTags(want); err != nil {
		return nil, fmt.Errorf("housekeeping: ensure tags of %s: %w", repositoryArn, err)
	}
	out, err := client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: &repositoryArn})
	if err != nil {
		return nil, err
	}
	have := map[string]string{}
	for _, tag := range out.Tags {
		have[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	var missing []types.Tag
	var keys []string
	for _, tag := range want {
		if value, ok := have[*tag.Key]; !ok || value != *tag.Value {
			missing, keys = append(missing, tag), append(keys, *tag.Key)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	if _, err := client.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: &repositoryArn, Tags: missing}); err != nil {
		return nil, err
	}
	return keys, nil
}

func checkTags(tags []types.Tag) error {
	seen := map[string]bool{}
	for i, tag := range tags {
		if aws.ToString(tag.Key) == "" || tag.Value == nil || seen[*tag.Key] {
			return fmt.Errorf("tag %d must have a unique key, and a value, which may be empty", i)
		}
		seen[*tag.Key] = true
	}
	return nil
}

// RepositoryPolicyAPIClient lists the methods that [EnsureRepositoryPolicy]
// calls.
type RepositoryPolicyAPIClient interface {
	GetRepositoryPolicy(context.Context, *ecrpublic.GetRepositoryPolicyInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryPolicyOutput, error)
	SetRepositoryPolicy(context.Context, *ecrpublic.SetRepositoryPolicyInput, ...func(*ecrpublic.Options)) (*ecrpublic.SetRepositoryPolicyOutput, error)
}

// EnsureRepositoryPolicy sets a repository's policy unless it has an equivalent
// one, and reports whether it did. Policies are compared as IAM reads them,
// because the service returns them in another form: the order of members and
// lists does not matter, a list of one equals its entry, an account id equals
// the ARN of its root, and numbers are compared exactly.
//
// A text that is not a JSON object, or has a duplicate member, is an error
// before any call. Errors of the client are returned as they are; a policy that
// the service refuses is a [types.InvalidParameterException].
func EnsureRepositoryPolicy(ctx context.Context, client RepositoryPolicyAPIClient, repository, policyText string) (changed bool, err error) {
	want, err := canonicalPolicy(policyText)
	if err != nil {
		return false, fmt.Errorf("housekeeping: ensure policy of %s: the policy is not a JSON object: %w", repository, err)
	}
	out, err := client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: &repository})
	if err != nil && !errtype.Is[*types.RepositoryPolicyNotFoundException](err) {
		return false, err
	}
	if err == nil {
		if have, err := canonicalPolicy(aws.ToString(out.PolicyText)); err == nil && have == want {
			return false, nil
		}
	}
	_, err = client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: &repository, PolicyText: &policyText})
	return err == nil, err
}
