package codec

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/types"
)

// FuzzAppend encodes a random value and decodes it again: from text that is encoded
// at once, and from a body that is read in pieces. The blob is in memory, in a
// seekable reader or in one that cannot seek.
func FuzzAppend(f *testing.F) {
	f.Add("é\n\"\\\u2028🚀", "AVAILABLE", int32(-7), int64(1<<63-1), true, int64(1700000000), int64(5e8), []byte{0, 1, 255}, uint16(1), uint16(3))
	f.Add("\xff\xed\xa0\x80", "", int32(0), int64(0), false, int64(-62135596800), int64(1), []byte("0123456789"), uint16(2000), uint16(7))
	f.Add("", "a", int32(1), int64(-1), true, int64(253402300799), int64(999999999), []byte{}, uint16(0), uint16(1))
	f.Fuzz(func(t *testing.T, text, enum string, small int32, large int64, flag bool, seconds, nanos int64, part []byte, times, step uint16) {
		at := time.Unix(firstSecond+(seconds-firstSecond)%(lastSecond-firstSecond), nanos%1e9).UTC()
		if year := at.Year(); year < 1 || year > 9999 {
			return // not a valid timestamp
		}
		in := shape{
			Text: &text, Enum: types.LayerAvailability(enum), Small: &small, Large: &large, Flag: flag, FlagPtr: &flag, At: &at,
			Blob: bytes.Repeat(part, int(times)%4096), Texts: []string{text, enum},
			One: &types.Tag{Key: &enum}, Many: []types.RegistryAlias{{Name: &text, DefaultRegistryAlias: flag}, {}},
		}
		whole, err := Append([]byte("before"), &in)
		require.NoError(t, err)
		whole = bytes.TrimPrefix(whole, []byte("before"))
		require.True(t, json.Valid(whole), "%s", whole)

		want := in
		valid := func(s string) *string { return new(string([]rune(s))) } // U+FFFD for each bad byte
		want.Text, want.Enum, want.Texts = valid(text), types.LayerAvailability(*valid(enum)), []string{*valid(text), *valid(enum)}
		want.One, want.Many = &types.Tag{Key: valid(enum)}, []types.RegistryAlias{{Name: valid(text), DefaultRegistryAlias: flag}, {}}
		var out shape
		require.NoError(t, Unmarshal(whole, &out))
		require.Equal(t, want, out)

		streamed, buffered := in, in
		streamed.Blob, streamed.BlobFrom = nil, bytes.NewReader(in.Blob)
		buffered.Blob, buffered.BlobFrom = nil, io.MultiReader(bytes.NewReader(in.Blob))
		for _, v := range []shape{in, streamed, buffered} {
			requireBody(t, whole, &v, int(step)+1)
		}
	})
}

// requireBody checks that a body yields this text every time it is read, step bytes
// at a time.
func requireBody(t *testing.T, want []byte, v *shape, step int) {
	t.Helper()
	body, err := NewBody(v)
	require.NoError(t, err)
	require.EqualValues(t, len(want), body.Size())
	sum, err := body.SHA256()
	require.NoError(t, err)
	require.Len(t, sum, 64)
	for range 2 {
		r, err := body.NewReader()
		require.NoError(t, err)
		got, err := io.ReadAll(onlyReader{r, step})
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
		require.NoError(t, r.Close())
	}
}
