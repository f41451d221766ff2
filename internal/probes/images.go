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

func layers(a *area) {
	a.name = "layers"
	a.add("an upload has a UUID", "", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			t.holds(nil, "a UUID", func() bool { return matches(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, id) })
		}
	})
	a.add("the part size is 10 MiB", "layers/part-size", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			out, err := t.initiate(ctx, "app")
			t.holds(err, "partSize 10485760", func() bool { return aws.ToInt64(out.PartSize) == 10<<20 })
		}
	})
	a.add("no parts", "texts/empty-upload", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "EmptyUploadException", "cannot be completed because it does not have any parts")
		}
	})
	a.add("a part is answered with the position of its last byte", "layers/last-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			out, err := t.part(ctx, "app", id, 0, "12345")
			t.holds(err, "lastByteReceived 4", func() bool { return out.LastByteReceived != nil && *out.LastByteReceived == 4 })
		}
	})
	a.add("a part again", "texts/first-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			if t.ok(err) {
				_, err = t.part(ctx, "app", id, 0, "12345")
				t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 0 instead of 5")
			}
		}
	})
	a.add("a part after a gap", "texts/first-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			if t.ok(err) {
				_, err = t.part(ctx, "app", id, 6, "12345")
				t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 6 instead of 5")
			}
		}
	})
	a.add("a first part that does not begin at 0", "layers/last-valid-at-first", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 1, "12345")
			t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 1 instead of 0")
		}
	})
	a.add("a part of another length than its positions", "layers/part-length", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.API.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
				RepositoryName: aws.String(t.name("app")), UploadId: id, PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(9), LayerPartBlob: []byte("12345"),
			})
			t.fails(err, "InvalidLayerPartException", "")
		}
	})
	a.add("an unknown upload", "", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.part(ctx, "app", aws.String(unknownUpload), 0, "12345")
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("an upload ID that is none", "texts/pattern", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.part(ctx, "app", aws.String("upload"), 0, "12345")
			t.fails(err, "InvalidParameterException", "uploadId")
		}
	})
	a.add("an upload of another repository", "", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			if _, ok := t.repository(ctx, "other"); ok {
				_, err := t.part(ctx, "other", id, 0, "12345")
				t.fails(err, "UploadNotFoundException", "")
			}
		}
	})
	a.add("a wrong digest", "texts/invalid-layer", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "mismatch"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "InvalidLayerException", "None of the provided layer digests match the calculated layer digest")
		}
	})
	a.add("a wrong digest ends the upload", "layers/mismatch-ends", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "mismatch, then right"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "InvalidLayerException", "")
			_, err = t.complete(ctx, "app", id, digestOf("mismatch, then right"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("one digest of two matches", "layers/any-digest", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "any"); ok {
			done, err := t.complete(ctx, "app", id, unknownDigest, digestOf("any"))
			t.holds(err, "the computed digest", func() bool { return aws.ToString(done.LayerDigest) == digestOf("any") })
		}
	})
	a.add("a digest of another algorithm", "layers/other-algorithm", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "md5"); ok {
			done, err := t.complete(ctx, "app", id, "md5:0123456789abcdef0123456789abcdef")
			t.holds(err, "the computed sha256", func() bool { return aws.ToString(done.LayerDigest) == digestOf("md5") })
		}
	})
	a.add("a layer that is there", "", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "app", "a layer") {
			return
		}
		if id, ok := t.uploaded(ctx, "app", "a layer"); ok {
			_, err := t.complete(ctx, "app", id, digestOf("a layer"))
			t.fails(err, "LayerAlreadyExistsException", "")
			_, err = t.complete(ctx, "app", id, digestOf("a layer"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("an upload that is complete", "layers/closed", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "complete"); ok {
			_, err := t.complete(ctx, "app", id, digestOf("complete"))
			t.ok(err)
			_, err = t.complete(ctx, "app", id, digestOf("complete"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	check := func(name, fact, digest string, holds func(*ecrpublic.BatchCheckLayerAvailabilityOutput) bool) {
		a.add("availability of "+name, fact, func(ctx context.Context, t *T) {
			if t.layer(ctx, "app", "a layer") {
				out, err := t.available(ctx, "app", digest)
				t.holds(err, "the layer as expected", func() bool { return holds(out) })
			}
		})
	}
	check("a layer", "layers/available", digestOf("a layer"), func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && out.Layers[0].LayerAvailability == types.LayerAvailabilityAvailable && aws.ToInt64(out.Layers[0].LayerSize) == int64(len("a layer"))
	})
	check("a layer without an image has no media type", "layers/media-type", digestOf("a layer"), func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && out.Layers[0].MediaType == nil
	})
	check("a missing layer", "layers/unavailable", unknownDigest, func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && len(out.Failures) == 0 && out.Layers[0].LayerAvailability == types.LayerAvailabilityUnavailable && out.Layers[0].LayerSize == nil
	})
	check("what is no digest", "layers/invalid-digest", "no digest", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.LayerFailureCodeInvalidLayerDigest
	})
	check("nothing", "layers/missing-digest", "", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.LayerFailureCodeMissingLayerDigest
	})
	a.add("a layer is its repository's alone", "", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "app", "a layer") {
			return
		}
		if _, ok := t.repository(ctx, "other"); ok {
			out, err := t.available(ctx, "other", digestOf("a layer"))
			t.holds(err, "unavailable elsewhere", func() bool {
				return len(out.Layers) == 1 && out.Layers[0].LayerAvailability == types.LayerAvailabilityUnavailable
			})
		}
	})
	a.add("an unknown registry", "", func(ctx context.Context, t *T) {
		_, err := t.API.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
			RegistryId: aws.String("000000000000"), RepositoryName: aws.String(t.name("app")), LayerDigests: []string{unknownDigest},
		})
		t.fails(err, "RegistryNotFoundException", "")
	})
}

