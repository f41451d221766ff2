package imagepush_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/types"
)

// disk is a file of which the reads are counted.
type disk struct {
	*bytes.Reader
	read atomic.Int64 // bytes
}

func newDisk(data []byte) *disk { return &disk{Reader: bytes.NewReader(data)} }

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	n, err := d.Reader.ReadAt(p, at)
	d.read.Add(int64(n))
	return n, err
}

// emulated is a target in an emulator that wants small parts.
func emulated(t *testing.T, optFns ...func(*ecrpublic.Options)) (*ecrpublictest.Server, *imagepush.Target) {
	t.Helper()
	srv := smallParts(t)
	_, err := srv.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("team/app")})
	require.NoError(t, err)
	target, err := imagepush.NewTarget(srv.Client(optFns...), "team/app", unlimited)
	require.NoError(t, err)
	return srv, target
}

// TestFileIsReadTwice looks at a push with and without a middleware: once to sign, and
// once to send.
func TestFileIsReadTwice(t *testing.T) {
	t.Parallel()
	nothing := ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return nil })
	for _, options := range [][]func(*ecrpublic.Options){nil, {nothing}} {
		srv, target := emulated(t, options...)
		data := random(1, 5*testPart+1)
		file := newDisk(data)
		require.NoError(t, target.Push(t.Context(), layerOf(string(data)), file))
		assert.EqualValues(t, 1+2*len(data), file.read.Load(), "its last byte shows the size")
		assert.Equal(t, 6, srv.Count("UploadLayerPart"))
	}
}

// TestWrongFile looks at the requests of a real client. A wrong size is found before any.
func TestWrongFile(t *testing.T) {
	t.Parallel()
	right := random(1, 3*testPart)
	for name, test := range map[string]struct {
		file  []byte
		parts int
		want  error
	}{
		"other bytes": {append(random(2, testPart), right[testPart:]...), 3, content.ErrMismatchedDigest},
		"too short":   {right[:len(right)-1], 0, io.ErrUnexpectedEOF},
		"empty":       {nil, 0, io.ErrUnexpectedEOF},
		"too long":    {append(bytes.Clone(right), 'x'), 0, content.ErrTrailingData},
	} {
		srv, target := emulated(t)
		err := target.Push(t.Context(), layerOf(string(right)), bytes.NewReader(test.file))
		require.ErrorIs(t, err, test.want, name)
		assert.ErrorContains(t, err, "read the source", name)
		assert.Equal(t, test.parts, srv.Count("UploadLayerPart"), name)
		assert.Equal(t, min(test.parts, 1), srv.Count("InitiateLayerUpload"), name)
		assert.Equal(t, min(test.parts, 1), srv.Count("CompleteLayerUpload"), name)
		check, err := srv.Client().BatchCheckLayerAvailability(t.Context(), &ecrpublic.BatchCheckLayerAvailabilityInput{
			RepositoryName: aws.String("team/app"), LayerDigests: []string{digest.FromBytes(right).String(), digest.FromBytes(test.file).String()},
		})
		require.NoError(t, err)
		for _, layer := range check.Layers {
			assert.Equal(t, types.LayerAvailabilityUnavailable, layer.LayerAvailability, name)
		}
	}
}

// TestEndOfAWrongFileIsNotSentAfterAPartialPart takes a part only in part, so that
// another one follows than the one that was prepared.
func TestEndOfAWrongFileIsNotSentAfterAPartialPart(t *testing.T) {
	t.Parallel()
	right := alphabet(18)
	for kind, open := range contents {
		if kind == "read at any place" { // the service checks the digest
			continue
		}
		for _, test := range []struct {
			content string
			want    error
		}{
			{alphabet(17) + "X", content.ErrMismatchedDigest},
			{right + "X", content.ErrTrailingData},
			{alphabet(17), io.ErrUnexpectedEOF},
		} {
			f := newFake()
			f.received = func(u *fakeUpload) {
				if u.parts == 1 {
					u.bytes = u.bytes[:8]
				}
			}
			err := newTarget(t, f).Push(t.Context(), layerOf(right), open(test.content))
			require.ErrorIs(t, err, test.want, kind)
			assert.Equal(t, 1, f.uploads[0].parts, kind)
			assert.Len(t, f.uploads, 1, kind)
		}
	}
}

