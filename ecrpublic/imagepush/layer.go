package imagepush

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// uploads is how many uploads a layer may take: the service can lose one.
	uploads = 3

	// unsaid is how many refusals without a position an upload may take.
	unsaid = 2
)

// errUploadLost says that an upload cannot go on.
var errUploadLost = errors.New("the service lost bytes of the upload")

// pushLayer sends a layer unless the repository has it by now.
func (t *Target) pushLayer(ctx context.Context, desc ocispec.Descriptor, source io.Reader) error {
	if err := checkLayerSize(desc); err != nil {
		return err
	}
	release, err := t.known.claim(ctx, desc.Digest)
	if err != nil {
		return err
	}
	defer release()
	if t.known.layers.get(desc.Digest) {
		return nil
	}
	if err := t.uploadLayer(ctx, desc, source); err != nil {
		return fmt.Errorf("layer %s: %w", desc.Digest, err)
	}
	t.known.layers.set(desc.Digest, true)
	t.report.upload(desc)
	return nil
}

func checkLayerSize(desc ocispec.Descriptor) error {
	if desc.Size < 1 || desc.Size > limits.MaxLayer {
		return fmt.Errorf("layer %s has %d bytes: ECR Public takes 1 to %d: %w", desc.Digest, desc.Size, limits.MaxLayer, errdef.ErrUnsupported)
	}
	return nil
}

// uploadLayer begins again as long as uploads get lost and source can.
func (t *Target) uploadLayer(ctx context.Context, desc ocispec.Descriptor, source io.Reader) error {
	var m *memory
	select {
	case m = <-t.memories:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { t.memories <- m }()

	if r, ok := source.(*rereader); ok {
		opened, err := r.open()
		if err != nil {
			return fmt.Errorf("read the source: %w", err)
		}
		source = opened
	}
	var start int64
	seeker, ok := source.(io.Seeker)
	if ok {
		at, err := seeker.Seek(0, io.SeekCurrent)
		if err == nil { // what cannot tell may still be able to go to its start
			start = at
		}
	}
	for n := 1; ; n++ {
		u := &upload{Target: t, memory: m, desc: desc, source: source}
		err := u.run(ctx)
		if err == nil || !isLost(err) || n == uploads || !ok {
			return err
		}
		if _, seekErr := seeker.Seek(start, io.SeekStart); seekErr != nil {
			return errors.Join(err, seekErr)
		}
	}
}

// isLost tells whether a new upload may succeed. What was read is known to be the
// layer, so the service has got something else if it finds another digest.
func isLost(err error) bool {
	return errors.Is(err, errUploadLost) || is[*types.UploadNotFoundException](err) || is[*types.InvalidLayerException](err)
}

// upload is one upload of a layer.
type upload struct {
	*Target
	*memory
	desc     ocispec.Descriptor
	source   io.Reader
	id       *string
	partSize int64
	unsaid   int // refusals that did not say where to go on
}

func (u *upload) run(ctx context.Context) error {
	if err := u.initiate(ctx); err != nil {
		return err
	}
	parts, stop := u.open()
	defer stop()
	for first := int64(0); first < u.desc.Size; {
		part, err := parts.at(first)
		if err != nil {
			return err
		}
		next, err := u.send(ctx, part.input)
		if err != nil {
			return err
		}
		if first = next; first < u.desc.Size {
			u.report.progress(u.desc, first)
		}
	}
	return u.complete(ctx)
}

// request returns the request that sends the part at a position, without its
// bytes, and how many those are.
func (u *upload) request(first int64) (input *ecrpublic.UploadLayerPartInput, size int64) {
	size = min(u.partSize, u.desc.Size-first)
	return &ecrpublic.UploadLayerPartInput{
		RepositoryName: &u.repository,
		RegistryId:     u.registryID,
		UploadId:       u.id,
		PartFirstByte:  aws.Int64(first),
		PartLastByte:   aws.Int64(first + size - 1),
	}, size
}

func (u *upload) initiate(ctx context.Context) error {
	if err := wait(ctx, u.limiter.initiate); err != nil {
		return err
	}
	u.report.progress(u.desc, 0)
	out, err := u.client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{
		RepositoryName: &u.repository,
		RegistryId:     u.registryID,
	}, patiently)
	if err != nil {
		return err
	}
	u.id = out.UploadId
	u.partSize = min(aws.ToInt64(out.PartSize), limits.MaxPart)
	if u.partSize < 1 { // it did not name one
		u.partSize = limits.UsualPart
	}
	return nil
}

// send sends a part and returns the position after the last byte that the
// service has. A refusal that does not say where that is may have broken off, and
// the part is sent again, however the client retries.
func (u *upload) send(ctx context.Context, input *ecrpublic.UploadLayerPartInput) (next int64, err error) {
	first, end := *input.PartFirstByte, *input.PartLastByte+1
	out, err := u.client.UploadLayerPart(ctx, input, patiently)
	if err == nil {
		return resume(first, after(out.LastByteReceived, end), end, nil)
	}
	refused, ok := errors.AsType[*types.InvalidLayerPartException](err)
	if !ok {
		return 0, err
	}
	if refused.LastValidByteReceived == nil && u.unsaid < unsaid {
		u.unsaid++
		return first, nil
	}
	return resume(first, after(refused.LastValidByteReceived, 0), end, err)
}

// after returns the position after a last byte, or unknown if that is nil.
func after(last *int64, unknown int64) int64 {
	if last == nil {
		return unknown
	}
	return *last + 1
}

// resume works out where to go on. A part whose answer was lost, and which was
// sent again, is refused although the service has it; a service that asks for
// what it was just sent would do so for ever.
func resume(first, next, end int64, refusal error) (int64, error) {
	switch {
	case next > first:
		return min(next, end), nil
	case refusal == nil:
		return 0, errUploadLost
	case next == first:
		return 0, refusal
	default:
		return 0, fmt.Errorf("%w: %w", errUploadLost, refusal)
	}
}

// complete closes the upload. If its answer was lost, the repeated call does
// not find the upload, but the layer is there.
func (u *upload) complete(ctx context.Context) error {
	if err := wait(ctx, u.limiter.complete); err != nil {
		return err
	}
	out, err := u.client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &u.repository,
		RegistryId:     u.registryID,
		UploadId:       u.id,
		LayerDigests:   []string{u.desc.Digest.String()},
	}, patiently)
	if is[*types.LayerAlreadyExistsException](err) {
		return nil
	}
	if is[*types.UploadNotFoundException](err) {
		return u.completedBefore(ctx, err)
	}
	if err != nil {
		return err
	}
	if got := aws.ToString(out.LayerDigest); got != u.desc.Digest.String() {
		return fmt.Errorf("the service stored it as %q: %w", got, content.ErrMismatchedDigest)
	}
	return nil
}

// completedBefore returns nil if the layer is there and err if it is not.
func (u *upload) completedBefore(ctx context.Context, err error) error {
	if checkErr := u.checkAvailability(ctx, []string{u.desc.Digest.String()}); checkErr != nil {
		return checkErr
	}
	if u.known.layers.get(u.desc.Digest) {
		return nil
	}
	return err
}