// uploaded begins an upload and sends its one part.
func (t *T) uploaded(ctx context.Context, repository, text string) (id *string, ok bool) {
	id, ok = t.upload(ctx, repository)
	if !ok {
		return nil, false
	}
	_, err := t.part(ctx, repository, id, 0, text)
	return id, t.ok(err)
}

func (t *T) available(ctx context.Context, repository string, digests ...string) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	return t.API.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: aws.String(t.name(repository)), LayerDigests: digests})
}

// parts come last: they send 10 MiB.
func parts(a *area) {
	a.name = "parts"
	a.add("a small part before the last", "texts/part-too-small", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "small"); ok {
			_, err := t.part(ctx, "app", id, int64(len("small")), "small")
			if t.ok(err) {
				_, err = t.complete(ctx, "app", id, digestOf("smallsmall"))
				t.fails(err, "LayerPartTooSmallException", "All layer parts except the last part should be at least 5MB")
			}
		}
	})
	a.add("two parts, the first of 5 MiB", "", func(ctx context.Context, t *T) {
		const last = "the end"
		first := strings.Repeat("x", minPart)
		if id, ok := t.uploaded(ctx, "app", first); ok {
			out, err := t.part(ctx, "app", id, minPart, last)
			t.holds(err, "lastByteReceived", func() bool { return aws.ToInt64(out.LastByteReceived) == minPart+int64(len(last))-1 })
			done, err := t.complete(ctx, "app", id, digestOf(first+last))
			t.holds(err, "the digest of both", func() bool { return aws.ToString(done.LayerDigest) == digestOf(first+last) })
		}
	})
}

