package ecrpublictest_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestMisplacedPartsSayWhereToGoOn(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	upload := r.begin()
	refused := new(types.InvalidLayerPartException)
	require.ErrorAs(t, r.part(upload, 3, "x"), &refused)
	assert.Equal(t, "First byte of the layer part is 3 instead of 0", refused.ErrorMessage())
	assert.Nil(t, refused.LastValidByteReceived)

	require.NoError(t, r.part(upload, 0, "abc"))
	require.ErrorAs(t, r.part(upload, 0, "abc"), &refused)
	assert.Equal(t, types.InvalidLayerPartException{
		Message:               aws.String("First byte of the layer part is 0 instead of 3"),
		RegistryId:            aws.String(account),
		RepositoryName:        aws.String("app"),
		UploadId:              upload,
		LastValidByteReceived: aws.Int64(2),
	}, *refused)

	got, err := call(t, r.srv, "UploadLayerPart", object{
		"repositoryName": "app", "uploadId": *upload, "partFirstByte": 3, "partLastByte": 4, "layerPartBlob": "eA==",
	}.String())
	require.NoError(t, err)
	assert.Contains(t, got.body, "The layer part size is not valid: 1 bytes instead of 2")
	require.NoError(t, r.part(upload, 3, "def"), "after all that")
	digest, err := r.complete(upload, sha("abcdef"))
	assert.ErrorAs(t, err, new(*types.LayerPartTooSmallException))
	assert.Empty(t, digest)
}

func TestDigestsOfLayers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		announced []string
		fits      bool
	}{
		"right":                      {[]string{sha("x")}, true},
		"upper case":                 {[]string{"sha256:" + strings.ToUpper(sha("x")[7:])}, true},
		"one of two":                 {[]string{unknownDigest, sha("x")}, true},
		"wrong":                      {[]string{unknownDigest}, false},
		"an algorithm not checked":   {[]string{"sha512:abc"}, true},
		"unknown algorithm, nothing": {[]string{"layer:abc"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			upload := r.begin()
			require.NoError(t, r.part(upload, 0, "x"))
			digest, err := r.complete(upload, tt.announced...)
			if !tt.fits {
				require.ErrorAs(t, err, new(*types.InvalidLayerException))
				_, err = r.complete(upload, sha("x"))
				assert.ErrorAs(t, err, new(*types.UploadNotFoundException), "the upload is over")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, sha("x"), digest)
		})
	}
}

func TestSmallPartsAreFineAtTheEnd(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithQuotas(ecrpublictest.Quotas{MinPartBytes: 2}))
	upload := r.begin()
	for i, text := range []string{"ab", "cd", "e"} {
		require.NoError(t, r.part(upload, 2*i, text))
	}
	digest, err := r.complete(upload, sha("abcde"))
	require.NoError(t, err)
	assert.Equal(t, sha("abcde"), digest)
}

func TestUploadsBelongToARepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	create(t, r.srv, "web")
	upload := strings.ToUpper(*r.begin())
	require.NoError(t, r.part(&upload, 0, "x"), "in upper case")
	_, err := r.api.CompleteLayerUpload(t.Context(), &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: aws.String("web"), UploadId: &upload, LayerDigests: []string{sha("x")},
	})
	assert.ErrorAs(t, err, new(*types.UploadNotFoundException))
}

func TestIdleUploadsExpire(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []ecrpublictest.Option
		life time.Duration
	}{
		"by default":   {nil, 24 * time.Hour},
		"in a minute":  {[]ecrpublictest.Option{ecrpublictest.WithUploadExpiry(time.Minute)}, time.Minute},
		"in the files": {[]ecrpublictest.Option{ecrpublictest.WithDataDir(t.TempDir())}, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			r := newRepo(t, append(tt.opts, ecrpublictest.WithClock(clock))...)
			busy, idle, swept := r.begin(), r.begin(), r.begin()
			require.NoError(t, r.part(swept, 0, "x"))
			for i := range 3 {
				ahead.Add(int64(tt.life) * 2 / 3)
				require.NoError(t, r.part(busy, i, "x"), "an upload that is used continues")
			}
			assert.ErrorAs(t, r.part(idle, 0, "x"), new(*types.UploadNotFoundException))
			r.begin() // looks for idle ones
			assert.ErrorAs(t, r.part(swept, 1, "x"), new(*types.UploadNotFoundException))
		})
	}
}
