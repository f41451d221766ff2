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

func images(a *area) {
	a.name = "images"
	a.add("missing layers", "texts/layers-missing", func(ctx context.Context, t *T) {
		if t.layer(ctx, "images", "a layer") && t.layer(ctx, "images", "{}") {
			_, err := t.put(ctx, "images", manifest("missing"), "missing")
			t.fails(err, "LayersNotFoundException", "Layers with digests '["+digestOf("missing")+"]' required for pushing image into repository with name '"+t.name("images")+"'")
		}
	})
	a.add("all missing layers are named", "texts/layers-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "bare"); ok {
			_, err := t.put(ctx, "bare", manifest("missing"), "missing")
			t.fails(err, "LayersNotFoundException", "")
			for _, missing := range []string{"{}", "a layer", "missing"} {
				t.holds(nil, "a text that names "+digestOf(missing), func() bool { return strings.Contains(fmt.Sprint(err), digestOf(missing)) })
			}
		}
	})
	a.add("the digest is computed from the exact bytes", "images/exact-bytes", func(ctx context.Context, t *T) {
		for _, l := range []string{"{}", "a layer", "exact"} {
			if !t.layer(ctx, "images", l) {
				return
			}
		}
		text := strings.Replace(manifest("exact"), ",", " ,\n", 1)
		put, err := t.put(ctx, "images", text, "exact")
		t.holds(err, "the digest of the text, the text itself and its media type", func() bool {
			i := put.Image
			return i != nil && i.ImageId != nil && aws.ToString(i.ImageId.ImageDigest) == digestOf(text) && aws.ToString(i.ImageManifest) == text && aws.ToString(i.ImageManifestMediaType) == mediaTypeManifest
		})
	})
	a.add("an image that exists", "texts/image-exists", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.put(ctx, "images", manifest("one"), "v1")
			t.fails(err, "ImageAlreadyExistsException", "Image with digest '"+digest+"' and tag 'v1' already exists in the repository with name '"+t.name("images")+"' in registry with id")
		}
	})
	a.add("an image that exists, put without a tag", "images/exists-untagged", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.put(ctx, "images", manifest("one"), "")
			t.fails(err, "ImageAlreadyExistsException", "")
		}
	})
	a.add("a second tag, and a tag that moves", "images/retag", func(ctx context.Context, t *T) {
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
		t.holds(err, "the tag latest on the second image", func() bool {
			return len(out.ImageDetails) == 1 && aws.ToString(out.ImageDetails[0].ImageDigest) == digestOf(manifest("two"))
		})
	})
	a.add("an image that lost its tags is untagged", "", func(ctx context.Context, t *T) {
		one, ok := t.image(ctx, "moved", "one", "v1")
		if !ok || !t.stored(ctx, "moved", manifest("one"), "latest") {
			return
		}
		t.hasTags(ctx, "moved", one, "latest", "v1")
		two, ok := t.image(ctx, "moved", "two", "v1")
		if ok && t.stored(ctx, "moved", manifest("two"), "latest") {
			t.hasTags(ctx, "moved", one)
			t.hasTags(ctx, "moved", two, "latest", "v1")
		}
	})
	a.add("a second tag does not change imagePushedAt", "images/pushed-at", func(ctx context.Context, t *T) {
		digest, ok := t.image(ctx, "images", "pushed", "p1")
		if !ok {
			return
		}
		before, err := t.describe(ctx, "images", byDigest(digest))
		if t.ok(err) {
			_, err = t.put(ctx, "images", manifest("pushed"), "p2")
			t.ok(err)
			after, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the same imagePushedAt", func() bool {
				return len(before.ImageDetails) == 1 && len(after.ImageDetails) == 1 && aws.ToTime(before.ImageDetails[0].ImagePushedAt).Equal(aws.ToTime(after.ImageDetails[0].ImagePushedAt))
			})
		}
	})
	a.add("a digest that is not the manifest's", "", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.API.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: aws.String(t.name("images")), ImageManifest: aws.String(manifest("one")), ImageDigest: aws.String(unknownDigest)})
			t.fails(err, "ImageDigestDoesNotMatchException", "")
		}
	})
	a.add("PutImage accepts an image without layers", "images/no-layers-api", func(ctx context.Context, t *T) {
		if t.layer(ctx, "layerless", "{}") {
			_, err := t.put(ctx, "layerless", bare(), "bare")
			t.ok(err)
		}
	})
	refusedImages(a)
	descriptions(a)
	indexes(a)
}

// refusedImages puts what is no image.
func refusedImages(a *area) {
	for name, text := range inOrder(map[string]string{"not JSON": "not JSON", "JSON without a media type": `{"schemaVersion":2}`, "an empty object": "{}"}) {
		a.add("a manifest that is "+name, "texts/manifest", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "images"); ok {
				_, err := t.put(ctx, "images", text, "bad")
				t.fails(err, "InvalidParameterException", "Invalid parameter at '")
			}
		})
	}
	for name, tag := range inOrder(map[string]string{"an invalid tag": "v 1", "a tag with a slash": "v/1"}) {
		a.add(name, "texts/tag", func(ctx context.Context, t *T) {
			if _, ok := t.image(ctx, "images", "one", "v1"); ok {
				_, err := t.put(ctx, "images", manifest("one"), tag)
				t.fails(err, "InvalidParameterException", "imageTag")
			}
		})
	}
}

