package probes

import (
	"context"
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
	unknownUpload = "00000000-0000-0000-0000-000000000000"
	minPart       = 5 << 20
	maxPolls      = 30
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// name is that of a repository of the session.
func (t *T) name(repository string) string { return t.Prefix + "/" + repository }

// repository makes a repository and waits until it is seen.
func (t *T) repository(ctx context.Context, name string) (*types.Repository, bool) {
	value, ok := t.fixture("repository "+name, func() (any, error) {
		full := t.name(name)
		created, err := t.API.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &full})
		if err != nil {
			return nil, err
		}
		return created.Repository, t.seen(ctx, full)
	})
	repository, _ := value.(*types.Repository)
	return repository, ok
}

// seen polls until a repository that was made is described.
func (t *T) seen(ctx context.Context, name string) error {
	for polls := 1; ; polls++ {
		_, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{name}})
		if err == nil || unavailable(err) != nil || polls == maxPolls {
			if polls > 1 {
				t.notes = append(t.notes, fmt.Sprintf("the repository was seen at the %dth look", polls))
			}
			return err
		}
		if t.Poll != nil {
			t.Poll(ctx)
		}
	}
}

// layer uploads a layer in one part.
func (t *T) layer(ctx context.Context, repository, text string) bool {
	if _, ok := t.repository(ctx, repository); !ok {
		return false
	}
	_, ok := t.fixture("layer "+digestOf(text)[7:15]+" of "+repository, func() (any, error) {
		upload, err := t.initiate(ctx, repository)
		if err != nil {
			return nil, err
		}
		if _, err := t.part(ctx, repository, upload.UploadId, 0, text); err != nil {
			return nil, err
		}
		_, err = t.complete(ctx, repository, upload.UploadId, digestOf(text))
		return nil, err
	})
	return ok
}

func (t *T) initiate(ctx context.Context, repository string) (*ecrpublic.InitiateLayerUploadOutput, error) {
	return t.API.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String(t.name(repository))})
}

// upload begins an upload that a probe has for itself.
func (t *T) upload(ctx context.Context, repository string) (id *string, ok bool) {
	if _, ok := t.repository(ctx, repository); !ok {
		return nil, false
	}
	out, err := t.initiate(ctx, repository)
	if !t.ok(err) {
		return nil, false
	}
	return out.UploadId, true
}

func (t *T) part(ctx context.Context, repository string, id *string, first int64, text string) (*ecrpublic.UploadLayerPartOutput, error) {
	return t.API.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName: aws.String(t.name(repository)), UploadId: id,
		PartFirstByte: &first, PartLastByte: aws.Int64(first + int64(len(text)) - 1), LayerPartBlob: []byte(text),
	})
}

func (t *T) complete(ctx context.Context, repository string, id *string, digests ...string) (*ecrpublic.CompleteLayerUploadOutput, error) {
	return t.API.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: aws.String(t.name(repository)), UploadId: id, LayerDigests: digests,
	})
}

// manifest is an image of two layers, "a layer" and text, with a config.
func manifest(text string) string {
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[%s,%s]}`,
		mediaTypeManifest, blob(mediaTypeConfig, "{}"), blob(mediaTypeLayer, "a layer"), blob(mediaTypeLayer, text))
}

// bare is an image with a config and no layers.
func bare() string {
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[]}`, mediaTypeManifest, blob(mediaTypeConfig, "{}"))
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

// image puts manifest(text) under a tag; without one it has no tag. It returns the
// image's digest.
func (t *T) image(ctx context.Context, repository, text, tag string) (digest string, ok bool) {
	for _, l := range []string{"{}", "a layer", text} {
		if !t.layer(ctx, repository, l) {
			return "", false
		}
	}
	return digestOf(manifest(text)), t.stored(ctx, repository, manifest(text), tag)
}

// multi puts an index over two images.
func (t *T) multi(ctx context.Context, repository, tag, one, two string) (digest string, ok bool) {
	for _, text := range []string{one, two} {
		if _, ok := t.image(ctx, repository, text, ""); !ok {
			return "", false
		}
	}
	text := index(manifest(one), manifest(two))
	return digestOf(text), t.stored(ctx, repository, text, tag)
}

func (t *T) stored(ctx context.Context, repository, text, tag string) bool {
	_, ok := t.fixture("image "+digestOf(text)[7:15]+":"+tag+" of "+repository, func() (any, error) {
		_, err := t.put(ctx, repository, text, tag)
		return nil, err
	})
	return ok
}

func (t *T) put(ctx context.Context, repository, text, tag string) (*ecrpublic.PutImageOutput, error) {
	in := &ecrpublic.PutImageInput{RepositoryName: aws.String(t.name(repository)), ImageManifest: &text}
	if tag != "" {
		in.ImageTag = &tag
	}
	return t.API.PutImage(ctx, in)
}

func (t *T) describe(ctx context.Context, repository string, ids ...types.ImageIdentifier) (*ecrpublic.DescribeImagesOutput, error) {
	return t.API.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String(t.name(repository)), ImageIds: ids})
}

func (t *T) remove(ctx context.Context, repository string, ids ...types.ImageIdentifier) (*ecrpublic.BatchDeleteImageOutput, error) {
	return t.API.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String(t.name(repository)), ImageIds: ids})
}

func byTag(name string) types.ImageIdentifier { return types.ImageIdentifier{ImageTag: &name} }
func byDigest(digest string) types.ImageIdentifier {
	return types.ImageIdentifier{ImageDigest: &digest}
}
