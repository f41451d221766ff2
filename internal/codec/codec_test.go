package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/types"
)

// shape has a field of every kind.
type shape struct {
	Text     *string `ecr:"required"`
	Enum     types.LayerAvailability
	Small    *int32
	Large    *int64
	Flag     bool
	FlagPtr  *bool
	At       *time.Time
	Blob     []byte
	BlobFrom io.Reader `ecr:"blob"`
	Texts    []string
	One      *types.Tag
	Many     []types.RegistryAlias
	Hidden   string `ecr:"-"`
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	in := shape{
		Text: new("é\n\"\\\u2028🚀"), Enum: "AVAILABLE", Small: new(int32(-7)), Large: new(int64(1<<63 - 1)), Flag: true, FlagPtr: new(false),
		At: new(time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)), Blob: []byte{0, 1, 255}, Texts: []string{"a", "", "é"},
		One: &types.Tag{Key: new("k"), Value: new("")}, Many: []types.RegistryAlias{{Name: new("x"), Status: "ACTIVE", PrimaryRegistryAlias: true}, {}},
	}
	data, err := Append(nil, &in)
	require.NoError(t, err)
	require.True(t, json.Valid(data), "%s", data)
	var out shape
	require.NoError(t, Unmarshal(data, &out))
	assert.Equal(t, in, out)
}

func TestAbsentAndEmptyStayApart(t *testing.T) {
	t.Parallel()
	for _, document := range []string{`{}`, `{"blob":"","flagPtr":false,"many":[],"one":{},"text":"","texts":[]}`} {
		var s shape
		require.NoError(t, Unmarshal([]byte(document), &s))
		data, err := Append(nil, &s)
		require.NoError(t, err)
		assert.Equal(t, document, string(data))
	}
}

// TestMembersAreSorted fixes the bytes of a request, which tests and recordings of a
// program may compare.
func TestMembersAreSorted(t *testing.T) {
	t.Parallel()
	data, err := Append(nil, &shape{Text: new("t"), Large: new(int64(1)), Blob: []byte{}, Many: []types.RegistryAlias{{Name: new("n"), Status: "ACTIVE", PrimaryRegistryAlias: true}}})
	require.NoError(t, err)
	assert.Equal(t, `{"blob":"","large":1,"many":[{"name":"n","primaryRegistryAlias":true,"status":"ACTIVE"}],"text":"t"}`, string(data))
}

func TestNullsAndUnknownMembers(t *testing.T) {
	t.Parallel()
	s := shape{}
	require.NoError(t, Unmarshal([]byte(`{"text":null,"Text":"other case","unknown":[{"a":[1,{"b":null}]},"x",-1.5e+3,true],"texts":["a",null,"b"],"many":[null,{"name":"n"}],"one":null,"te\u0078ts2":1,"lar\u0067e":5}`), &s))
	assert.Nil(t, s.Text)
	assert.Equal(t, []string{"a", "", "b"}, s.Texts)
	require.Len(t, s.Many, 2)
	assert.Equal(t, "n", *s.Many[1].Name)
	assert.EqualValues(t, 5, *s.Large, "a name spelled with escapes")
	require.NoError(t, Unmarshal([]byte(`{"text":"a","text":"b","many":[{"name":"x"}],"many":[{}],"large":1,"large":null}`), &s))
	assert.Equal(t, "b", *s.Text, "the last one counts")
	assert.Equal(t, []types.RegistryAlias{{}}, s.Many)
	assert.EqualValues(t, 1, *s.Large, "null is as if absent")
}

func TestInvalidUTF8BecomesReplacement(t *testing.T) {
	t.Parallel()
	var s shape
	require.NoError(t, Unmarshal([]byte("{\"text\":\"a\xff\xfeb\",\"enum\":\"\\ud800\"}"), &s))
	assert.Equal(t, "a\ufffd\ufffdb", *s.Text)
	assert.Equal(t, "\ufffd", string(s.Enum))
}

