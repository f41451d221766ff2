package scenario

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

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
