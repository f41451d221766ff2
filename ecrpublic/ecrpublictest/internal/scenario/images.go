package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	mediaTypeManifest = "application/vnd.oci.image.manifest.v1+json"
	mediaTypeIndex    = "application/vnd.oci.image.index.v1+json"
	mediaTypeConfig   = "application/vnd.oci.image.config.v1+json"
	mediaTypeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"

	unknownDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	minPart       = 5 << 20
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// manifest is an image of two layers, "a layer" and text, with a config.
func manifest(text string) string {
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[%s,%s]}`,
		mediaTypeManifest, blob(mediaTypeConfig, "{}"), blob(mediaTypeLayer, "a layer"), blob(mediaTypeLayer, text))
}

func blob(mediaType, text string) string {
	return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":%d}`, mediaType, digestOf(text), len(text))
}

func index(manifests ...string) string {
	var list []string
	for _, m := range manifests {
		list = append(list, blob(mediaTypeManifest, m))
	}
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[%s]}`, mediaTypeIndex, strings.Join(list, ","))
}

func (r *run) putImage(text, tag string) (*ecrpublic.PutImageOutput, error) {
	in := &ecrpublic.PutImageInput{RepositoryName: aws.String(app), ImageManifest: &text}
	if tag != "" {
		in.ImageTag = &tag
	}
	return r.api.PutImage(r.ctx, in)
}

func (r *run) images() {
	first, second := manifest("one"), manifest("two")
	_, err := r.putImage(first, "v1")
	r.fails("PutImage before its layers", "LayersNotFoundException", digestOf("one"), err)
	for _, text := range []string{"{}", "one", "two"} {
		r.check("a layer for images", r.layer(text))
	}
	put, err := r.putImage(first, "v1")
	r.holds("PutImage answers with the digest of exactly these bytes", err, func() bool {
		return *put.Image.ImageId.ImageDigest == digestOf(first) && *put.Image.ImageManifest == first && *put.Image.ImageManifestMediaType == mediaTypeManifest
	})
	_, err = r.putImage(first, "v1")
	r.fails("PutImage of what is there", "ImageAlreadyExistsException", "Image with digest '"+digestOf(first)+"' and tag 'v1' already exists", err)
	_, err = r.putImage(first, "latest")
	r.check("PutImage adds a tag", err)
	_, err = r.putImage(second, "latest")
	r.check("PutImage moves a tag", err)
	r.described(first, second)

	in := &ecrpublic.PutImageInput{RepositoryName: aws.String(app), ImageManifest: &first, ImageDigest: aws.String(unknownDigest)}
	_, err = r.api.PutImage(r.ctx, in)
	r.fails("PutImage with another digest", "ImageDigestDoesNotMatchException", "", err)
	_, err = r.putImage("no JSON", "v1")
	r.fails("PutImage of what is no JSON", "InvalidParameterException", "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'", err)
	_, err = r.putImage(`{"schemaVersion":2}`, "v1")
	r.fails("PutImage without any media type", "InvalidParameterException", "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'", err)
	_, err = r.putImage(first, "v 1")
	r.fails("PutImage with a tag that is none", "InvalidParameterException", "imageTag", err)
}

func (r *run) described(first, second string) {
	out, err := r.describe(types.ImageIdentifier{ImageTag: aws.String("latest")}, types.ImageIdentifier{ImageDigest: aws.String(digestOf(first))})
	r.holds("DescribeImages follows a tag that moved", err, func() bool {
		return *out.ImageDetails[0].ImageDigest == digestOf(second) && fmt.Sprint(out.ImageDetails[1].ImageTags) == "[v1]"
	})
	r.holds("an image's size is that of its layers, and its artifact type that of its config", err, func() bool {
		d := out.ImageDetails[0]
		return *d.ImageSizeInBytes == int64(len("a layer")+len("two")) && aws.ToString(d.ArtifactMediaType) == mediaTypeConfig
	})
	_, err = r.describe(types.ImageIdentifier{ImageTag: aws.String("v1")}, types.ImageIdentifier{ImageTag: aws.String("none")})
	r.fails("DescribeImages fails whole for one unknown image", "ImageNotFoundException",
		"The image with imageId {imageDigest:'null', imageTag:'none'} does not exist within the repository with name '"+app+"'", err)
	_, err = r.api.DescribeImages(r.ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("scenario/none")})
	r.fails("DescribeImages of an unknown repository", "RepositoryNotFoundException", "", err)

	tags, err := r.api.DescribeImageTags(r.ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String(app)})
	r.holds("DescribeImageTags has an entry for each tag", err, func() bool {
		return len(tags.ImageTagDetails) == 2 && tags.ImageTagDetails[0].CreatedAt != nil && tags.ImageTagDetails[0].ImageDetail.ImageDigest != nil
	})
	checked, err := r.api.BatchCheckLayerAvailability(r.ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
		RepositoryName: aws.String(app), LayerDigests: []string{digestOf("a layer")},
	})
	r.holds("a layer's media type is known once an image refers to it", err, func() bool {
		return aws.ToString(checked.Layers[0].MediaType) == mediaTypeLayer
	})
}

func (r *run) describe(ids ...types.ImageIdentifier) (*ecrpublic.DescribeImagesOutput, error) {
	return r.api.DescribeImages(r.ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(app), ImageIds: ids})
}

func (r *run) indexes() {
	_, err := r.putImage(index(manifest("none")), "multi")
	r.fails("PutImage of an index before its images", "ReferencedImagesNotFoundException",
		"Images with digests '["+digestOf(manifest("none"))+"]' required for pushing image into repository with name '"+app+"'", err)
	text := index(manifest("one"), manifest("two"))
	_, err = r.putImage(text, "multi")
	r.check("PutImage of an index", err)
	out, err := r.describe(types.ImageIdentifier{ImageTag: aws.String("multi")})
	r.holds("an index is as large as the largest of its images, and has no artifact type", err, func() bool {
		d := out.ImageDetails[0]
		return *d.ImageSizeInBytes == int64(len("a layer")+len("one")) && d.ArtifactMediaType == nil && *d.ImageManifestMediaType == mediaTypeIndex
	})
}
