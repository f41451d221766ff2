package imagepush_test

import (
	"context"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

// contents are ways to hand over a layer's bytes.
var contents = map[string]func(string) io.Reader{
	"read at any place":    func(data string) io.Reader { return strings.NewReader(data) },
	"read from the start":  func(data string) io.Reader { return struct{ io.ReadSeeker }{strings.NewReader(data)} },
	"not at its beginning": func(data string) io.Reader { r := strings.NewReader("x" + data); r.ReadByte(); return r },
}

// ranges are the positions of the parts that were sent.
func ranges(f *fake) (all []string) {
	for _, part := range inputs[ecrpublic.UploadLayerPartInput](f) {
		all = append(all, fmt.Sprintf("%s:%d-%d", *part.UploadId, *part.PartFirstByte, *part.PartLastByte))
	}
	return all
}

func TestLayerGoesUpInParts(t *testing.T) {
	t.Parallel()
	for kind, open := range contents {
		t.Run(kind, func(t *testing.T) {
			for _, test := range []struct {
				size int
				want []string
			}{
				{1, []string{"0:0-0"}},
				{9, []string{"0:0-8"}},
				{10, []string{"0:0-9"}},
				{11, []string{"0:0-9", "0:10-10"}},
				{30, []string{"0:0-9", "0:10-19", "0:20-29"}},
			} {
				f := newFake()
				data := alphabet(test.size)
				require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), open(data)))
				assert.Equal(t, test.want, ranges(f))
				assert.Equal(t, data, string(f.layers[layerOf(data).Digest.String()]))
			}
		})
	}
}

func TestPartSizeIsTheServicesOrTenMebibytes(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.partSize = 0
	data := alphabet(10<<20 + 1)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)))
	assert.Equal(t, []string{"0:0-10485759", "0:10485760-10485760"}, ranges(f))
}

func TestPartsCarryRepositoryAndRegistry(t *testing.T) {
	t.Parallel()
	f := newFake()
	target := newTarget(t, f, func(o *imagepush.TargetOptions) { o.RegistryID = "123456789012" })
	require.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
	part := inputs[ecrpublic.UploadLayerPartInput](f)[0]
	assert.Equal(t, "team/app", *part.RepositoryName)
	assert.Equal(t, "123456789012", *part.RegistryId)
}

// TestWrongContentIsNotStored pushes content that is not the layer's. What can be read at
// any place is sent without a look at its digest, which the service checks.
func TestWrongContentIsNotStored(t *testing.T) {
	t.Parallel()
	for kind, open := range contents {
		t.Run(kind, func(t *testing.T) {
			for name, test := range map[string]struct {
				content string
				want    error
			}{
				"other bytes": {"ABCDEFGHIJKLMNO", content.ErrMismatchedDigest},
				"too short":   {"abcdefghijklmn", io.ErrUnexpectedEOF},
				"too long":    {"abcdefghijklmnop", content.ErrTrailingData},
			} {
				f := newFake()
				err := newTarget(t, f).Push(t.Context(), layerOf("abcdefghijklmno"), open(test.content))
				require.ErrorIs(t, err, test.want, name)
				assert.Equal(t, name == "too short", strings.Contains(err.Error(), "it ends before the size in its descriptor"), err)
				assert.ErrorContains(t, err, layerOf("abcdefghijklmno").Digest.String(), name)
				assert.Empty(t, f.layers, name)
				if kind == "read at any place" {
					assert.Len(t, f.uploads, len(inputs[ecrpublic.CompleteLayerUploadInput](f)), "%s: a wrong size is found before an upload", name)
					continue
				}
				assert.Equal(t, 1, f.uploads[0].parts, "the part that ends %s is not sent", name)
				assert.Empty(t, inputs[ecrpublic.CompleteLayerUploadInput](f), name)
			}
		})
	}
}

func TestLayerThatCannotBeStoredIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	sha512Layer := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: digest.Digest(fmt.Sprintf("sha512:%x", sha512.Sum512(nil))), Size: 1}
	huge := layerOf("abc")
	huge.Size = 10_000<<20 + 1
	malformed := layerOf("abc")
	malformed.Digest = "sha256:abc"
	for _, desc := range []ocispec.Descriptor{sha512Layer, huge, layerOf(""), malformed} {
		f := newFake()
		require.Error(t, newTarget(t, f).Push(t.Context(), desc, strings.NewReader("")))
		assert.Empty(t, f.calls)
	}
}

func TestLayerThatIsThereAlreadyIsSuccess(t *testing.T) {
	t.Parallel()
	f := newFake()
	data := alphabet(15)
	f.layers[layerOf(data).Digest.String()] = []byte(data)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)))
}

// A source that was read from before starts over where it was.
func TestLostUploadOfTheRestOfASource(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.before = once(func(*ecrpublic.UploadLayerPartInput) error { return &types.UploadNotFoundException{} })
	source := strings.NewReader("xyzabcdef")
	_, err := source.Seek(3, io.SeekStart)
	require.NoError(t, err)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf("abcdef"), source))
	assert.Equal(t, "abcdef", string(f.layers[layerOf("abcdef").Digest.String()]))
}

