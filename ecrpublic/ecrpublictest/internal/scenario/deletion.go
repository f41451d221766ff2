package scenario

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (r *run) delete(ids ...types.ImageIdentifier) (*ecrpublic.BatchDeleteImageOutput, error) {
	return r.api.BatchDeleteImage(r.ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String(app), ImageIds: ids})
}

// refuses checks that an identifier is not deleted, and why.
func (r *run) refuses(name string, code types.ImageFailureCode, id types.ImageIdentifier) {
	out, err := r.delete(id)
	r.holds("BatchDeleteImage of "+name+" is a failure", err, func() bool {
		return len(out.ImageIds) == 0 && len(out.Failures) == 1 && out.Failures[0].FailureCode == code
	})
}

func (r *run) deletion() {
	one, two := digestOf(manifest("one")), digestOf(manifest("two"))
	multi := digestOf(index(manifest("one"), manifest("two")))
	tag := func(name string) types.ImageIdentifier { return types.ImageIdentifier{ImageTag: &name} }
	digest := func(text string) types.ImageIdentifier { return types.ImageIdentifier{ImageDigest: &text} }

	r.refuses("nothing", types.ImageFailureCodeMissingDigestAndTag, types.ImageIdentifier{})
	r.refuses("what is no digest", types.ImageFailureCodeInvalidImageDigest, digest("digest"))
	r.refuses("what is no tag", types.ImageFailureCodeInvalidImageTag, tag("v 1"))
	r.refuses("an unknown tag", types.ImageFailureCodeImageNotFound, tag("none"))
	r.refuses("an unknown digest", types.ImageFailureCodeImageNotFound, digest(unknownDigest))
	r.refuses("a tag of another image", types.ImageFailureCodeImageTagDoesNotMatchDigest, types.ImageIdentifier{ImageDigest: &one, ImageTag: aws.String("latest")})
	r.refuses("an index's image", types.ImageFailureCodeImageReferencedByManifestList, digest(one))
	r.refuses("the last tag of an index's image", types.ImageFailureCodeImageReferencedByManifestList, tag("v1"))
	for name, ids := range map[string][]types.ImageIdentifier{"0": {}, "101": slices.Repeat([]types.ImageIdentifier{tag("x")}, 101)} {
		_, err := r.delete(ids...)
		r.fails("BatchDeleteImage of "+name+" identifiers", "InvalidParameterException", "imageIds", err)
	}

	out, err := r.delete(digest(one), digest(multi))
	r.holds("BatchDeleteImage of an index keeps its images, also those named beside it", err, func() bool {
		return len(out.Failures) == 1 && *out.Failures[0].ImageId.ImageDigest == one && idsOf(out.ImageIds) == multi+":multi"
	})
	_, err = r.putImage(manifest("one"), "v2")
	r.check("PutImage adds another tag", err)
	out, err = r.delete(tag("v1"))
	r.holds("BatchDeleteImage of one tag of two answers with digest and tag", err, func() bool { return idsOf(out.ImageIds) == one+":v1" })
	_, err = r.describe(digest(one))
	r.check("BatchDeleteImage of one tag of two keeps the image", err)
	_, err = r.delete(tag("v2"))
	r.check("BatchDeleteImage of the last tag", err)
	_, err = r.describe(digest(one))
	r.fails("BatchDeleteImage of the last tag deletes the image", "ImageNotFoundException", "", err)
	r.untagged(two)
}

// untagged ends with an image that has no tag, which the repository holds on to.
func (r *run) untagged(two string) {
	_, err := r.putImage(manifest("two"), "other")
	r.check("PutImage adds a tag to the other image", err)
	out, err := r.delete(types.ImageIdentifier{ImageDigest: &two})
	r.holds("BatchDeleteImage of a digest deletes all its tags", err, func() bool {
		return idsOf(out.ImageIds) == fmt.Sprintf("%s:latest %s:other", two, two)
	})
	_, err = r.putImage(manifest("two"), "")
	r.check("PutImage without a tag", err)
	_, err = r.putImage(manifest("two"), "")
	r.fails("PutImage without a tag of what is there", "ImageAlreadyExistsException", "", err)
	described, err := r.describe(types.ImageIdentifier{ImageDigest: &two})
	r.holds("an untagged image has no list of tags", err, func() bool { return described.ImageDetails[0].ImageTags == nil })
	_, err = r.api.DeleteRepository(r.ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String(app)})
	r.fails("DeleteRepository of one with images", "RepositoryNotEmptyException",
		"The repository with name '"+app+"' in registry with id", err)
	out, err = r.delete(types.ImageIdentifier{ImageDigest: &two})
	r.holds("BatchDeleteImage of an untagged image answers with its digest", err, func() bool {
		return len(out.ImageIds) == 1 && out.ImageIds[0].ImageTag == nil && *out.ImageIds[0].ImageDigest == two
	})
}

// idsOf writes identifiers as digest:tag, sorted.
func idsOf(ids []types.ImageIdentifier) string {
	var list []string
	for _, id := range ids {
		list = append(list, aws.ToString(id.ImageDigest)+":"+aws.ToString(id.ImageTag))
	}
	slices.Sort(list)
	text := fmt.Sprint(list)
	return text[1 : len(text)-1]
}

func (r *run) paging() {
	const total = 12
	want := map[string]int{app: 1}
	for i := range total {
		name := fmt.Sprintf("scenario/page-%02d", i)
		want[name] = 1
		_, err := r.api.CreateRepository(r.ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
		r.check("CreateRepository "+name, err)
	}
	got := map[string]int{}
	var order []string
	var token *string
	for {
		page, err := r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(5), NextToken: token})
		if err != nil {
			r.check("a page of DescribeRepositories", err)
			return
		}
		for _, repository := range page.Repositories {
			got[*repository.RepositoryName]++
			order = append(order, *repository.RepositoryName)
		}
		if page.NextToken == nil {
			break
		}
		token = page.NextToken
	}
	r.equal("pages have each repository once", want, got, nil)
	r.holds("the order is not alphabetical, nor that of creation", nil, func() bool { return !slices.IsSorted(order) })
	r.badPages(token)
}

func (r *run) badPages(token *string) {
	_, err := r.api.DescribeImages(r.ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(app), NextToken: token})
	r.fails("a token of another operation", "InvalidParameterException", "nextToken", err)
	_, err = r.api.DescribeImageTags(r.ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(app), NextToken: aws.String("token")})
	r.fails("a token that is none", "InvalidParameterException", "nextToken", err)
	for _, n := range []int32{0, 1001} {
		_, err = r.api.DescribeImages(r.ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(app), MaxResults: &n})
		r.fails(fmt.Sprint("a page of ", n), "InvalidParameterException", "maxResults", err)
	}
	_, err = r.api.DescribeImages(r.ctx, &ecrpublic.DescribeImagesInput{
		RepositoryName: aws.String(app), MaxResults: aws.Int32(1), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("x")}},
	})
	r.fails("a page of images that are asked for by name", "InvalidParameterException", "imageIds", err)
}
