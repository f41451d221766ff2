package imagepush

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/semaphore"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// defaultParallel hides the round trips of small layers and manifests.
	defaultParallel = 16

	// maxParallel is far above what any quota allows.
	maxParallel = 1000

	// minMemory is room for one large layer that is read once.
	minMemory = 2 * limits.UsualPart
)

// APIClient lists the methods that this package calls. UploadLayerPart gets
// parts of files as LayerPartReader, others as LayerPartBlob. [Mirror] also calls
// DescribeImageTags if the client has it, to look up many tags at once.
type APIClient interface {
	BatchCheckLayerAvailability(context.Context, *ecrpublic.BatchCheckLayerAvailabilityInput, ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error)
	InitiateLayerUpload(context.Context, *ecrpublic.InitiateLayerUploadInput, ...func(*ecrpublic.Options)) (*ecrpublic.InitiateLayerUploadOutput, error)
	UploadLayerPart(context.Context, *ecrpublic.UploadLayerPartInput, ...func(*ecrpublic.Options)) (*ecrpublic.UploadLayerPartOutput, error)
	CompleteLayerUpload(context.Context, *ecrpublic.CompleteLayerUploadInput, ...func(*ecrpublic.Options)) (*ecrpublic.CompleteLayerUploadOutput, error)
	PutImage(context.Context, *ecrpublic.PutImageInput, ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error)
	DescribeImages(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error)
}

// TargetOptions configures a [Target]. The zero value of every field works.
type TargetOptions struct {
	// RegistryID is the twelve-digit account of the registry; empty means the
	// caller's own.
	RegistryID string

	// Parallel is how many layers are sent, manifests read or put, and images copied
	// by [Mirror] at a time, up to 1,000; 0 means 16. The HTTP client should keep as
	// many idle connections per host.
	Parallel int

	// Memory is how many bytes the layers being sent may use, at least 20 MiB; 0
	// means 60 MiB. A layer that is read once uses two parts of 10 MiB, or its
	// size if that is less; a file uses half a megabyte.
	Memory int64

	// Limiter delays the calls with low quotas; nil means a new limiter with the
	// default rates.
	Limiter *Limiter

	// Registry is the repository on the registry host, with a Client that logs in
	// there, such as a registry.Client of this module. Layers and manifests then go
	// to public.ecr.aws: a layer takes two requests and is sent unencoded, whereas
	// the API takes a request for each 10 MiB, in base64. The API is still asked
	// what already exists. Nil sends everything through the API, which needs no
	// login and only one host. With Registry, RegistryID must be empty.
	Registry *remote.Repository

	// Progress is called for each layer, config and manifest; nil disables it.
	// Calls are serialized and block the push. It may call methods of the target, but
	// not push what is being reported.
	Progress func(Progress)
}

// Target is a repository of ECR Public as a destination of oras.Copy. It can
// serve several copies, also concurrently, and sends a layer that they share
// once. It remembers what the repository has: create a new one if other
// programs may have changed that.
//
// Set [Target.FindSuccessors] as the copy's FindSuccessors to check layers by
// manifest rather than one by one. Digests must be sha256.
type Target struct {
	client     APIClient
	repository string
	registryID *string
	parallel   int
	limiter    *Limiter
	report     *report
	cache      *cache
	memory     *memory
	calls      calls
	health     health
	host       *host // nil to send through the API

	metadata *semaphore.Weighted // memory for manifests and lists, see reserve
	missing  atomic.Bool         // the repository does not exist, in a dry run

	mu      sync.Mutex
	counted map[digest.Digest]bool // what count has seen
}

var (
	_ oras.Target              = (*Target)(nil)
	_ registry.ReferencePusher = (*Target)(nil)
)