func images(a *area) {
	a.name = "images"
	a.add("missing layers", "texts/layers-missing", func(ctx context.Context, t *T) {
		if t.layer(ctx, "images", "a layer") && t.layer(ctx, "images", "{}") {
			_, err := t.put(ctx, "images", manifest("missing"), "missing")
			t.fails(err, "LayersNotFoundException", "Layers with digests '["+digestOf("missing")+"]' required for pushing image into repository with name '"+t.name("images")+"'")
		}
	})
	a.add("the digest is that of exactly these bytes", "images/exact-bytes", func(ctx context.Context, t *T) {
		for _, l := range []string{"{}", "a layer", "exact"} {
			if !t.layer(ctx, "images", l) {
				return
			}
		}
		text := strings.Replace(manifest("exact"), ",", " ,\n", 1)
		put, err := t.put(ctx, "images", text, "exact")
		t.holds(err, "digest, text and media type", func() bool {
			i := put.Image
			return i != nil && i.ImageId != nil && aws.ToString(i.ImageId.ImageDigest) == digestOf(text) && aws.ToString(i.ImageManifest) == text && aws.ToString(i.ImageManifestMediaType) == mediaTypeManifest
		})
	})
	a.add("an image that is there", "texts/image-exists", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.put(ctx, "images", manifest("one"), "v1")
			t.fails(err, "ImageAlreadyExistsException", "Image with digest '"+digest+"' and tag 'v1' already exists in the repository with name '"+t.name("images")+"' in registry with id")
		}
	})
	a.add("an image that is there, without a tag", "images/exists-untagged", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.put(ctx, "images", manifest("one"), "")
			t.fails(err, "ImageAlreadyExistsException", "")
		}
	})
	a.add("another tag, and a tag that moves", "images/retag", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "moves", "one", "v1"); !ok {
			return
		}
		if _, ok := t.image(ctx, "moves", "two", "v2"); !ok {
			return
		}
		_, err := t.put(ctx, "moves", manifest("one"), "latest")
		t.ok(err)
		_, err = t.put(ctx, "moves", manifest("two"), "latest")
		t.ok(err)
		out, err := t.describe(ctx, "moves", byTag("latest"))
		t.holds(err, "latest is the second image", func() bool {
			return len(out.ImageDetails) == 1 && aws.ToString(out.ImageDetails[0].ImageDigest) == digestOf(manifest("two"))
		})
	})
	a.add("another tag keeps imagePushedAt", "images/pushed-at", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "images", "pushed", "p1")
		if !ok {
			return
		}
		before, err := t.describe(ctx, "images", byDigest(digest))
		if t.ok(err) {
			_, err = t.put(ctx, "images", manifest("pushed"), "p2")
			t.ok(err)
			after, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the same time", func() bool {
				return len(before.ImageDetails) == 1 && len(after.ImageDetails) == 1 && aws.ToTime(before.ImageDetails[0].ImagePushedAt).Equal(aws.ToTime(after.ImageDetails[0].ImagePushedAt))
			})
		}
	})
	a.add("another digest than the manifest's", "", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.API.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: aws.String(t.name("images")), ImageManifest: aws.String(manifest("one")), ImageDigest: aws.String(unknownDigest)})
			t.fails(err, "ImageDigestDoesNotMatchException", "")
		}
	})
	for name, text := range inOrder(map[string]string{"no JSON": "no JSON", "JSON without a media type": `{"schemaVersion":2}`, "an empty object": "{}"}) {
		a.add("a manifest that is "+name, "texts/manifest", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "images"); ok {
				_, err := t.put(ctx, "images", text, "bad")
				t.fails(err, "InvalidParameterException", "Invalid parameter at '")
			}
		})
	}
	a.add("an image without layers", "images/no-layers", func(ctx context.Context, t *T) {
		if t.layer(ctx, "images", "{}") {
			_, err := t.put(ctx, "images", fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[]}`, mediaTypeManifest, blob(mediaTypeConfig, "{}")), "bare")
			t.fails(err, "InvalidParameterException", "")
		}
	})
	a.add("what is no tag", "texts/tag", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.put(ctx, "images", manifest("one"), "v 1")
			t.fails(err, "InvalidParameterException", "imageTag")
		}
	})
	a.add("one unknown image fails the whole description", "texts/image-missing", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.describe(ctx, "images", byTag("v1"), byTag("none"))
			t.fails(err, "ImageNotFoundException", "The image with imageId {imageDigest:'null', imageTag:'none'} does not exist within the repository with name '"+t.name("images")+"'")
		}
	})
	a.add("size and artifact type", "images/artifact-type", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "one", "v1"); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the layers' size, and the config's type", func() bool {
				return len(out.ImageDetails) == 1 && aws.ToInt64(out.ImageDetails[0].ImageSizeInBytes) == int64(len("a layer")+len("one")) && aws.ToString(out.ImageDetails[0].ArtifactMediaType) == mediaTypeConfig
			})
		}
	})
	a.add("an untagged image has no list of tags", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "untagged", ""); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "no imageTags", func() bool { return len(out.ImageDetails) == 1 && out.ImageDetails[0].ImageTags == nil })
		}
	})
	a.add("each tag has an entry with its time", "", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "tagged", "one", "v1"); ok {
			out, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("tagged"))})
			t.holds(err, "one tag with createdAt and imageDetail", func() bool {
				return len(out.ImageTagDetails) == 1 && out.ImageTagDetails[0].CreatedAt != nil && out.ImageTagDetails[0].ImageDetail != nil
			})
		}
	})
	a.add("a layer's media type is known from its image", "layers/media-type", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			out, err := t.available(ctx, "images", digestOf("a layer"))
			t.holds(err, "the descriptor's media type", func() bool { return len(out.Layers) == 1 && aws.ToString(out.Layers[0].MediaType) == mediaTypeLayer })
		}
	})
	a.add("an index before its images", "texts/images-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "images"); ok {
			_, err := t.put(ctx, "images", index(manifest("none")), "multi")
			t.fails(err, "ReferencedImagesNotFoundException", "Images with digests '["+digestOf(manifest("none"))+"]' required for pushing image into repository with name '"+t.name("images")+"'")
		}
	})
	a.add("the size of an index is that of its largest image", "images/index", func(ctx context.Context, t *T) {
		if digest, ok := t.multi(ctx, "images", "multi", "small", "the largest"); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the largest, and no artifact type", func() bool {
				return len(out.ImageDetails) == 1 && aws.ToInt64(out.ImageDetails[0].ImageSizeInBytes) == int64(len("a layer")+len("the largest")) && out.ImageDetails[0].ArtifactMediaType == nil
			})
		}
	})
	a.add("a repository that is missing", "texts/repository-missing", func(ctx context.Context, t *T) {
		_, err := t.describe(ctx, "none")
		t.fails(err, "RepositoryNotFoundException", "The repository with name '"+t.name("none")+"' does not exist in the registry with id '")
	})
}

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
				for _, f := range out.Failures {
					t.equal(nil, "failureCode", code, f.FailureCode)
					t.holds(nil, "the failure's text has "+reason, func() bool { return strings.Contains(aws.ToString(f.FailureReason), reason) })
				}
			}
		})
	}
	refuses("nothing", "failures/missing", types.ImageFailureCodeMissingDigestAndTag, "Invalid request parameters: both tag and digest cannot be null", func(_, _ string) types.ImageIdentifier { return types.ImageIdentifier{} })
	refuses("what is no digest", "failures/digest", types.ImageFailureCodeInvalidImageDigest, "image digest should satisfy the regex", func(_, _ string) types.ImageIdentifier { return byDigest("digest") })
	refuses("what is no tag", "failures/tag", types.ImageFailureCodeInvalidImageTag, "", func(_, _ string) types.ImageIdentifier { return byTag("v 1") })
	refuses("an unknown tag", "failures/not-found", types.ImageFailureCodeImageNotFound, "Requested image not found", func(_, _ string) types.ImageIdentifier { return byTag("none") })
	refuses("an unknown digest", "failures/not-found", types.ImageFailureCodeImageNotFound, "Requested image not found", func(_, _ string) types.ImageIdentifier { return byDigest(unknownDigest) })
	refuses("a tag of another image", "failures/mismatch", types.ImageFailureCodeImageTagDoesNotMatchDigest, "", func(one, _ string) types.ImageIdentifier {
		return types.ImageIdentifier{ImageDigest: &one, ImageTag: aws.String("multi")}
	})
	refuses("an index's image", "failures/referenced", types.ImageFailureCodeImageReferencedByManifestList, "Requested image referenced by manifest list: [", func(one, _ string) types.ImageIdentifier { return byDigest(one) })
	refuses("the last tag of an index's image", "", types.ImageFailureCodeImageReferencedByManifestList, "", func(_, _ string) types.ImageIdentifier { return byTag("v1") })
	for name, ids := range inOrder(map[string][]types.ImageIdentifier{"0 identifiers": {}, "101 identifiers": slices.Repeat([]types.ImageIdentifier{byTag("x")}, 101)}) {
		a.add(name, "texts/list-length", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.remove(ctx, "app", ids...)
				t.fails(err, "InvalidParameterException", "imageIds")
			}
		})
	}
	a.add("one tag of two", "", func(ctx context.Context, t *T) {
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
	a.add("a digest deletes all tags, each with an entry", "deletion/entry-per-tag", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "delete-digest", "one", "v1")
		if ok && t.stored(ctx, "delete-digest", manifest("one"), "v2") {
			out, err := t.remove(ctx, "delete-digest", byDigest(digest))
			t.equal(err, "imageIds", []string{digest + ":v1", digest + ":v2"}, idsOf(out))
		}
	})
	a.add("digest and tag that belong together", "deletion/digest-and-tag", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "delete-both", "one", "v1")
		if ok && t.stored(ctx, "delete-both", manifest("one"), "v2") {
			out, err := t.remove(ctx, "delete-both", types.ImageIdentifier{ImageDigest: &digest, ImageTag: aws.String("v1")})
			t.equal(err, "imageIds", []string{digest + ":v1", digest + ":v2"}, idsOf(out))
		}
	})
	a.add("an untagged image is one entry without a tag", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "delete-untagged", "one", ""); ok {
			out, err := t.remove(ctx, "delete-untagged", byDigest(digest))
			t.equal(err, "imageIds", []string{digest + ":"}, idsOf(out))
		}
	})
	a.add("a second deletion is a failure", "failures/not-found", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "delete-twice", "one", "v1"); ok {
			_, err := t.remove(ctx, "delete-twice", byDigest(digest))
			t.ok(err)
			out, err := t.remove(ctx, "delete-twice", byDigest(digest))
			t.holds(err, "ImageNotFound", func() bool {
				return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.ImageFailureCodeImageNotFound
			})
		}
	})
	a.add("an index beside its image keeps the image", "deletion/state-before", func(ctx context.Context, t *T) {
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
