package ecrpublictest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	account       = "123456789012"
	unknownDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

	ociManifest = "application/vnd.oci.image.manifest.v1+json"
	ociIndex    = "application/vnd.oci.image.index.v1+json"
)

// repo is a server with a repository named app.
type repo struct {
	*testing.T
	srv *ecrpublictest.Server
	api *ecrpublic.Client
}

func newRepo(t *testing.T, opts ...ecrpublictest.Option) repo {
	t.Helper()
	srv := newServer(t, opts...)
	create(t, srv, "app")
	return repo{t, srv, srv.Client()}
}

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (r repo) begin() *string {
	r.Helper()
	out, err := r.api.InitiateLayerUpload(r.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
	require.NoError(r, err)
	return out.UploadId
}

func (r repo) part(upload *string, first int, text string) error {
	_, err := r.api.UploadLayerPart(r.Context(), &ecrpublic.UploadLayerPartInput{
		RepositoryName: aws.String("app"),
		UploadId:       upload,
		PartFirstByte:  aws.Int64(int64(first)),
		PartLastByte:   aws.Int64(int64(first + len(text) - 1)),
		LayerPartBlob:  []byte(text),
	})
	return err
}

func (r repo) complete(upload *string, digests ...string) (string, error) {
	out, err := r.api.CompleteLayerUpload(r.Context(), &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: aws.String("app"), UploadId: upload, LayerDigests: digests,
	})
	if err != nil {
		return "", err
	}
	return *out.LayerDigest, nil
}

// layers uploads texts as layers.
func (r repo) layers(texts ...string) {
	r.Helper()
	for _, text := range texts {
		upload := r.begin()
		require.NoError(r, r.part(upload, 0, text))
		_, err := r.complete(upload, sha(text))
		require.NoError(r, err)
	}
}

// put puts a manifest; a tag of "" is none.
func (r repo) put(manifest, tag string) error {
	in := &ecrpublic.PutImageInput{RepositoryName: aws.String("app"), ImageManifest: &manifest}
	if tag != "" {
		in.ImageTag = &tag
	}
	_, err := r.api.PutImage(r.Context(), in)
	return err
}

func (r repo) describe(id types.ImageIdentifier) (types.ImageDetail, error) {
	out, err := r.api.DescribeImages(r.Context(), &ecrpublic.DescribeImagesInput{
		RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{id},
	})
	if err != nil {
		return types.ImageDetail{}, err
	}
	return out.ImageDetails[0], nil
}

func byTag(name string) types.ImageIdentifier { return types.ImageIdentifier{ImageTag: &name} }
func byDigest(digest string) types.ImageIdentifier {
	return types.ImageIdentifier{ImageDigest: &digest}
}

// alias is the registry's primary alias.
func (r repo) alias() string {
	r.Helper()
	out, err := r.api.DescribeRegistries(r.Context(), nil)
	require.NoError(r, err)
	return strings.TrimPrefix(*out.Registries[0].RegistryUri, "public.ecr.aws/")
}

// object is JSON made of names and values.
type object map[string]any

func (o object) String() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprint("test data: ", err))
	}
	return string(text)
}

func descriptor(mediaType, text string) object {
	return object{"mediaType": mediaType, "digest": sha(text), "size": len(text)}
}

// image is the manifest of an image with the config "{}".
func image(layers ...string) object {
	list := []object{}
	for _, text := range layers {
		list = append(list, descriptor("application/vnd.oci.image.layer.v1.tar", text))
	}
	return object{"schemaVersion": 2, "mediaType": ociManifest, "config": descriptor("application/vnd.oci.image.config.v1+json", "{}"), "layers": list}
}

func index(images ...object) object {
	list := []object{}
	for _, img := range images {
		list = append(list, descriptor(ociManifest, img.String()))
	}
	return object{"schemaVersion": 2, "mediaType": ociIndex, "manifests": list}
}

// is reports whether an error is an exception of a type.