func TestErrorsNameTheMember(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"text":5}`:                             "text: expected a string, got a number",
		`{"many":[{},{"name":[]}]}`:              "many[1].name: expected a string, got a list",
		`{"many":{}}`:                            "many: expected a list, got an object",
		`{"many":["x"]}`:                         "many[0]: expected an object, got a string",
		`{"one":{"Key":true}}`:                   "one.Key: expected a string, got a boolean",
		`{"texts":["a",{}]}`:                     "texts[1]: expected a string, got an object",
		`{"large":1e3}`:                          "large: expected an integer that fits, got 1e3",
		`{"small":2147483648}`:                   "small: expected an integer that fits, got 2147483648",
		`{"flag":"true"}`:                        "flag: expected a boolean, got a string",
		`{"at":"2026-01-02"}`:                    "at: expected a number, got a string",
		`{"at":1e400}`:                           "at: timestamp outside the years 1 to 9999",
		`{"blob":"?"}`:                           "blob: illegal base64 data at input byte 0",
		`[]`:                                     "expected an object, got a list",
		`null`:                                   "expected an object, got null",
		`{"text":"a"} x`:                         "data after the object",
		`{"text":"a"}{}`:                         "data after the object",
		`{"text":"a",}`:                          `invalid character '}' at offset 12`,
		`{"text" "a"}`:                           `invalid character '"' at offset 8`,
		`{"text":tru}`:                           `text: invalid character '}' at offset 11`,
		`{"large":01}`:                           `invalid character '1' at offset 10`,
		`{"large":-}`:                            `large: invalid character '}' at offset 10`,
		"{\"text\":\"a\nb\"}":                    `text: invalid character '\n' at offset 10`,
		`{"text":"\x"}`:                          `text: invalid escape in the string at offset 8`,
		`{"text":"\u12g4"}`:                      `text: invalid escape in the string at offset 8`,
		``:                                       "unexpected EOF",
		`  `:                                     "unexpected EOF",
		`{"text":"a`:                             "text: unexpected EOF",
		`{"text":"\`:                             "text: unexpected EOF",
		`{"unknown":` + strings.Repeat("[", 3e6): "unknown: nested too deeply",
		`<html>`:                                 `invalid character '<' at offset 0`,
	} {
		err := Unmarshal([]byte(document), new(shape))
		require.Error(t, err, "%.40s", document)
		assert.Equal(t, want, err.Error(), "%.40s", document)
	}
}

func TestDeepBalancedNestingIsRefused(t *testing.T) {
	t.Parallel()
	document := `{"unknown":` + strings.Repeat("[", 3e6) + strings.Repeat("]", 3e6) + `}`
	require.ErrorIs(t, Unmarshal([]byte(document), new(shape)), errDepth)
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"0":                       "1970-01-01T00:00:00Z",
		"-0":                      "1970-01-01T00:00:00Z",
		"1597433021.0":            "2020-08-14T19:23:41Z",
		"1700000000.123":          "2023-11-14T22:13:20.123Z",
		"1700000000.123456789":    "2023-11-14T22:13:20.123456789Z",
		"1700000000.9999999999":   "2023-11-14T22:13:21Z",
		"1.7e9":                   "2023-11-14T22:13:20Z",
		"1.7000000005E+9":         "2023-11-14T22:13:20.5Z",
		"17000000000e-1":          "2023-11-14T22:13:20Z",
		"1e-3":                    "1970-01-01T00:00:00.001Z",
		"-1.5":                    "1969-12-31T23:59:58.5Z",
		"-0.5":                    "1969-12-31T23:59:59.5Z",
		"-15e-1":                  "1969-12-31T23:59:58.5Z",
		"-2300000000":             "1897-02-11T15:06:40Z",
		"253402300799":            "9999-12-31T23:59:59Z",
		"-62135596800":            "0001-01-01T00:00:00Z",
		"253402300800":            "",
		"253402300799.9999999999": "",
		"-62135596801":            "",
		"-62135596800.5":          "",
		"1e18":                    "",
		"1e300":                   "",
		"1e400":                   "",
		"-1e400":                  "",
		"1e99999999999999999999":  "",
		"1700000000123":           "",
	} {
		got, err := parseTime([]byte(number))
		if want == "" {
			assert.ErrorIs(t, err, errTimeRange, number)
			continue
		}
		require.NoError(t, err, number)
		assert.Equal(t, want, got.Format(time.RFC3339Nano), number)
		again, err := parseTime(appendTime(nil, got))
		require.NoError(t, err)
		assert.Equal(t, got, again, number)
	}
}

func TestKeepingOneStringPinsItsElementOnly(t *testing.T) {
	t.Parallel()
	var out struct{ ImageDetails []types.ImageDetail }
	require.NoError(t, Unmarshal(pageJSON(2), &out))
	first, second := *out.ImageDetails[0].ImageDigest, *out.ImageDetails[1].ImageDigest
	assert.NotEqual(t, first, second)
	*out.ImageDetails[0].RegistryId = "changed"
	assert.NotEqual(t, "changed", *out.ImageDetails[1].RegistryId, "elements share no pointers")
	out.ImageDetails[0].ImageTags = append(out.ImageDetails[0].ImageTags, "x")
	assert.Len(t, *out.ImageDetails[0].ImageManifestMediaType, len("application/vnd.oci.image.manifest.v1+json"), "lists do not grow into their neighbours")
}

func TestValidate(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Validate(&shape{}), "missing required field, shape.Text")
	require.NoError(t, Validate(&shape{Text: new("")}), "presence is enough")
	require.ErrorContains(t, Validate(&shape{Text: new(""), Blob: []byte{}, BlobFrom: strings.NewReader("")}), "shape: set Blob or BlobFrom, not both")
}

func pageJSON(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"imageDetails":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"registryId":"123456789012","repositoryName":"team/app","imageDigest":"sha256:%064d","imageTags":["v1.%d","latest"],"imageSizeInBytes":%d,"imagePushedAt":1700000000.123,"imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json","artifactMediaType":"application/vnd.oci.image.config.v1+json"}`, i, i, 1000000+i)
	}
	b.WriteString(`],"nextToken":"abc"}`)
	return b.Bytes()
}

