package imagepush_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestPartWithALostResponseIsNotSentTwice(t *testing.T) {
	t.Parallel()
	for kind, open := range contents {
		t.Run(kind, func(t *testing.T) {
			f := newFake()
			f.after = sentTwice[ecrpublic.UploadLayerPartInput](f)
			data := alphabet(25)
			require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), open(data)))
			assert.Equal(t, []string{"0:0-9", "0:10-19", "0:20-24"}, ranges(f))
		})
	}
}

// sentTwice responds as the service does to the retry of a call whose first response
// was lost.
func sentTwice[In any](f *fake) func(any) error {
	return func(in any) error {
		if _, ok := in.(*In); !ok {
			return nil
		}
		switch in := in.(type) {
		case *ecrpublic.UploadLayerPartInput:
			return invalidPart(int(*in.PartLastByte) + 1)
		case *ecrpublic.CompleteLayerUploadInput:
			return &types.UploadNotFoundException{}
		default:
			return &types.ImageAlreadyExistsException{}
		}
	}
}

func TestUploadContinuesInTheMiddleOfAPart(t *testing.T) {
	t.Parallel()
	for kind, open := range contents {
		t.Run(kind, func(t *testing.T) {
			f := newFake()
			f.received = func(u *fakeUpload) { // only some bytes of the first part arrive
				if u.parts == 1 {
					u.bytes = u.bytes[:4]
				}
			}
			data := alphabet(25)
			require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), open(data)))
			assert.Equal(t, []string{"0:0-9", "0:4-13", "0:14-23", "0:24-24"}, ranges(f), "parts stay whole")
			assert.Equal(t, data, string(f.layers[layerOf(data).Digest.String()]))
		})
	}
}

func TestRefusedPartContinuesWhereTheServiceSays(t *testing.T) {
	t.Parallel()
	for kind, open := range contents {
		t.Run(kind, func(t *testing.T) {
			f := newFake()
			f.before = once(func(in *ecrpublic.UploadLayerPartInput) error {
				f.uploads[0].bytes, f.uploads[0].parts = []byte("abc"), 1
				return invalidPart(3)
			})
			data := alphabet(25)
			require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), open(data)))
			assert.Equal(t, []string{"0:0-9", "0:3-12", "0:13-22", "0:23-24"}, ranges(f))
		})
	}
}

// once calls a hook only for the first call of an operation.
func once[In any](hook func(*In) error) func(any) error {
	var done bool
	var mu sync.Mutex
	return func(in any) error {
		mu.Lock()
		defer mu.Unlock()
		if in, ok := in.(*In); ok && !done {
			done = true
			return hook(in)
		}
		return nil
	}
}

func TestPartThatIsRefusedForNoReasonIsAnError(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.before = func(in any) error {
		if part, ok := in.(*ecrpublic.UploadLayerPartInput); ok {
			return invalidPart(int(*part.PartFirstByte))
		}
		return nil
	}
	err := newTarget(t, f).Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
	var refused *types.InvalidLayerPartException
	require.ErrorAs(t, err, &refused)
	assert.Len(t, ranges(f), 3)
}

// After a response that was truncated before the position, and after one that asks for
// the part again, it is sent again.
func TestPartThatTheServiceWantsAgain(t *testing.T) {
	t.Parallel()
	for _, last := range []*int64{nil, aws.Int64(-1)} {
		f := newFake()
		f.partSize = 3
		f.before = once(func(*ecrpublic.UploadLayerPartInput) error {
			return &types.InvalidLayerPartException{LastValidByteReceived: last}
		})
		require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf("abcdef"), strings.NewReader("abcdef")))
		assert.Equal(t, []string{"0:0-2", "0:0-2", "0:3-5"}, ranges(f))
	}
}
