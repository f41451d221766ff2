package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// bytesOf are bytes that do not repeat soon.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i>>7 + i)
	}
	return b
}

func partRequest(body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.Header.Set("X-Amz-Target", awsjson.TargetPrefix+"UploadLayerPart")
	return r
}

// bodiesWithParts are bodies of UploadLayerPart, and whether their part is one
// that is decoded as it arrives.
func bodiesWithParts() map[string]bool {
	text := base64.StdEncoding.EncodeToString
	around := func(blob string) string {
		return `{"repositoryName":"app","uploadId":"u","partFirstByte":3,"partLastByte":4,"layerPartBlob":` + blob + `,"registryId":"r"}`
	}
	quoted := func(blob string) string { return around(`"` + blob + `"`) }
	long := text(bytesOf(200_001))
	bodies := map[string]bool{
		`{"layerPartBlob":"` + long + `"}`: true,
		"\n{ \"a\" : [{\"layerPartBlob\":\"AAAA\"}],\t\"layerPartBlob\" :\r\n \"" + long + "\" } \n": true,
		`{"x":"\"layerPartBlob\":\"","layerPartBlob":"` + long + `","é\ud800":1}`:                    true,
		quoted(""):            true,
		quoted("QR=="):        false, // not as an encoder writes it
		quoted(long + "QUJD"): true,
		quoted("QQ==" + long): false,
		quoted(long + "\n"):   false,
		quoted(long + `\n`):   false,
		quoted(strings.Replace(long, "A", `\u0041`, 1)):                            false,
		quoted(strings.ReplaceAll(long, "/", `\/`)):                                false,
		quoted(long + "!AAA"):                                                      false,
		quoted(long + "A"):                                                         false,
		quoted(strings.Repeat("=", 100_000)):                                       false,
		around("null"):                                                             false,
		around("17"):                                                               false,
		around(`{"layerPartBlob":"AAAA"}`):                                         false,
		quoted(long) + "}":                                                         true,
		quoted(long) + strings.Repeat(" ", 70_000) + "x":                           true,
		strings.TrimSuffix(quoted(long), "}"):                                      true,
		`{"layerPartBlob":"` + long:                                                false,
		`{"layerPartBlob":"` + long + `","layerPartBlob":"AAAA"}`:                  false,
		`{"layerPartBlob":"` + long + `","layerPartBlob":null}`:                    false,
		`{"layerPartBlob":null,"layerPartBlob":"` + long + `"}`:                    false,
		`{"x":"` + strings.Repeat("x", 5000) + `","layerPartBlob":"` + long + `"}`: false, // too far from the start
		`["layerPartBlob","AAAA"]`:                                                 false,
		`"layerPartBlob"`:                                                          false,
		`{"layerPartBlob"`:                                                         false,
		`{"layerPartBlob":`:                                                        false,
		`{"layerPartBlob" "AAAA"}`:                                                 false,
		`{"x" 1,"layerPartBlob":"AAAA"}`:                                           false,
		"":                                                                         false,
	}
	for n := range 8 {
		bodies[quoted(text(bytesOf(n)))] = true
		bodies[quoted(text(bytesOf(partChunk*3/4+n-4)))] = true
	}
	return bodies
}

// TestPayloadIsTheBody compares what a payload says of a body with the body,
// however that arrives.
func TestPayloadIsTheBody(t *testing.T) {
	t.Parallel()
	arrivals := map[string]func(io.Reader) io.Reader{
		"whole":     func(r io.Reader) io.Reader { return r },
		"bytes":     iotest.OneByteReader,
		"halves":    iotest.HalfReader,
		"early EOF": iotest.DataErrReader,
	}
	for name, arrival := range arrivals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for body, decoded := range bodiesWithParts() {
				comparePayload(t, body, arrival(strings.NewReader(body)), decoded)
			}
		})
	}
}

func comparePayload(t *testing.T, body string, arriving io.Reader, decoded bool) {
	t.Helper()
	start := body[:min(len(body), 100)]
	r := partRequest(arriving)
	p, err := ReadPayload(r, sha256.New())
	require.NoError(t, err, start)

	assert.Equal(t, decoded, p.part != nil, start)
	assert.EqualValues(t, len(body), p.Size, start)
	sum := sha256.Sum256([]byte(body))
	assert.Equal(t, hex.EncodeToString(sum[:]), p.sha256(), start)
	again, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.True(t, body == string(again), start)
	same, err := ReadPayload(r, nil)
	require.NoError(t, err)
	assert.Same(t, p, same)

	var want, got ecrpublic.UploadLayerPartInput
	wantErr, gotErr := codec.Unmarshal([]byte(body), &want), p.decode(&got)
	if wantErr != nil {
		assert.EqualError(t, gotErr, wantErr.Error(), start)
		return
	}
	require.NoError(t, gotErr, start)
	assert.Equal(t, want, got, start)
}

func TestPayloadWithoutHash(t *testing.T) {
	t.Parallel()
	body := `{"layerPartBlob":"` + base64.StdEncoding.EncodeToString(bytesOf(100_000)) + `"}`
	p, err := ReadPayload(partRequest(strings.NewReader(body)), nil)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(body))
	assert.Equal(t, hex.EncodeToString(sum[:]), p.sha256())
}

func TestPayloadThatBreaksOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for body := range bodiesWithParts() {
		r := partRequest(io.MultiReader(strings.NewReader(body), iotest.ErrReader(broken)))
		_, err := ReadPayload(r, nil)
		require.ErrorIs(t, err, broken)
		again, err := io.ReadAll(r.Body)
		require.ErrorIs(t, err, broken)
		assert.True(t, body == string(again))
	}
}

func TestPayloadThatIsTooLarge(t *testing.T) {
	t.Parallel()
	body := `{"layerPartBlob":"` + strings.Repeat("A", maxBody) + `"}`
	r := partRequest(strings.NewReader(body))
	for range 2 {
		_, err := ReadPayload(r, nil)
		require.EqualError(t, err, fmt.Sprintf("the request body has more than %d bytes", maxBody))
	}
	again, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.True(t, body == string(again))
}
