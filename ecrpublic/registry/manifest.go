package registry

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Manifest is the manifest of an image, an index or another artifact.
type Manifest struct {
	// Descriptor has the digest and the size of Content, and its media type.
	Descriptor ocispec.Descriptor

	// Content is the manifest as it is stored, of at most 4 MiB.
	Content []byte
}

const headerDigest = "Docker-Content-Digest"

// acceptedManifests is sent with requests for manifests. Docker's schema 1 is not
// in it: the host translates for clients that understand nothing else.
func acceptedManifests() []string {
	return []string{
		ocispec.MediaTypeImageIndex, ocispec.MediaTypeImageManifest,
		manifest.MediaTypeDockerList, manifest.MediaTypeDockerManifest, manifest.MediaTypeOCIArtifact,
	}
}

// Manifest reads the manifest that a reference names by its digest or else by its
// tag, and checks it against the digest. An error is one of [Error], such as one
// for which [IsNotFound] reports true, or says what is wrong with the content.
func (c *Client) Manifest(ctx context.Context, ref imageref.Reference) (Manifest, error) {
	r, err := c.manifestRequest(http.MethodGet, ref)
	if err != nil {
		return Manifest{}, err
	}
	resp, content, err := c.read(ctx, r, limits.MaxManifest)
	if err != nil {
		return Manifest{}, err
	}
	m, err := checkManifest(content, resp.Header, ref)
	if err != nil {
		return Manifest{}, r.failed(err)
	}
	return m, nil
}

// Resolve returns digest, size and media type of the manifest that a reference
// names by its digest or else by its tag. It sends a HEAD request, and reads the
// manifest only if the response does not say all three, or is a refusal, whose
// reason HEAD does not tell. Errors are those of [Client.Manifest]; a 404 has no
// code and message.
func (c *Client) Resolve(ctx context.Context, ref imageref.Reference) (ocispec.Descriptor, error) {
	r, err := c.manifestRequest(http.MethodHead, ref)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	resp, err := c.send(ctx, r)
	if hidesReason(err) {
		m, err := c.Manifest(ctx, ref)
		return m.Descriptor, err
	}
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	_ = resp.Body.Close() // that of HEAD is empty
	desc := ocispec.Descriptor{
		MediaType: mediaTypeOf(resp.Header),
		Digest:    digest.Digest(resp.Header.Get(headerDigest)),
		Size:      resp.ContentLength,
	}
	if ref.Digest != "" && desc.Digest == "" {
		desc.Digest = digest.Digest(ref.Digest)
	}
	if desc.MediaType == "" || desc.Digest == "" || desc.Size <= 0 {
		m, err := c.Manifest(ctx, ref)
		return m.Descriptor, err
	}
	if err := checkDescriptor(desc, ref); err != nil {
		return ocispec.Descriptor{}, r.failed(err)
	}
	return desc, nil
}

// hidesReason reports whether a HEAD request was refused for a reason that a GET
// would tell.
func hidesReason(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Message == "" && e.StatusCode != http.StatusNotFound && e.StatusCode != http.StatusTooManyRequests
}

func (c *Client) manifestRequest(method string, ref imageref.Reference) (request, error) {
	name := ref.Tag
	if ref.Digest != "" {
		name = ref.Digest
	}
	if name == "" {
		return request{}, fmt.Errorf("registry: %s names a repository, want an image with a tag or a digest", ref)
	}
	u, err := c.urlOf(ref, "manifests", name)
	if err != nil {
		return request{}, err
	}
	if ref.Digest != "" {
		if err := digest.Digest(ref.Digest).Validate(); err != nil {
			return request{}, fmt.Errorf("registry: digest %q: %w", ref.Digest, err)
		}
	}
	return request{method: method, url: u, accept: acceptedManifests()}, nil
}

func checkDescriptor(desc ocispec.Descriptor, ref imageref.Reference) error {
	if err := desc.Digest.Validate(); err != nil {
		return fmt.Errorf("the response's digest is %q: %w", printable(desc.Digest.String()), err)
	}
	if ref.Digest != "" && desc.Digest.String() != ref.Digest {
		return fmt.Errorf("the response is for digest %s, want %s", desc.Digest, ref.Digest)
	}
	if desc.Size > limits.MaxManifest {
		return fmt.Errorf("the manifest has %d bytes, the limit is %d", desc.Size, limits.MaxManifest)
	}
	return nil
}

// checkManifest checks content against the digests of reference and header, as far
// as there are any, and its media type against that of the header.
func checkManifest(content []byte, header http.Header, ref imageref.Reference) (Manifest, error) {
	named := header.Get(headerDigest)
	if ref.Digest != "" {
		named = ref.Digest
	}
	want := digest.Digest(named)
	if named == "" {
		want = digest.FromBytes(content)
	} else if err := want.Validate(); err != nil {
		return Manifest{}, fmt.Errorf("the response's digest is %q: %w", printable(named), err)
	}
	if got := want.Algorithm().FromBytes(content); got != want {
		return Manifest{}, fmt.Errorf("the content has digest %s, want %s", got, want)
	}
	parsed, err := manifest.Parse(content)
	if err != nil {
		return Manifest{}, fmt.Errorf("the content of type %q is not a manifest: %w", header.Get("Content-Type"), err)
	}
	mediaType := mediaTypeOf(header)
	if mediaType == "" {
		mediaType = parsed.MediaType
	}
	if mediaType == "" {
		return Manifest{}, errors.New("neither the response nor the manifest says its media type")
	}
	if parsed.MediaType != "" && parsed.MediaType != mediaType {
		return Manifest{}, fmt.Errorf("the manifest has media type %q, the response says %q", printable(parsed.MediaType), mediaType)
	}
	return Manifest{ocispec.Descriptor{MediaType: mediaType, Digest: want, Size: int64(len(content))}, content}, nil
}

// mediaTypeOf returns the type of a manifest that a header says, or "" if it says
// none or one that anything may have.
func mediaTypeOf(header http.Header) string {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || slices.Contains([]string{"application/json", "application/octet-stream", "text/plain", "text/html"}, mediaType) {
		return ""
	}
	return mediaType
}
