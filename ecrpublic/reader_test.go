package ecrpublic_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/types"
)

// TestReadersAreNoJSON marshals inputs, as programs do to log them or to queue them.
func TestReadersAreNoJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(&ecrpublic.UploadLayerPartInput{UploadId: new("u"), LayerPartReader: bytes.NewReader(nil)})
	require.NoError(t, err)
	var part ecrpublic.UploadLayerPartInput
	require.NoError(t, json.Unmarshal(data, &part), "%s", data)
	assert.Equal(t, ecrpublic.UploadLayerPartInput{UploadId: new("u")}, part)
	data, err = json.Marshal(types.RepositoryCatalogDataInput{LogoImageReader: bytes.NewReader(nil)})
	require.NoError(t, err)
	assert.NotContains(t, string(data), "Reader")
}

func TestLayerPartReader(t *testing.T) {
	t.Parallel()
	part := bytes.Repeat([]byte("0123456789"), 30_000)
	input := func() *ecrpublic.UploadLayerPartInput {
		return &ecrpublic.UploadLayerPartInput{
			RepositoryName: aws.String("r"), UploadId: aws.String("u"), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(part) - 1)),
		}
	}
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}, {Status: 200}}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay)...)
		sent := func(in *ecrpublic.UploadLayerPartInput) string {
			s.requests, s.bodies = nil, nil
			_, err := client.UploadLayerPart(t.Context(), in)
			require.NoError(t, err)
			require.Len(t, s.bodies, 2)
			assert.Equal(t, s.bodies[0], s.bodies[1], "a retry sends the same")
			assert.EqualValues(t, len(s.bodies[0]), s.requests[0].ContentLength)
			got := new(ecrpublic.UploadLayerPartInput)
			require.NoError(t, codec.Unmarshal(s.bodies[1], got))
			return string(got.LayerPartBlob)
		}
		in := input()
		in.LayerPartBlob = part
		assert.Equal(t, string(part), sent(in))
		in = input()
		in.LayerPartReader = bytes.NewReader(part)
		assert.Equal(t, string(part), sent(in), "seekable")
		in.LayerPartReader = iotest.OneByteReader(bytes.NewReader(part))
		assert.Equal(t, string(part), sent(in), "not seekable")
		from := bytes.NewReader(append([]byte("skipped"), part...))
		from.Seek(7, io.SeekStart)
		in.LayerPartReader = from
		assert.Equal(t, string(part), sent(in), "from the current position")

		in.LayerPartBlob = part
		_, err := client.UploadLayerPart(t.Context(), in)
		require.ErrorContains(t, err, "set LayerPartBlob or LayerPartReader, not both")
		in.LayerPartBlob, in.LayerPartReader = nil, iotest.ErrReader(assert.AnError)
		_, err = client.UploadLayerPart(t.Context(), in)
		require.ErrorIs(t, err, assert.AnError)
	})
}

// changingReader returns different bytes from a given pass on. Each pass starts with a
// seek to the start.
type changingReader struct {
	bytes.Reader
	passes, changesAt int
}

func newChangingReader(changesAt int) *changingReader {
	r := &changingReader{changesAt: changesAt}
	r.Reset(make([]byte, 10_000))
	return r
}

func (r *changingReader) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		r.passes++
		if r.passes >= r.changesAt {
			r.Reset(bytes.Repeat([]byte{byte(r.passes)}, 10_000))
		}
	}
	return r.Reader.Seek(offset, whence)
}

// TestReaderThatChangesIsAnError changes a reader's bytes between the hash and the first
// attempt, or between two attempts. Bytes that were not hashed are never sent
// completely.
func TestReaderThatChangesIsAnError(t *testing.T) {
	t.Parallel()
	for attempts := range 3 {
		eachWayNamed(t, fmt.Sprintf("after %d attempts", attempts), func(t *testing.T, options ...func(*ecrpublic.Options)) {
			passes := passesOf(t, attempts, options)
			s := &script{answers: []answer{{Status: 500}}}
			r := newChangingReader(passes + 1)
			_, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).UploadLayerPart(t.Context(), partFrom(r))
			require.ErrorIs(t, err, codec.ErrChanged)
			assert.Len(t, s.requests, attempts)
			assert.LessOrEqual(t, r.passes, passes+2, "there is no other attempt")
		})
	}
}

// passesOf returns how often a reader is rewound in that many attempts; for 0, only
// until it has been hashed.
func passesOf(t *testing.T, attempts int, options []func(*ecrpublic.Options)) int {
	if attempts == 0 {
		return 2 // to find its length, and to hash it
	}
	t.Helper()
	r := newChangingReader(math.MaxInt)
	s := &script{answers: []answer{{Status: 500}}}
	client := scripted(s, append(options, ecrpublic.WithoutDelay, func(o *ecrpublic.Options) { o.RetryMaxAttempts = attempts })...)
	_, err := client.UploadLayerPart(t.Context(), partFrom(r))
	require.Error(t, err)
	require.Len(t, s.requests, attempts)
	return r.passes
}

func partFrom(r io.Reader) *ecrpublic.UploadLayerPartInput {
	return &ecrpublic.UploadLayerPartInput{
		RepositoryName: aws.String("app"), UploadId: aws.String("u"), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(9_999), LayerPartReader: r,
	}
}

// TestBytesSentAreTheBytesHashed sends parts despite failures to a server that checks
// each signature and compares the layer with its digest.
func TestBytesSentAreTheBytesHashed(t *testing.T) {
	t.Parallel()
	part := make([]byte, 10_000)
	for i := range part {
		part[i] = byte(i)
	}
	sources := map[string]func(*ecrpublic.UploadLayerPartInput){
		"bytes":    func(in *ecrpublic.UploadLayerPartInput) { in.LayerPartBlob = part },
		"seekable": func(in *ecrpublic.UploadLayerPartInput) { in.LayerPartReader = bytes.NewReader(part) },
		"not seekable": func(in *ecrpublic.UploadLayerPartInput) {
			in.LayerPartReader = iotest.HalfReader(bytes.NewReader(part))
		},
	}
	for name, source := range sources {
		eachWayNamed(t, name, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			srv := newEmulator(t, ecrpublictest.WithCredentials("AKIDEXAMPLE", "SECRETEXAMPLE0123456789abcdefghijklmnopq"))
			for _, effect := range []ecrpublictest.Effect{ecrpublictest.ResetBefore(), ecrpublictest.Throttle(), ecrpublictest.Status(503)} {
				srv.Inject(ecrpublictest.Fault{Operation: "UploadLayerPart", Times: 1, Effect: effect})
			}
			client := srv.Client(append(options, ecrpublic.WithoutDelay, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 4 })...)
			_, err := client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
			require.NoError(t, err)
			upload, err := client.InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
			require.NoError(t, err)
			in := partFrom(nil)
			in.UploadId = upload.UploadId
			source(in)
			_, err = client.UploadLayerPart(t.Context(), in)
			require.NoError(t, err)
			assert.Equal(t, 4, srv.Count("UploadLayerPart"))
			_, err = client.CompleteLayerUpload(t.Context(), &ecrpublic.CompleteLayerUploadInput{
				RepositoryName: aws.String("app"), UploadId: upload.UploadId, LayerDigests: []string{fmt.Sprintf("sha256:%x", sha256.Sum256(part))},
			})
			require.NoError(t, err)
		})
	}
}
