package imagepush_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// fake is a repository in memory that follows the service's rules for layers
// and images, and records the calls.
type fake struct {
	partSize int64

	// before may refuse a call; after may replace the answer of one that was
	// processed. Both are called without the lock.
	before, after func(call any) error

	// received may change what an upload holds after a part.
	received func(u *fakeUpload)

	mu      sync.Mutex
	calls   []any // the inputs
	uploads []*fakeUpload
	layers  map[string][]byte
	images  map[string]string // digest to manifest
	tags    map[string]string // to digests
}

type fakeUpload struct {
	bytes []byte
	parts int
	gone  bool
}

func newFake() *fake {
	return &fake{
		partSize: 10,
		layers:   map[string][]byte{},
		images:   map[string]string{},
		tags:     map[string]string{},
	}
}

// call runs f under the lock, between the hooks.
func call[Out any](f *fake, ctx context.Context, in any, run func() (*Out, error)) (*Out, error) {
	f.mu.Lock()
	f.calls = append(f.calls, in)
	f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if f.before != nil {
		if err := f.before(in); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	out, err := run()
	f.mu.Unlock()
	if err == nil && f.after != nil {
		err = f.after(in)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (f *fake) BatchCheckLayerAvailability(ctx context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
		out := new(ecrpublic.BatchCheckLayerAvailabilityOutput)
		for _, d := range in.LayerDigests {
			layer := types.Layer{LayerDigest: aws.String(d), LayerAvailability: types.LayerAvailabilityUnavailable}
			if _, ok := f.layers[d]; ok {
				layer.LayerAvailability = types.LayerAvailabilityAvailable
			}
			out.Layers = append(out.Layers, layer)
		}
		return out, nil
	})
}

func (f *fake) InitiateLayerUpload(ctx context.Context, in *ecrpublic.InitiateLayerUploadInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.InitiateLayerUploadOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.InitiateLayerUploadOutput, error) {
		f.uploads = append(f.uploads, &fakeUpload{})
		out := &ecrpublic.InitiateLayerUploadOutput{UploadId: aws.String(fmt.Sprint(len(f.uploads) - 1))}
		if f.partSize != 0 {
			out.PartSize = &f.partSize
		}
		return out, nil
	})
}

// upload finds an upload; its id is its place in the list.
func (f *fake) upload(id *string) (*fakeUpload, error) {
	var i int
	fmt.Sscan(*id, &i)
	if f.uploads[i].gone {
		return nil, &types.UploadNotFoundException{}
	}
	return f.uploads[i], nil
}

func (f *fake) UploadLayerPart(ctx context.Context, in *ecrpublic.UploadLayerPartInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.UploadLayerPartOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.UploadLayerPartOutput, error) {
		u, err := f.upload(in.UploadId)
		if err != nil {
			return nil, err
		}
		length := *in.PartLastByte - *in.PartFirstByte + 1
		if *in.PartFirstByte != int64(len(u.bytes)) || length != int64(len(in.LayerPartBlob)) || length > f.partSize && f.partSize != 0 {
			return nil, invalidPart(len(u.bytes))
		}
		u.bytes = append(u.bytes, in.LayerPartBlob...)
		u.parts++
		if f.received != nil {
			f.received(u)
		}
		return &ecrpublic.UploadLayerPartOutput{LastByteReceived: aws.Int64(int64(len(u.bytes)) - 1)}, nil
	})
}

// invalidPart says how many bytes an upload holds.
func invalidPart(held int) error {
	err := new(types.InvalidLayerPartException)
	if held > 0 {
		err.LastValidByteReceived = aws.Int64(int64(held) - 1)
	}
	return err
}

func (f *fake) CompleteLayerUpload(ctx context.Context, in *ecrpublic.CompleteLayerUploadInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.CompleteLayerUploadOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.CompleteLayerUploadOutput, error) {
		u, err := f.upload(in.UploadId)
		if err != nil {
			return nil, err
		}
		if u.parts == 0 {
			return nil, &types.EmptyUploadException{}
		}
		d := digest.FromBytes(u.bytes).String()
		if !slices.Contains(in.LayerDigests, d) {
			return nil, &types.InvalidLayerException{}
		}
		u.gone = true
		if _, ok := f.layers[d]; ok {
			return nil, &types.LayerAlreadyExistsException{}
		}
		f.layers[d] = u.bytes
		return &ecrpublic.CompleteLayerUploadOutput{LayerDigest: &d}, nil
	})
}

func (f *fake) PutImage(ctx context.Context, in *ecrpublic.PutImageInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.PutImageOutput, error) {
		d := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(*in.ImageManifest)))
		if *in.ImageDigest != d {
			return nil, &types.ImageDigestDoesNotMatchException{}
		}
		tag := aws.ToString(in.ImageTag)
		if _, ok := f.images[d]; ok && (tag == "" || f.tags[tag] == d) {
			return nil, &types.ImageAlreadyExistsException{}
		}
		f.images[d] = *in.ImageManifest
		if tag != "" {
			f.tags[tag] = d
		}
		return &ecrpublic.PutImageOutput{}, nil
	})
}

func (f *fake) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return call(f, ctx, in, func() (*ecrpublic.DescribeImagesOutput, error) {
		d := aws.ToString(in.ImageIds[0].ImageDigest)
		if in.ImageIds[0].ImageTag != nil {
			d = f.tags[*in.ImageIds[0].ImageTag]
		}
		if _, ok := f.images[d]; !ok {
			return nil, &types.ImageNotFoundException{}
		}
		detail := types.ImageDetail{ImageDigest: &d, ImageManifestMediaType: aws.String("application/vnd.oci.image.manifest.v1+json")}
		for _, tag := range slices.Sorted(maps.Keys(f.tags)) {
			if f.tags[tag] == d {
				detail.ImageTags = append(detail.ImageTags, tag)
			}
		}
		return &ecrpublic.DescribeImagesOutput{ImageDetails: []types.ImageDetail{detail}}, nil
	})
}

// inputs returns the recorded calls of one operation.
func inputs[In any](f *fake) (all []*In) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, in := range f.calls {
		if in, ok := in.(*In); ok {
			all = append(all, in)
		}
	}
	return all
}
