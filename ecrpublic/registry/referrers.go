package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// Referrers lists the artifacts whose subject is the image that ref names, such as
// its signatures. A ref without a digest is resolved first. If artifactType is not
// empty, only artifacts of that type are listed. On a host without the referrers
// API, the list is read from the OCI specification's fallback tag, "sha256-<hex>".
// An error ends the iteration, with an empty descriptor.
func (c *Client) Referrers(ctx context.Context, ref imageref.Reference, artifactType string) iter.Seq2[ocispec.Descriptor, error] {
	return func(yield func(ocispec.Descriptor, error) bool) {
		err := c.eachReferrer(ctx, ref, func(desc ocispec.Descriptor) bool {
			return artifactType != "" && desc.ArtifactType != artifactType || yield(desc, nil)
		}, artifactType)
		if err != nil {
			yield(ocispec.Descriptor{}, err)
		}
	}
}

func (c *Client) eachReferrer(ctx context.Context, ref imageref.Reference, yield func(ocispec.Descriptor) bool, artifactType string) error {
	if ref.Digest == "" {
		desc, err := c.Resolve(ctx, ref)
		if err != nil {
			return err
		}
		ref.Digest = desc.Digest.String()
	}
	if _, err := c.manifestRequest(http.MethodGet, ref); err != nil {
		return err
	}
	first, err := c.urlOf(ref, "referrers", ref.Digest)
	if err != nil {
		return err
	}
	if artifactType != "" {
		first.RawQuery = url.Values{"artifactType": {artifactType}}.Encode()
	}
	err = c.eachPage(ctx, first, []string{ocispec.MediaTypeImageIndex}, func(resp *http.Response, data []byte) (bool, error) {
		if mediaType := mediaTypeOf(resp.Header); mediaType != ocispec.MediaTypeImageIndex {
			return false, fmt.Errorf("the response has media type %q, want %s", printable(resp.Header.Get("Content-Type")), ocispec.MediaTypeImageIndex)
		}
		return eachDescriptor(data, yield)
	})
	if !lacksReferrers(err) {
		return err
	}
	return c.eachByTag(ctx, ref, yield)
}

// lacksReferrers reports whether an error means that the host has no referrers API,
// rather than that the repository does not exist.
func lacksReferrers(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.StatusCode == http.StatusNotFound && e.Code != codeNameUnknown ||
		e.StatusCode == http.StatusMethodNotAllowed)
}

const codeNameUnknown = "NAME_UNKNOWN"

// eachByTag lists the index at the fallback tag. Only a registry's own 404 means that
// there are no referrers: one without a code may come from anything on the way.
func (c *Client) eachByTag(ctx context.Context, ref imageref.Reference, yield func(ocispec.Descriptor) bool) error {
	ref.Tag, ref.Digest = strings.Replace(ref.Digest, ":", "-", 1), ""
	index, err := c.Manifest(ctx, ref)
	if e, ok := errors.AsType[*Error](err); ok && e.StatusCode == http.StatusNotFound && e.Code != "" && e.Code != codeNameUnknown {
		return nil
	}
	if err != nil {
		return err
	}
	if index.Descriptor.MediaType != ocispec.MediaTypeImageIndex {
		return fmt.Errorf("the list of referrers, %s, has media type %q, want %s", ref, index.Descriptor.MediaType, ocispec.MediaTypeImageIndex)
	}
	_, err = eachDescriptor(index.Content, yield)
	return err
}

func eachDescriptor(data []byte, yield func(ocispec.Descriptor) bool) (more bool, err error) {
	index, err := manifest.Parse(data)
	if err != nil {
		return false, fmt.Errorf("the response is not an index: %w", err)
	}
	for _, desc := range index.Manifests {
		if err := desc.Digest.Validate(); err != nil {
			return false, fmt.Errorf("the response lists the digest %q: %w", printable(desc.Digest.String()), err)
		}
		if !yield(desc) {
			return false, nil
		}
	}
	return true, nil
}