func TestLostUploadStartsOver(t *testing.T) {
	t.Parallel()
	data := alphabet(25)
	for name, lose := range map[string]func(u *fakeUpload){
		"not found": func(u *fakeUpload) { u.gone = true },
		"emptied":   func(u *fakeUpload) { u.bytes = nil },
	} {
		f := newFake()
		var losses int
		f.received = func(u *fakeUpload) {
			if u.parts == 2 && losses < 2 {
				losses++
				lose(u)
			}
		}
		require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)), name)
		assert.Equal(t, data, string(f.layers[layerOf(data).Digest.String()]), name)
		assert.Len(t, f.uploads, 3, name)
	}
}

func TestLayerDoesNotStartOverForEver(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.received = func(u *fakeUpload) { u.gone = true }
	data := alphabet(25)
	err := newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data))
	var lost *types.UploadNotFoundException
	require.ErrorAs(t, err, &lost)
	assert.Len(t, f.uploads, 3)
}

func TestLostUploadOfAStreamIsAnError(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.received = func(u *fakeUpload) { u.gone = true }
	data := alphabet(25)
	err := newTarget(t, f).Push(t.Context(), layerOf(data), io.LimitReader(strings.NewReader(data), 25))
	var lost *types.UploadNotFoundException
	require.ErrorAs(t, err, &lost)
	assert.Len(t, f.uploads, 1)
}

func TestSourceThatCannotStartOverIsAnError(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.received = func(u *fakeUpload) { u.gone = true }
	data := alphabet(25)
	err := newTarget(t, f).Push(t.Context(), layerOf(data), stuck{strings.NewReader(data)})
	require.ErrorIs(t, err, errStuck)
	var lost *types.UploadNotFoundException
	require.ErrorAs(t, err, &lost)
}

var errStuck = errors.New("stuck")

type stuck struct{ io.Reader }

func (stuck) Seek(int64, int) (int64, error) { return 0, errStuck }

func TestCompletionWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.after = sentTwice[ecrpublic.CompleteLayerUploadInput](f)
	data := alphabet(15)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)))
	assert.Len(t, f.uploads, 1)
	assert.Len(t, inputs[ecrpublic.BatchCheckLayerAvailabilityInput](f), 1)
}

func TestUploadThatExpiresBeforeCompletionStartsOver(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.before = once(func(*ecrpublic.CompleteLayerUploadInput) error { return &types.UploadNotFoundException{} })
	data := alphabet(15)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)))
	assert.Len(t, f.uploads, 2)
}

func TestLayerThatArrivedWrongStartsOver(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.before = once(func(*ecrpublic.CompleteLayerUploadInput) error { return &types.InvalidLayerException{} })
	data := alphabet(15)
	require.NoError(t, newTarget(t, f).Push(t.Context(), layerOf(data), strings.NewReader(data)))
	assert.Len(t, f.uploads, 2)
}

func TestCompletionUnderAnotherDigestIsAnError(t *testing.T) {
	t.Parallel()
	client := &otherDigest{newFake()}
	err := newTarget(t, client).Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
	require.ErrorIs(t, err, content.ErrMismatchedDigest)
}

type otherDigest struct{ *fake }

func (*otherDigest) CompleteLayerUpload(context.Context, *ecrpublic.CompleteLayerUploadInput, ...func(*ecrpublic.Options)) (*ecrpublic.CompleteLayerUploadOutput, error) {
	return &ecrpublic.CompleteLayerUploadOutput{LayerDigest: aws.String("sha256:other")}, nil
}

func TestErrorsOfTheServiceComeThrough(t *testing.T) {
	t.Parallel()
	refused := &types.LimitExceededException{}
	for _, at := range []any{
		new(ecrpublic.InitiateLayerUploadInput), new(ecrpublic.UploadLayerPartInput), new(ecrpublic.CompleteLayerUploadInput),
	} {
		f := newFake()
		f.before = func(in any) error {
			if fmt.Sprintf("%T", in) == fmt.Sprintf("%T", at) {
				return refused
			}
			return nil
		}
		err := newTarget(t, f).Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
		require.ErrorIs(t, err, error(refused), "%T", at)
	}
}

func TestErrorOfTheCheckAfterALostCompletion(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.after = sentTwice[ecrpublic.CompleteLayerUploadInput](f)
	f.before = func(in any) error {
		if _, ok := in.(*ecrpublic.BatchCheckLayerAvailabilityInput); ok {
			return &types.ServerException{}
		}
		return nil
	}
	err := newTarget(t, f).Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
	var server *types.ServerException
	require.ErrorAs(t, err, &server)
}

func TestParallelBoundsUploads(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		release := make(chan struct{})
		f.before = func(in any) error {
			if _, ok := in.(*ecrpublic.UploadLayerPartInput); ok {
				<-release
			}
			return nil
		}
		target := newTarget(t, f, func(o *imagepush.TargetOptions) { o.Parallel = 2 })
		var group sync.WaitGroup
		for _, data := range []string{"a", "b", "c", "d"} {
			group.Go(func() {
				assert.NoError(t, target.Push(t.Context(), layerOf(data), strings.NewReader(data)))
			})
		}
		synctest.Wait()
		assert.Len(t, ranges(f), 2)
		close(release)
		group.Wait()
		assert.Len(t, f.layers, 4)
	})
}

func TestEmptyLayerIsUnsupported(t *testing.T) {
	t.Parallel()
	err := newTarget(t, newFake()).Push(t.Context(), layerOf(""), strings.NewReader(""))
	require.ErrorIs(t, err, errdef.ErrUnsupported)
	assert.ErrorContains(t, err, "0 bytes")
}
