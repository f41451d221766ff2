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
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// maxUploads is how many uploads of a layer are started: the service can
	// lose one.
	maxUploads = 3

	// maxBlindRetries is how often an upload sends a part again after a refusal that
	// names no position, or the start of that part.
	maxBlindRetries = 2
)

// errUploadLost says that an upload cannot continue.
var errUploadLost = errors.New("the service lost bytes of the upload")

// pushLayer sends a layer unless the repository has it.
func (t *Target) pushLayer(ctx context.Context, desc ocispec.Descriptor, source layerSource) error {
	if err := checkLayerSize(desc); err != nil {
		return err
	}
	release, err := t.cache.claim(ctx, desc.Digest)
	if err != nil {
		return err
	}
	defer release()
	if t.cache.hasLayer(desc.Digest) {
		t.report.skip(desc)
		return nil
	}
	send := t.sendLayer
	if t.host != nil {
		send = t.sendToHost
	}
	if err := send(ctx, desc, source); err != nil {
		return fmt.Errorf("layer %s: %w", desc.Digest, err)
	}
	t.report.upload(desc) // before others can find it, and report that it was there
	t.cache.addLayer(desc.Digest, desc.Size)
	return nil
}

func checkLayerSize(desc ocispec.Descriptor) error {
	if desc.Size < 1 || desc.Size > limits.MaxLayer {
		return fmt.Errorf("layer %s has %d bytes: ECR Public accepts 1 to %d: %w", desc.Digest, desc.Size, limits.MaxLayer, errdef.ErrUnsupported)
	}
	return nil
}

// sendLayer starts again as long as uploads get lost, or the source breaks off, and it can
// be read again.
func (t *Target) sendLayer(ctx context.Context, desc ocispec.Descriptor, source layerSource) error {
	room, err := t.memory.enter(ctx, desc.Size)
	if err != nil {
		return err
	}
	defer room.leave()
	for n := 1; ; n++ {
		err := t.upload(ctx, desc, source, room)
		if err == nil || !isLost(err) || n == maxUploads || ctx.Err() != nil {
			return err
		}
		if ok, seekErr := source.again(); !ok {
			return errors.Join(err, seekErr)
		}
	}
}

// sourceError is an error of reading the source. Of content that is too short, it says
// so.
func sourceError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) && !errtype.Is[interruption](err) {
		return fmt.Errorf("read the source: it ends before the size in its descriptor: %w", err)
	}
	return fmt.Errorf("read the source: %w", err)
}

// upload sends a layer in one upload. The service checks the digest; if it rejects the
// bytes of a source with random access, that is read once more to find out whether it
// is at fault.
func (t *Target) upload(ctx context.Context, desc ocispec.Descriptor, source layerSource, room *room) (err error) {
	content, err := source.open(ctx)
	if err != nil {
		return sourceError(err)
	}
	defer func() { err = errors.Join(err, content.close()) }()
	if err := content.checkSize(desc.Size); err != nil {
		return sourceError(err)
	}
	u := &upload{Target: t, desc: desc}
	if err := u.initiate(ctx); err != nil {
		return err
	}
	parts, stop := u.parts(content, room)
	defer stop()
	err = u.run(ctx, parts)
	if content.at != nil && errtype.Is[*types.InvalidLayerException](err) {
		if wrong := verify(ctx, wholeOf(content.at), desc); wrong != nil {
			return sourceError(wrong)
		}
	}
	return err
}

// isLost reports whether a new upload may succeed. The bytes of the source are correct,
// so if the service finds another digest, it lost some of them.
func isLost(err error) bool {
	return errors.Is(err, errUploadLost) || errtype.Is[interruption](err) || errtype.Is[*types.UploadNotFoundException](err) || errtype.Is[*types.InvalidLayerException](err)
}

// upload is one upload of a layer.
type upload struct {
	*Target
	desc         ocispec.Descriptor
	id           *string
	partSize     int64
	blindRetries int
}

func (u *upload) run(ctx context.Context, parts parts) error {
	for first := int64(0); first < u.desc.Size; {
		input, err := parts.at(first)
		if err != nil {
			return err
		}
		next, err := u.send(ctx, input)
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
	u.report.progress(u.desc, 0)
	out, err := call(ctx, u.Target, "InitiateLayerUpload", u.limiter.initiate, u.client.InitiateLayerUpload, &ecrpublic.InitiateLayerUploadInput{
		RepositoryName: &u.repository,
		RegistryId:     u.registryID,
	})
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

// send sends a part and returns the position after the last byte that the service
// has. A refusal that does not name that position may be truncated, and one that names
// the start of the part may be due to damage on the way, so the part is sent again,
// however the client retries.
func (u *upload) send(ctx context.Context, input *ecrpublic.UploadLayerPartInput) (next int64, err error) {
	first, end := *input.PartFirstByte, *input.PartLastByte+1
	out, err := call(ctx, u.Target, "UploadLayerPart", nil, u.client.UploadLayerPart, input)
	if err == nil {
		return resume(first, after(out.LastByteReceived, end), end, nil)
	}
	refused, ok := errors.AsType[*types.InvalidLayerPartException](err)
	if !ok {
		return 0, err
	}
	if after(refused.LastValidByteReceived, first) == first && u.blindRetries < maxBlindRetries {
		u.blindRetries++
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

// resume works out where to continue. If a part is sent again because its response
// was lost, the service refuses it although it has it. A service that asks for the
// part it was just sent would do so forever.
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

// complete closes the upload. If its response was lost, the repeated call does
// not find the upload, but the layer is there.
func (u *upload) complete(ctx context.Context) error {
	out, err := call(ctx, u.Target, "CompleteLayerUpload", u.limiter.complete, u.client.CompleteLayerUpload, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &u.repository,
		RegistryId:     u.registryID,
		UploadId:       u.id,
		LayerDigests:   []string{u.desc.Digest.String()},
	})
	if errtype.Is[*types.LayerAlreadyExistsException](err) {
		return nil
	}
	if errtype.Is[*types.UploadNotFoundException](err) {
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
	if u.cache.hasLayer(u.desc.Digest) {
		return nil
	}
	return err
}