// descriptions shows images.
func descriptions(a *area) {
	a.add("one unknown image fails the whole call", "texts/image-missing", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			_, err := t.describe(ctx, "images", byTag("v1"), byTag("none"))
			t.fails(err, "ImageNotFoundException", "The image with imageId {imageDigest:'null', imageTag:'none'} does not exist within the repository with name '"+t.name("images")+"'")
		}
	})
	a.add("101 identifiers", "texts/list-length", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "images"); ok {
			_, err := t.describe(ctx, "images", slices.Repeat([]types.ImageIdentifier{byTag("v1")}, 101)...)
			t.fails(err, "InvalidParameterException", "imageIds")
		}
	})
	a.add("one image by tag and one by digest", "", func(ctx context.Context, t *T) {
		one, ok := t.image(ctx, "images", "one", "v1")
		other, found := t.image(ctx, "images", "untagged", "")
		if ok && found {
			out, err := t.describe(ctx, "images", byTag("v1"), byDigest(other))
			t.holds(err, "both images", func() bool {
				var digests []string
				for _, image := range out.ImageDetails {
					digests = append(digests, aws.ToString(image.ImageDigest))
				}
				return len(digests) == 2 && slices.Contains(digests, one) && slices.Contains(digests, other)
			})
		}
	})
	a.add("a description has the manifest's media type", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "one", "v1"); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, mediaTypeManifest, func() bool {
				return len(out.ImageDetails) == 1 && aws.ToString(out.ImageDetails[0].ImageManifestMediaType) == mediaTypeManifest
			})
		}
	})
	a.add("size and artifact type", "images/artifact-type", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "one", "v1"); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the size of the layers, and the type of the config", func() bool {
				return len(out.ImageDetails) == 1 && aws.ToInt64(out.ImageDetails[0].ImageSizeInBytes) == int64(len("a layer")+len("one")) && aws.ToString(out.ImageDetails[0].ArtifactMediaType) == mediaTypeConfig
			})
		}
	})
	a.add("an untagged image has no list of tags", "images/untagged", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "images", "untagged", ""); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "no imageTags", func() bool { return len(out.ImageDetails) == 1 && out.ImageDetails[0].ImageTags == nil })
		}
	})
	a.add("each tag has an entry with its time", "", func(ctx context.Context, t *T) {
		if digest, ok := t.image(ctx, "tagged", "one", "v1"); ok {
			out, err := t.API.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(t.name("tagged"))})
			t.holds(err, "one tag with createdAt and its image", func() bool {
				if len(out.ImageTagDetails) != 1 || out.ImageTagDetails[0].ImageDetail == nil {
					return false
				}
				return out.ImageTagDetails[0].CreatedAt != nil && aws.ToString(out.ImageTagDetails[0].ImageDetail.ImageDigest) == digest
			})
		}
	})
	a.add("a layer of an image has a media type", "layers/media-type", func(ctx context.Context, t *T) {
		if _, ok := t.image(ctx, "images", "one", "v1"); ok {
			out, err := t.available(ctx, "images", digestOf("a layer"))
			t.holds(err, "the descriptor's media type", func() bool { return len(out.Layers) == 1 && aws.ToString(out.Layers[0].MediaType) == mediaTypeLayer })
		}
	})
}

// indexes puts images of several platforms.
func indexes(a *area) {
	a.add("an index whose images are missing", "texts/images-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "images"); ok {
			_, err := t.put(ctx, "images", index(manifest("none")), "multi")
			t.fails(err, "ReferencedImagesNotFoundException", "Images with digests '["+digestOf(manifest("none"))+"]' required for pushing image into repository with name '"+t.name("images")+"'")
		}
	})
	a.add("all missing images are named", "texts/images-missing", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "images"); ok {
			_, err := t.put(ctx, "images", index(manifest("none"), manifest("nor this")), "multi")
			t.fails(err, "ReferencedImagesNotFoundException", "Images with digests '["+digestOf(manifest("none"))+", "+digestOf(manifest("nor this"))+"]' required")
		}
	})
	a.add("the size of an index is that of its largest image", "images/index", func(ctx context.Context, t *T) {
		if digest, ok := t.multi(ctx, "images", "multi", "small", "the largest"); ok {
			out, err := t.describe(ctx, "images", byDigest(digest))
			t.holds(err, "the size of the largest image, and no artifact type", func() bool {
				return len(out.ImageDetails) == 1 && aws.ToInt64(out.ImageDetails[0].ImageSizeInBytes) == int64(len("a layer")+len("the largest")) && out.ImageDetails[0].ArtifactMediaType == nil
			})
		}
	})
}

// hasTags wants an image to have these tags, in any order; without tags, no list.
func (t *T) hasTags(ctx context.Context, repository, digest string, tags ...string) {
	out, err := t.describe(ctx, repository, byDigest(digest))
	t.holds(err, fmt.Sprint("imageTags ", tags), func() bool {
		if len(out.ImageDetails) != 1 {
			return false
		}
		got := slices.Sorted(slices.Values(out.ImageDetails[0].ImageTags))
		return slices.Equal(got, tags) && (len(tags) > 0) == (out.ImageDetails[0].ImageTags != nil)
	})
}
