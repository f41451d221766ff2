package ecrpublic_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

func TestLayerPartReader(t *testing.T) {
	t.Parallel()
	part := bytes.Repeat([]byte("0123456789"), 10_000)
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

// changingReader yields other bytes each time it is rewound.
type changingReader struct {
	bytes.Reader
	passes int
}

func (r *changingReader) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		r.passes++
		r.Reset(bytes.Repeat([]byte{byte(r.passes)}, 10_000))
	}
	return r.Reader.Seek(offset, whence)
}

func TestReaderThatChangesIsAnError(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		r := new(changingReader)
		r.Reset(make([]byte, 10_000))
		_, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).UploadLayerPart(t.Context(), &ecrpublic.UploadLayerPartInput{
			RepositoryName: aws.String("r"), UploadId: aws.String("u"), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(9_999), LayerPartReader: r,
		})
		require.ErrorIs(t, err, codec.ErrChanged)
		assert.Empty(t, s.requests)
	})
}