// packed is a source whose contents lie in files behind a header.
type packed struct {
	oras.ReadOnlyTarget
	dir string
}

func (p packed) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	data, err := content.FetchAll(ctx, p.ReadOnlyTarget, desc)
	if err != nil {
		return nil, err
	}
	const header = "HEAD"
	path := filepath.Join(p.dir, desc.Digest.Encoded())
	if err := os.WriteFile(path, append([]byte(header), data...), 0o600); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	_, err = file.Seek(int64(len(header)), io.SeekStart)
	return file, err
}

func TestFilesThatAreNotAtTheirStart(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer(alphabet(25))), "v1")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, packed{images, t.TempDir()}, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, alphabet(25), string(f.layers[layerOf(alphabet(25)).Digest.String()]))
}

// changing is a file that somebody writes to after it was read once.
type changing struct{ *disk }

func (c changing) ReadAt(p []byte, at int64) (int, error) {
	before := c.read.Load()
	n, err := c.disk.ReadAt(p, at)
	if before >= c.Size() && n > 0 {
		p[0]++
	}
	return n, err
}

func TestFileThatChangesIsAnError(t *testing.T) {
	t.Parallel()
	srv, target := emulated(t)
	data := random(1, 3*testPart)
	err := target.Push(t.Context(), layerOf(string(data)), changing{newDisk(data)})
	require.ErrorContains(t, err, "different bytes")
	assert.Equal(t, 0, srv.Count("CompleteLayerUpload"))
}

var errBroken = errors.New("broken disk")

// broken is a file with a bad byte.
type broken struct {
	*bytes.Reader
	bad int64
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at <= b.bad && b.bad < at+int64(len(p)) {
		return 0, errBroken
	}
	return b.Reader.ReadAt(p, at)
}

func TestErrorOfAFile(t *testing.T) {
	t.Parallel()
	srv, target := emulated(t)
	data := random(1, 3*testPart)
	err := target.Push(t.Context(), layerOf(string(data)), broken{bytes.NewReader(data), testPart + 5000})
	require.ErrorIs(t, err, errBroken)
	assert.Equal(t, 1, srv.Count("UploadLayerPart"))
}

// TestMiddlewareMayChangeAPart changes the request whose body is made already.
func TestMiddlewareMayChangeAPart(t *testing.T) {
	t.Parallel()
	rename := middleware.InitializeMiddlewareFunc("rename", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if part, ok := in.Parameters.(*ecrpublic.UploadLayerPartInput); ok {
			part.RepositoryName = aws.String("elsewhere")
		}
		return next.HandleInitialize(ctx, in)
	})
	_, target := emulated(t, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Initialize.Add(rename, middleware.Before)
	}))
	err := target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc"))
	require.ErrorContains(t, err, "elsewhere")
	assert.True(t, ecrpublic.IsNotFound(err), "%v", err)
}

// TestCancelledLookForAWrongFile cancels a push when the service refuses a layer, of which
// the file is then read once more.
func TestCancelledLookForAWrongFile(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	data := make([]byte, 25<<20)
	file := newDisk(data)
	f := newFake()
	f.partSize = 0 // the usual one
	before := int64(0)
	f.before = once(func(*ecrpublic.CompleteLayerUploadInput) error {
		cancel()
		before = file.read.Load()
		return &types.InvalidLayerException{}
	})
	err := newTarget(t, f).Push(ctx, layerOf(string(data)), file)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, file.read.Load()-before, int64(len(data)))
}
