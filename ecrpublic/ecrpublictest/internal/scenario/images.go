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

func (r *run) layers() {
	upload, err := r.begin()
	if err != nil {
		r.check("InitiateLayerUpload", err)
		return
	}
	r.holds("InitiateLayerUpload answers with a UUID and a part size", nil, func() bool {
		return matches(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, upload.UploadId) && *upload.PartSize >= minPart
	})
	r.fails("CompleteLayerUpload without parts", "EmptyUploadException", "", r.complete(upload, unknownDigest))
	r.parts(upload)
	r.availability()

	small, err := r.begin()
	r.check("InitiateLayerUpload again", err)
	r.check("UploadLayerPart takes a small part", r.part(small, 0, "small"))
	r.check("UploadLayerPart takes another", r.part(small, 5, "small"))
	r.fails("CompleteLayerUpload with a small part before the last", "LayerPartTooSmallException",
		"All layer parts except the last part should be at least 5MB", r.complete(small, unknownDigest))

	again, err := r.begin()
	r.check("InitiateLayerUpload once more", err)
	r.check("UploadLayerPart of a layer that is there", r.part(again, 0, "a layer"))
	r.fails("CompleteLayerUpload of a layer that is there", "LayerAlreadyExistsException", "", r.complete(again, digestOf("a layer")))
	r.fails("CompleteLayerUpload of an upload that is over", "UploadNotFoundException", "", r.complete(again, digestOf("a layer")))
}

func (r *run) begin() (*ecrpublic.InitiateLayerUploadOutput, error) {
	return r.api.InitiateLayerUpload(r.ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String(app)})
}

func (r *run) part(upload *ecrpublic.InitiateLayerUploadOutput, first int64, text string) error {
	_, err := r.api.UploadLayerPart(r.ctx, partInput(upload, first, text))
	return err
}

func partInput(upload *ecrpublic.InitiateLayerUploadOutput, first int64, text string) *ecrpublic.UploadLayerPartInput {
	return &ecrpublic.UploadLayerPartInput{
		RepositoryName: aws.String(app),
		UploadId:       upload.UploadId,
		PartFirstByte:  &first,
		PartLastByte:   aws.Int64(first + int64(len(text)) - 1),
		LayerPartBlob:  []byte(text),
	}
}

func (r *run) complete(upload *ecrpublic.InitiateLayerUploadOutput, digests ...string) error {
	_, err := r.api.CompleteLayerUpload(r.ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: aws.String(app),
		UploadId:       upload.UploadId,
		LayerDigests:   digests,
	})
	return err
}

// parts uploads a layer in two parts and tries what does not work in between.
func (r *run) parts(upload *ecrpublic.InitiateLayerUploadOutput) {
	const last = "the end"
	first := strings.Repeat("x", minPart)
	out, err := r.api.UploadLayerPart(r.ctx, partInput(upload, 0, first))
	r.holds("UploadLayerPart answers with the position of the last byte", err, func() bool { return *out.LastByteReceived == minPart-1 })
	r.fails("UploadLayerPart again from 0", "InvalidLayerPartException",
		fmt.Sprintf("First byte of the layer part is 0 instead of %d", minPart), r.part(upload, 0, first))
	r.fails("UploadLayerPart with a gap", "InvalidLayerPartException", "", r.part(upload, minPart+1, last))
	wrong := partInput(upload, minPart, last)
	wrong.PartLastByte = aws.Int64(minPart)
	_, err = r.api.UploadLayerPart(r.ctx, wrong)
	r.fails("UploadLayerPart with another length than its positions", "InvalidLayerPartException", "", err)
	r.check("UploadLayerPart goes on where it was", r.part(upload, minPart, last))

	foreign := partInput(upload, 0, last)
	foreign.UploadId = aws.String("00000000-0000-0000-0000-000000000000")
	_, err = r.api.UploadLayerPart(r.ctx, foreign)
	r.fails("UploadLayerPart of an unknown upload", "UploadNotFoundException", "", err)
	foreign.UploadId = aws.String("upload")
	_, err = r.api.UploadLayerPart(r.ctx, foreign)
	r.fails("UploadLayerPart with an id that is none", "InvalidParameterException", "uploadId", err)

	done, err := r.api.CompleteLayerUpload(r.ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: aws.String(app),
		UploadId:       upload.UploadId,
		LayerDigests:   []string{unknownDigest, digestOf(first + last)},
	})
	r.holds("CompleteLayerUpload is content with one digest that matches", err, func() bool { return *done.LayerDigest == digestOf(first+last) })

	mismatch, err := r.begin()
	r.check("InitiateLayerUpload for a mismatch", err)
	r.check("UploadLayerPart for a mismatch", r.part(mismatch, 0, "x"))
	r.fails("CompleteLayerUpload with a wrong digest", "InvalidLayerException",
		"None of the provided layer digests match the calculated layer digest", r.complete(mismatch, unknownDigest))
}

func (r *run) availability() {
	r.check("a layer", r.layer("a layer"))
	out, err := r.api.BatchCheckLayerAvailability(r.ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
		RepositoryName: aws.String(app),
		LayerDigests:   []string{digestOf("a layer"), unknownDigest, "no digest", ""},
	})
	r.holds("BatchCheckLayerAvailability shows a layer with its size and no media type yet", err, func() bool {
		l := out.Layers[0]
		return l.LayerAvailability == types.LayerAvailabilityAvailable && *l.LayerSize == int64(len("a layer")) && l.MediaType == nil
	})
	r.holds("BatchCheckLayerAvailability shows a missing layer as unavailable", err, func() bool {
		l := out.Layers[1]
		return len(out.Layers) == 2 && l.LayerAvailability == types.LayerAvailabilityUnavailable && l.LayerSize == nil
	})
	r.holds("BatchCheckLayerAvailability fails for digests that are none", err, func() bool {
		return len(out.Failures) == 2 && out.Failures[0].FailureCode == types.LayerFailureCodeInvalidLayerDigest &&
			out.Failures[1].FailureCode == types.LayerFailureCodeMissingLayerDigest
	})
	_, err = r.api.BatchCheckLayerAvailability(r.ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
		RegistryId: aws.String("no-such-alias"), RepositoryName: aws.String(app), LayerDigests: []string{unknownDigest},
	})
	r.fails("BatchCheckLayerAvailability in an unknown registry", "RegistryNotFoundException", "", err)
}

// layer uploads a layer in one part.
func (r *run) layer(text string) error {
	upload, err := r.begin()
	if err != nil {
		return err
	}
	if err := r.part(upload, 0, text); err != nil {
		return err
	}
	return r.complete(upload, digestOf(text))
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
