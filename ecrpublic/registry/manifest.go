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
	// Descriptor has digest, size and media type of Content.
	Descriptor ocispec.Descriptor

	// Content is the manifest, byte for byte, of at most 4 MiB. The slice belongs
	// to the caller.
	Content []byte
}

const headerDigest = "Docker-Content-Digest"

// acceptedManifests are the media types that requests for manifests accept. Docker's
// schema 1 is missing on purpose: the host translates manifests for clients that
// accept nothing newer.
func acceptedManifests() []string {
	return []string{
		ocispec.MediaTypeImageIndex, ocispec.MediaTypeImageManifest,
		manifest.MediaTypeDockerList, manifest.MediaTypeDockerManifest, manifest.MediaTypeOCIArtifact,
	}
}

// Manifest reads the manifest that ref names by digest or, if ref has no digest, by
// tag, and verifies it against that digest or the one in the response. Use
// [IsNotFound], [IsDenied] and [IsRateLimited] to classify errors; content that is
// too large, has a different digest or is not a manifest is an error too.
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

// Resolve returns digest, size and media type of the manifest that ref names by
// digest or, if ref has no digest, by tag. It sends a HEAD request. If the
// response lacks one of the three, Resolve reads the manifest as
// [Client.Manifest] does. It does the same after an error other than 404 and 429,
// because a response to HEAD gives no reason.
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

// hidesReason reports whether a response to HEAD was an error whose reason GET would
// give.
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
	return request{method: method, url: u, accept: acceptedManifests(), tokens: c.transport.tokens}, nil
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

// checkManifest verifies content against the digest of the reference or else of the
// header, and the header's media type against the content's.
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
		return Manifest{}, fmt.Errorf("the manifest says media type %q, but the response says %q", printable(parsed.MediaType), mediaType)
	}
	return Manifest{ocispec.Descriptor{MediaType: mediaType, Digest: want, Size: int64(len(content))}, content}, nil
}

// mediaTypeOf returns the Content-Type, or "" if there is none or one that does not
// say what the content is.
func mediaTypeOf(header http.Header) string {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || slices.Contains([]string{"application/json", "application/octet-stream", "text/plain", "text/html"}, mediaType) {
		return ""
	}
	return mediaType
}