// NewTarget creates a target for a repository, which is named without the
// registry's alias and must exist before a push. It makes no call, and fails
// if an option or the name is invalid.
func NewTarget(client APIClient, repository string, optFns ...func(*TargetOptions)) (*Target, error) {
	var options TargetOptions
	for _, fn := range optFns {
		fn(&options)
	}
	if err := checkNames(repository, ""); err != nil {
		return nil, fmt.Errorf("imagepush: %w", err)
	}
	if err := options.complete(); err != nil {
		return nil, fmt.Errorf("imagepush: %w", err)
	}
	host, err := newHost(options.Registry, repository)
	if err == nil && host != nil && options.RegistryID != "" {
		err = errors.New("RegistryID must be empty with Registry, whose alias names the account")
	}
	if err != nil {
		return nil, fmt.Errorf("imagepush: %w", err)
	}
	t := &Target{
		client:     client,
		repository: repository,
		parallel:   options.Parallel,
		limiter:    options.Limiter,
		report:     newReport(options.Progress),
		host:       host,
		cache:      newCache(),
		memory:     newMemory(options.Parallel, options.Memory),

		metadata: semaphore.NewWeighted(metadataMemory),
		counted:  map[digest.Digest]bool{},
	}
	if options.RegistryID != "" {
		t.registryID = &options.RegistryID
	}
	return t, nil
}

// complete checks options and fills in defaults.
func (o *TargetOptions) complete() error {
	o.Parallel = cmp.Or(o.Parallel, defaultParallel)
	o.Memory = cmp.Or(o.Memory, defaultMemory)
	if o.Limiter == nil {
		o.Limiter = NewLimiter(Rates{})
	}
	switch {
	case o.Parallel < 1 || o.Parallel > maxParallel:
		return fmt.Errorf("Parallel is %d: want 1 to %d, or 0 for %d", o.Parallel, maxParallel, defaultParallel)
	case o.Memory < minMemory:
		return fmt.Errorf("Memory is %d bytes: want at least %d, or 0 for %d", o.Memory, int64(minMemory), int64(defaultMemory))
	}
	return o.Limiter.err
}

// Exists reports whether the repository has a layer, a config or a manifest. A
// layer that it has with another size is an error.
func (t *Target) Exists(ctx context.Context, desc ocispec.Descriptor) (bool, error) {
	if err := checkDigest(desc); err != nil {
		return false, err
	}
	var found bool
	var err error
	if isManifest(desc) {
		found, err = t.imageExists(ctx, desc.Digest)
	} else {
		found, err = t.layerExists(ctx, desc)
	}
	if err == nil && found {
		t.report.skip(desc)
	}
	return found, err
}

// Push sends a layer or a config in parts, or puts a manifest without a tag. It
// succeeds if the repository already has it. Content that implements io.ReaderAt
// and io.Seeker and is at its start, such as an *os.File, is read in place, by
// ReadAt. If the service loses the upload, seekable content is read again; other
// content is an error. When ctx ends, the push ends as soon as a running Read
// returns. If size or digest differ from the descriptor's, Push fails and leaves
// nothing that an image could refer to.
func (t *Target) Push(ctx context.Context, desc ocispec.Descriptor, content io.Reader) error {
	if err := checkDigest(desc); err != nil {
		return err
	}
	if isManifest(desc) {
		return t.pushManifest(ctx, desc, content, "")
	}
	return t.pushLayer(ctx, desc, newHanded(content))
}

// PushReference puts a manifest and points a tag at it in one call, moving an
// existing tag. A reference that is empty or the manifest's digest sets no tag.
func (t *Target) PushReference(ctx context.Context, desc ocispec.Descriptor, content io.Reader, reference string) error {
	if err := checkDigest(desc); err != nil {
		return err
	}
	if !isManifest(desc) {
		return fmt.Errorf("tag %s, a %q: only images can have tags: %w", desc.Digest, desc.MediaType, errdef.ErrUnsupported)
	}
	tag, err := t.tagOf(reference, desc)
	if err != nil {
		return err
	}
	return t.pushManifest(ctx, desc, content, tag)
}

