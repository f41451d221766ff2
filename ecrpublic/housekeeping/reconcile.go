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

// CatalogDataAPIClient is what [EnsureCatalogData] needs of a client.
type CatalogDataAPIClient interface {
	GetRepositoryCatalogData(context.Context, *ecrpublic.GetRepositoryCatalogDataInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryCatalogDataOutput, error)
	PutRepositoryCatalogData(context.Context, *ecrpublic.PutRepositoryCatalogDataInput, ...func(*ecrpublic.Options)) (*ecrpublic.PutRepositoryCatalogDataOutput, error)
}

// EnsureOptions are the options of [EnsureRepository] and [EnsureCatalogData].
type EnsureOptions struct {
	// ReplaceLogo sends the logo of want also to a repository that has one. The
	// service does not give logos back, so that nothing can tell whether it is
	// another.
	ReplaceLogo bool
}

// EnsureCatalogData makes a repository's page in the public gallery what want
// says and returns the names of the members that were changed, such as
// "AboutText"; nil means that nothing was sent. Members that want leaves nil
// keep their value, lists are compared without regard to order, and empty means
// the same as never set. A logo is sent if the repository has none, with
// [EnsureOptions].ReplaceLogo, and along with any other member that is sent. If
// want has no logo, whether the present one stays when another member is sent is
// up to the service, which does not say.
//
// Content over the service's limits is an error before any call that names each
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

// mergeCatalogData returns what to put, which is all of it since the service may
// drop what is left out, and which members differ, the logo aside.
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

// TagsAPIClient is what [EnsureTags] needs of a client.
type TagsAPIClient interface {
	ListTagsForResource(context.Context, *ecrpublic.ListTagsForResourceInput, ...func(*ecrpublic.Options)) (*ecrpublic.ListTagsForResourceOutput, error)
	TagResource(context.Context, *ecrpublic.TagResourceInput, ...func(*ecrpublic.Options)) (*ecrpublic.TagResourceOutput, error)
}

// EnsureTags adds the labels to a repository that it does not have yet or that
// have another value, and returns their keys; nil means that nothing was sent.
// Other labels of the repository stay: they may be somebody else's. Errors of the
// client are returned as they are, such as [types.TooManyTagsException].
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
			return fmt.Errorf("tag %d must have a key, not used before, and a value, which may be empty", i)
		}
		seen[*tag.Key] = true
	}
	return nil
}

// RepositoryPolicyAPIClient is what [EnsureRepositoryPolicy] needs of a client.
type RepositoryPolicyAPIClient interface {
	GetRepositoryPolicy(context.Context, *ecrpublic.GetRepositoryPolicyInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryPolicyOutput, error)
	SetRepositoryPolicy(context.Context, *ecrpublic.SetRepositoryPolicyInput, ...func(*ecrpublic.Options)) (*ecrpublic.SetRepositoryPolicyOutput, error)
}

// EnsureRepositoryPolicy sets a repository's policy unless it has one that means
// the same already, and reports whether it did. Policies are compared as IAM
// reads them, because the service gives them back in another form: the order of
// members and lists does not matter, a list of one is its entry, an account id
// is the ARN of its root, and numbers are compared exactly.
//
// A text that is no JSON object, or has a member twice, is an error before any
// call. Errors of the client are returned as they are; a policy that the service
// refuses is a [types.InvalidParameterException].
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
