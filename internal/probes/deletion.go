package probes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func deletion(a *area) {
	a.name = "deletion"
	refuses := func(name, fact string, code types.ImageFailureCode, reason string, id func(one, multi string) types.ImageIdentifier) {
		a.add("refused: "+name, fact, func(ctx context.Context, t *T) {
			multi, ok := t.multi(ctx, "delete", "multi", "one", "two")
			if !ok || !t.stored(ctx, "delete", manifest("one"), "v1") {
				return
			}
			out, err := t.remove(ctx, "delete", id(digestOf(manifest("one")), multi))
			if t.ok(err) {
				t.equal(nil, "failures", 1, len(out.Failures))
				t.equal(nil, "imageIds", 0, len(out.ImageIds))
				for _, f := range out.Failures {
					t.equal(nil, "failureCode", code, f.FailureCode)
					t.holds(nil, fmt.Sprintf("a failure text with %q", reason), func() bool { return strings.Contains(aws.ToString(f.FailureReason), reason) })
				}
			}
		})
	}
	refuses("an empty identifier", "failures/missing", types.ImageFailureCodeMissingDigestAndTag, "Invalid request parameters: both tag and digest cannot be null", func(_, _ string) types.ImageIdentifier { return types.ImageIdentifier{} })
	refuses("an invalid digest", "failures/digest", types.ImageFailureCodeInvalidImageDigest, "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'", func(_, _ string) types.ImageIdentifier { return byDigest("digest") })
	refuses("an invalid tag", "failures/tag", types.ImageFailureCodeInvalidImageTag, "", func(_, _ string) types.ImageIdentifier { return byTag("v 1") })
	refuses("an unknown tag", "failures/not-found", types.ImageFailureCodeImageNotFound, "Requested image not found", func(_, _ string) types.ImageIdentifier { return byTag("none") })
	refuses("an unknown digest", "failures/not-found", types.ImageFailureCodeImageNotFound, "Requested image not found", func(_, _ string) types.ImageIdentifier { return byDigest(unknownDigest) })
	refuses("a tag of another image", "failures/mismatch", types.ImageFailureCodeImageTagDoesNotMatchDigest, "", func(one, _ string) types.ImageIdentifier {
		return types.ImageIdentifier{ImageDigest: &one, ImageTag: aws.String("multi")}
	})
	refuses("an image of an index", "failures/referenced", types.ImageFailureCodeImageReferencedByManifestList, "Requested image referenced by manifest list: [", func(one, _ string) types.ImageIdentifier { return byDigest(one) })
	refuses("the last tag of an image of an index", "", types.ImageFailureCodeImageReferencedByManifestList, "", func(_, _ string) types.ImageIdentifier { return byTag("v1") })
	for name, ids := range inOrder(map[string][]types.ImageIdentifier{"0 identifiers": {}, "101 identifiers": slices.Repeat([]types.ImageIdentifier{byTag("x")}, 101)}) {
		a.add(name, "texts/list-length", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.remove(ctx, "app", ids...)
				t.fails(err, "InvalidParameterException", "imageIds")
			}
		})
	}
	deletions(a)
}

// deletions succeed.
func deletions(a *area) {
	a.add("one of two tags", "", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "delete-tag", "one", "v1")
		if ok && t.stored(ctx, "delete-tag", manifest("one"), "v2") {
			out, err := t.remove(ctx, "delete-tag", byTag("v1"))
			t.equal(err, "imageIds", []string{digest + ":v1"}, idsOf(out))
			_, err = t.describe(ctx, "delete-tag", byDigest(digest))
			t.ok(err)
		}
	})
	a.add("the last tag deletes the image", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "delete-last", "one", "v1"); ok {
			_, err := t.remove(ctx, "delete-last", byTag("v1"))
			t.ok(err)
			_, err = t.describe(ctx, "delete-last", byDigest(digest))
			t.fails(err, "ImageNotFoundException", "")
		}
	})
	a.add("a digest deletes the image and returns each tag", "deletion/entry-per-tag", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "delete-digest", "one", "v1")
		if ok && t.stored(ctx, "delete-digest", manifest("one"), "v2") {
			out, err := t.remove(ctx, "delete-digest", byDigest(digest))
			t.equal(err, "imageIds", []string{digest + ":v1", digest + ":v2"}, idsOf(out))
		}
	})
	a.add("a digest with one of its tags", "deletion/digest-and-tag", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "delete-both", "one", "v1")
		if ok && t.stored(ctx, "delete-both", manifest("one"), "v2") {
			out, err := t.remove(ctx, "delete-both", types.ImageIdentifier{ImageDigest: &digest, ImageTag: aws.String("v1")})
			t.equal(err, "imageIds", []string{digest + ":v1", digest + ":v2"}, idsOf(out))
		}
	})
	a.add("an untagged image is returned once, without a tag", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "delete-untagged", "one", ""); ok {
			out, err := t.remove(ctx, "delete-untagged", byDigest(digest))
			t.equal(err, "imageIds", []string{digest + ":"}, idsOf(out))
		}
	})
	a.add("a second deletion fails", "failures/not-found", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "delete-twice", "one", "v1"); ok {
			_, err := t.remove(ctx, "delete-twice", byDigest(digest))
			t.ok(err)
			out, err := t.remove(ctx, "delete-twice", byDigest(digest))
			t.holds(err, "ImageNotFound", func() bool {
				return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.ImageFailureCodeImageNotFound
			})
		}
	})
	a.add("deleting an index keeps its images", "", func(ctx context.Context, t *T) {
		if multi, ok := t.multi(ctx, "delete-only-index", "multi", "one", "two"); ok {
			out, err := t.remove(ctx, "delete-only-index", byTag("multi"))
			t.equal(err, "imageIds", []string{multi + ":multi"}, idsOf(out))
			_, err = t.describe(ctx, "delete-only-index", byDigest(digestOf(manifest("one"))), byDigest(digestOf(manifest("two"))))
			t.ok(err)
		}
	})
	a.add("an index and its image in one call: the image stays", "deletion/state-before", func(ctx context.Context, t *T) {
		if multi, ok := t.multi(ctx, "delete-index", "multi", "one", "two"); ok {
			out, err := t.remove(ctx, "delete-index", byDigest(digestOf(manifest("one"))), byDigest(multi))
			t.equal(err, "imageIds", []string{multi + ":multi"}, idsOf(out))
		}
	})
}

// idsOf writes what was deleted as digest:tag, sorted.
func idsOf(out *ecrpublic.BatchDeleteImageOutput) []string {
	if out == nil {
		return nil
	}
	var list []string
	for _, id := range out.ImageIds {
		list = append(list, aws.ToString(id.ImageDigest)+":"+aws.ToString(id.ImageTag))
	}
	slices.Sort(list)
	return list
}