// Tag points a tag at a manifest. The API sets tags by putting the manifest and
// does not return manifests, so Tag works only for those that this target put
// without a tag, the first 4 MiB of them, or if the tag already points there.
// Otherwise the error is errdef.ErrUnsupported. oras.Copy does not need it.
func (t *Target) Tag(ctx context.Context, desc ocispec.Descriptor, reference string) error {
	tag, err := t.tagOf(reference, desc)
	if err != nil {
		return err
	}
	if manifest := t.cache.manifest(desc.Digest); manifest != nil {
		return t.putImage(ctx, desc, tag, func() ([]byte, error) { return manifest, nil })
	}
	if _, err := t.imageExists(ctx, desc.Digest); err != nil {
		return err
	}
	if t.cache.hasTag(desc.Digest, tag) {
		return nil
	}
	return fmt.Errorf("tag %s as %q: its manifest is not available, use PushReference: %w", desc.Digest, tag, errdef.ErrUnsupported)
}

// Resolve finds an image by its tag or digest. The descriptor has media type
// and digest; its Size is 0, because the API does not return the size of a
// manifest. It fails with errdef.ErrNotFound if there is no such image.
func (t *Target) Resolve(ctx context.Context, reference string) (ocispec.Descriptor, error) {
	if reference == "" {
		return ocispec.Descriptor{}, errdef.ErrMissingReference
	}
	image, found, err := t.describe(ctx, reference)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	if !found {
		return ocispec.Descriptor{}, fmt.Errorf("%s in %s: %w", reference, t.repository, errdef.ErrNotFound)
	}
	return image, nil
}

// Fetch fails with errdef.ErrUnsupported, because the API does not return
// content. Read it from the registry host, for example with package registry.
func (t *Target) Fetch(_ context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	return nil, fmt.Errorf("fetch %s: the API does not return content: %w", desc.Digest, errdef.ErrUnsupported)
}

// FindSuccessors returns what a manifest refers to, and asks in one call which
// of its layers the repository has, so that [Target.Exists] need not.
func (t *Target) FindSuccessors(ctx context.Context, fetcher content.Fetcher, desc ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	if !isManifest(desc) {
		return nil, nil
	}
	release, err := t.reserve(ctx, memoryToParse(desc))
	if err != nil {
		return nil, err
	}
	defer release()
	data, _, err := manifest.Fetch(ctx, fetcher, desc)
	if err != nil {
		return nil, err
	}
	m, err := manifest.Parse(data) // with annotations, for callbacks of oras.Copy
	if err != nil {
		return nil, err
	}
	children, blobs, subject := m.Links(desc.MediaType)
	successors := slices.Concat(blobs, children)
	if subject != nil {
		successors = append([]ocispec.Descriptor{*subject}, successors...)
	}
	return successors, t.checkLayers(ctx, slices.DeleteFunc(blobs, isNotLayer))
}

// checkNames checks a repository's name and a tag, which may be empty.
func checkNames(repository, tag string) error {
	if strings.HasPrefix(repository, imageref.Host+"/") {
		return fmt.Errorf("repository name %q: leave out the host and the registry's alias", repository)
	}
	const anyAlias = "alias"
	return imageref.Reference{Alias: anyAlias, RepositoryName: repository, Tag: tag}.Validate()
}

// tagOf returns the tag that a reference to desc stands for, if any.
func (t *Target) tagOf(reference string, desc ocispec.Descriptor) (string, error) {
	if reference == desc.Digest.String() {
		return "", nil
	}
	return reference, checkNames(t.repository, reference)
}

func checkDigest(desc ocispec.Descriptor) error {
	if err := desc.Digest.Validate(); err != nil {
		return fmt.Errorf("digest %q: %w", desc.Digest, err)
	}
	if desc.Digest.Algorithm() != digest.SHA256 {
		return fmt.Errorf("digest %s: ECR Public stores content by sha256: %w", desc.Digest, errdef.ErrUnsupported)
	}
	return nil
}