func BenchmarkUnmarshalPage(b *testing.B) {
	data := pageJSON(1000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var out struct {
			ImageDetails []types.ImageDetail
			NextToken    *string
		}
		if err := Unmarshal(data, &out); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzReader compares the reader with jsontext: both accept the same documents.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{`{}`, `[1,-0.5e+7,"\u00e9\ud83d\ude80",null,true,false,{"a":[]}]`, `"\ud800"`, "\"a\xff\"", `{"a":1,"a":2}`, `01`, `-`, `1.`, `1e`, `[1,]`, `{"a"}`, "\"\x01\"", ` 1 `, `nul`, `"\"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		_, want := d.ReadValue()
		if want == nil {
			if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
				want = errTrailing
			}
		}
		r := reader{data: data}
		got := r.skip(0)
		if r.peek(); got == nil && r.pos < len(data) {
			got = errTrailing
		}
		if (want == nil) != (got == nil) {
			t.Fatalf("%q: jsontext says %v, the reader %v", data, want, got)
		}
	})
}

// FuzzUnmarshal looks for panics, and checks that a decoded value is unchanged after
// it is encoded and decoded again.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"text":"a","enum":"b","small":1,"large":2,"flag":true,"flagPtr":false,"at":1.5,"blob":"YQ==","texts":["x"],"one":{"Key":"k"},"many":[{"name":"n"}]}`))
	f.Add(pageJSON(2))
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second shape
		if err := Unmarshal(data, &first); err != nil {
			var place *memberError
			if errors.As(err, &place) && place.path == "" {
				t.Fatal("an error without a place")
			}
			return
		}
		encoded, err := Append(nil, &first)
		if err != nil {
			t.Fatal(err)
		}
		if err := Unmarshal(encoded, &second); err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		again, _ := Append(nil, &second)
		if !bytes.Equal(encoded, again) {
			t.Fatalf("%s became %s", encoded, again)
		}
	})
}

// BenchmarkReader walks over a page as decoding does, with the reader and with
// jsontext's decoder: bracket by bracket, with unparsed names and values, checking
// whether each string is free of escapes.
func BenchmarkReader(b *testing.B) {
	data := pageJSON(1000)
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r := reader{data: data}
			if err := r.skip(0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("jsontext", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
			for walking := true; walking; {
				var err error
				var value jsontext.Value
				switch d.PeekKind() {
				case '{', '}', '[', ']':
					_, err = d.ReadToken()
				case jsontext.KindInvalid:
					walking = false
				default:
					value, err = d.ReadValue()
				}
				if err != nil || ordinary(value) > len(value) {
					b.Fatal(err)
				}
			}
		}
	})
}

// TestEveryPrefixIsTruncated cuts a document at every place.
func TestEveryPrefixIsTruncated(t *testing.T) {
	t.Parallel()
	document := `{"text":"a\u00e9b","flag":true,"at":1.7e+9,"many":[{"name":"n"}],"unknown":[true,false,null,-0.5,{"a":"b"}],"small":7}`
	require.NoError(t, Unmarshal([]byte(document), new(shape)))
	for end := range len(document) {
		assert.ErrorIs(t, Unmarshal([]byte(document[:end]), new(shape)), io.ErrUnexpectedEOF, document[:end])
	}
}
