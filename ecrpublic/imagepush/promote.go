package imagepush

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// RegistryReader lists the methods that [Promote] calls to read from the
// registry host what the API does not return. A registry.Client has them.
type RegistryReader interface {
	Manifest(context.Context, imageref.Reference) (registry.Manifest, error)
	Blob(context.Context, imageref.Reference, digest.Digest) (io.ReadCloser, error)
	Referrers(ctx context.Context, ref imageref.Reference, artifactType string) iter.Seq2[ocispec.Descriptor, error]
}

// PromoteOptions are the options of [Promote]. The zero value works.
type PromoteOptions struct {
	// Referrers is as in [PushOptions]. It has an effect only if the repository is
	// a different one.
	Referrers bool

	// CreateRepository is as in [MirrorOptions].
	CreateRepository housekeeping.EnsureRepositoryAPIClient

	// DryRun works out the change without making it: it only reads. See
	// [PromoteResult.Change].
	DryRun bool
}

// PromoteResult says what [Promote] did, or would do.
type PromoteResult struct {
	// Descriptor is the image that the tag points at now, or would in a dry run. If
	// only the digest was looked at, because the tag already pointed there, media
	// type and size are zero.
	Descriptor ocispec.Descriptor

	// Repository and Tag say where the tag is.
	Repository, Tag string

	// Previous is the digest that the tag pointed at before; empty if the tag is
	// new.
	Previous digest.Digest

	// UpToDate is true if the tag already pointed at the image, so that only
	// referrers, if any, were to be sent.
	UpToDate bool

	// Bytes is the number of bytes to send, those of referrers included.
	Bytes int64

	// Transfer says what was sent.
	Transfer
}

// Change is what was changed, or would be in a dry run, for [WriteChanges]. Its Now and
// Then are equal if the result is up to date.
func (r PromoteResult) Change() Change {
	return Change{r.Tag, r.Previous, r.Descriptor.Digest, r.Bytes}
}

// Promote points a tag at an image that is already in the registry, named by a
// tag or, better, by the digest that was tested. Nothing is built or pushed
// again, and indexes keep all their platforms.
//
// An empty RepositoryName of to means that of from: the image gets another tag,
// which takes three requests: to look up the tag, to read the manifest and to put
// it. If from is a digest and the tag already points at it, the first is enough.
// For another repository, layers that it lacks are read from the registry host and
// sent, as in [Push]; an empty Tag of to means that of from. The aliases must be
// the same; that of to may be empty.
//
// The tag moves last, before referrers. After an error, call Promote again: it reuses
// what was sent. Errors of the API and of sending are a [*CallError]; those of reading
// are the reader's, such as a *registry.Error, for which registry.IsNotFound reports
// whether the image is missing.
func Promote(ctx context.Context, client APIClient, reader RegistryReader, from, to imageref.Reference, options PromoteOptions, optFns ...func(*TargetOptions)) (PromoteResult, error) {
	sameRepository := to.RepositoryName == "" || to.RepositoryName == from.RepositoryName
	to.Alias, to.RepositoryName = cmp.Or(to.Alias, from.Alias), cmp.Or(to.RepositoryName, from.RepositoryName)
	if !sameRepository {
		to.Tag = cmp.Or(to.Tag, from.Tag)
	}
	if err := checkPromotion(from, to); err != nil {
		return PromoteResult{}, fmt.Errorf("imagepush: promote: %w", err)
	}
	target, err := NewTarget(client, to.RepositoryName, optFns...)
	if err != nil {
		return PromoteResult{}, err
	}
	p := &promotion{target, registrySource{reader: reader, ref: from}, to, options}
	run := p.copy
	if sameRepository {
		run = p.retag
	}
	result, err := run(ctx)
	target.host.wait()
	result.Repository, result.Tag, result.Transfer = to.RepositoryName, to.Tag, target.transfer()
	if err != nil {
		return result, fmt.Errorf("imagepush: promote %s to %s: %w", from, to, err)
	}
	return result, nil
}

func checkPromotion(from, to imageref.Reference) error {
	if err := from.Validate(); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if err := to.Validate(); err != nil {
		return fmt.Errorf("to: %w", err)
	}
	switch {
	case from.Tag == "" && from.Digest == "":
		return fmt.Errorf("from %s has neither a tag nor a digest", from)
	case to.Tag == "":
		return fmt.Errorf("to %s has no tag", to)
	case to.Digest != "":
		return fmt.Errorf("to %s has a digest: leave it out, the image has one", to)
	case to.Alias != from.Alias:
		return fmt.Errorf("from registry %s to %s: both must be the same registry; use Mirror to copy from another one", from.Alias, to.Alias)
	}
	return nil
}

// promotion is one call of Promote.
type promotion struct {
	*Target
	source  registrySource
	to      imageref.Reference
	options PromoteOptions
}

// retag puts a manifest of the repository again, with the tag.
func (p *promotion) retag(ctx context.Context) (result PromoteResult, err error) {
	if result.Previous, err = p.previous(ctx, p.to.Tag, true); err != nil {
		return result, err
	}
	from := p.source.ref
	if from.Digest != "" && from.Digest == result.Previous.String() {
		result.Descriptor, result.UpToDate = ocispec.Descriptor{Digest: result.Previous}, true
		return result, nil
	}
	m, err := p.source.reader.Manifest(ctx, from)
	if err != nil {
		return result, err
	}
	result.Descriptor = m.Descriptor
	if result.UpToDate = m.Descriptor.Digest == result.Previous; result.UpToDate {
		return result, nil
	}
	result.Bytes = m.Descriptor.Size
	if p.options.DryRun {
		return result, nil
	}
	return result, p.putImage(ctx, m.Descriptor, p.to.Tag, func() ([]byte, error) { return m.Content, nil })
}

// copy copies the image into another repository.
func (p *promotion) copy(ctx context.Context) (result PromoteResult, err error) {
	p.source.root, err = p.source.reader.Manifest(ctx, p.source.ref)
	if err != nil {
		return result, err
	}
	result.Descriptor = p.source.root.Descriptor
	if !p.options.DryRun {
		if _, err := ensureRepository(ctx, p.options.CreateRepository, p.to.RepositoryName); err != nil {
			return result, err
		}
	}
	result.Previous, err = p.previousOrMissing(ctx)
	if err != nil {
		return result, err
	}
	plan, err := p.plan(ctx, p.source, result.Descriptor, p.to.Tag)
	if err != nil {
		return result, err
	}
	result.UpToDate, result.Bytes = plan.upToDate, p.count(plan)
	if !p.options.DryRun {
		if err := plan.run(ctx, p.Target, p.source, p.to.Tag); err != nil {
			return result, err
		}
	}
	if p.options.Referrers {
		bytes, err := p.copyReferrers(ctx, p.source, result.Descriptor, p.options.DryRun)
		result.Bytes += bytes
		return result, err
	}
	return result, nil
}

// previousOrMissing is previous, also for a repository that a dry run does not
// create.
func (p *promotion) previousOrMissing(ctx context.Context) (digest.Digest, error) {
	d, err := p.previous(ctx, p.to.Tag, true)
	if p.options.DryRun && p.options.CreateRepository != nil && isMissingRepository(err) {
		p.missing.Store(true)
		return "", nil
	}
	return d, err
}
