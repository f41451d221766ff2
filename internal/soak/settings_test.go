package soak

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// policy sets, reads and deletes the repository's policy.
func (w *worker) policy(ctx context.Context) error {
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr-public:*"}]}`
	if _, err := w.client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: &w.repository, PolicyText: &text}); err != nil {
		return err
	}
	if _, err := w.client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: &w.repository}); err != nil {
		return err
	}
	_, err := w.client.DeleteRepositoryPolicy(ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: &w.repository})
	if err != nil && !notFound(err) {
		return err
	}
	_, err = w.client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: &w.repository})
	if !notFound(err) {
		return fmt.Errorf("a deleted policy is there: %w", err)
	}
	return nil
}

// catalog writes and reads the repository's catalog data.
func (w *worker) catalog(ctx context.Context) error {
	about := fmt.Sprintf("# Soaked %d times", w.random.Int())
	_, err := w.client.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{
		RepositoryName: &w.repository, CatalogData: &types.RepositoryCatalogDataInput{AboutText: &about},
	})
	if err != nil {
		return err
	}
	out, err := w.client.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: &w.repository})
	if err != nil {
		return err
	}
	return equal("about", []string{about}, []string{aws.ToString(out.CatalogData.AboutText)})
}

// tags adds a tag to the repository, finds it and removes it.
func (w *worker) tags(ctx context.Context) error {
	tag := types.Tag{Key: aws.String("soak"), Value: aws.String(fmt.Sprint(w.random.Int()))}
	if _, err := w.client.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: &w.arn, Tags: []types.Tag{tag}}); err != nil {
		return err
	}
	if err := w.requireTags(ctx, "made-by=soak", "soak="+*tag.Value); err != nil {
		return err
	}
	if _, err := w.client.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: &w.arn, TagKeys: []string{*tag.Key}}); err != nil {
		return err
	}
	return w.requireTags(ctx, "made-by=soak")
}

func (w *worker) requireTags(ctx context.Context, want ...string) error {
	out, err := w.client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: &w.arn})
	if err != nil {
		return err
	}
	var got []string
	for _, tag := range out.Tags {
		got = append(got, aws.ToString(tag.Key)+"="+aws.ToString(tag.Value))
	}
	slices.Sort(got)
	return equal("tags of the repository", want, got)
}
