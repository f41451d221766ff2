package codec

import (
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A long string is streamed as it would be encoded at once, whatever it consists of and
// wherever it is cut.
func TestLongText(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range [][]string{
		{"a"}, {`"`}, {`\`}, {"\n", "\x00"}, {"ä"}, {"€"}, {"😀"}, {"\x80"}, {"\xf0"}, {"\xed\xa0\x80"}, {"\u2028", "<"},
		{"a", `"`, `\`, "\n", "\x01", "ä", "€", "😀", "\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xff", "😀\x80"},
	} {
		var text strings.Builder
		for text.Len() <= inlineText+random.IntN(20) {
			text.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		in := shape{Text: new(text.String()), Blob: []byte("small")}
		want, err := Append(nil, &in)
		require.NoError(t, err)
		body, err := NewBody(&in)
		require.NoError(t, err)
		assert.Less(t, len(body.text), 1000, "it is streamed")
		assert.EqualValues(t, len(want), body.Size())
		sum, err := body.SHA256()
		require.NoError(t, err)
		for _, size := range []int{1, 3, 1000, 1 << 20} {
			sent, err := body.NewReader()
			require.NoError(t, err)
			n, err := sent.Read(nil)
			require.NoError(t, err)
			assert.Zero(t, n)
			got, err := io.ReadAll(onlyReader{sent, size})
			require.NoError(t, err)
			require.True(t, string(want) == string(got), "%q", alphabet)
		}
		var out shape
		require.NoError(t, Unmarshal(want, &out))
		require.True(t, strings.ToValidUTF8(*in.Text, "") == strings.ReplaceAll(*out.Text, "\uFFFD", ""), "%q", alphabet)
		again, err := body.SHA256()
		require.NoError(t, err)
		assert.Equal(t, sum, again)
	}
}

// Only one member is streamed: a blob, or else the first long string.
func TestLongTextBesideOthers(t *testing.T) {
	t.Parallel()
	type three struct {
		A, B *string
		C    []byte
	}
	long := strings.Repeat(`a"`, inlineText)
	for _, in := range []three{{&long, &long, nil}, {&long, nil, make([]byte, 2*inlineBlob)}, {&long, &long, make([]byte, 2*inlineBlob)}} {
		want, err := Append(nil, &in)
		require.NoError(t, err)
		body, err := NewBody(&in)
		require.NoError(t, err)
		assert.NotNil(t, body.blob)
		got, err := io.ReadAll(body)
		require.NoError(t, err)
		assert.True(t, string(want) == string(got))
	}
}

// A long string is decoded as a short one would be.
func TestUnescape(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`""`, `"a"`, `"\""`, `"\\"`, `"\\u0041"`, `"a\b\f\n\r\t\/\"\\ä€😀"`, `"\u0041\ud83d\ude00\ud83d"`, "\"\x80\xf0\x9f\\n\"", `"\u2028\n"`} {
		assert.Equal(t, string(content([]byte(text), false)), unescape([]byte(text), false), text)
	}
	assert.Equal(t, "ab", unescape([]byte(`"ab"`), true))
}

// Not parallel: it counts what the process allocates.
func TestMemoryOfLongText(t *testing.T) {
	in := []byte(`{"text":"` + strings.Repeat(`\n`, 4*inlineText) + `"}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var out shape
	require.NoError(t, Unmarshal(in, &out))
	runtime.ReadMemStats(&after)
	assert.Equal(t, 4*inlineText, strings.Count(*out.Text, "\n"))
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(5*inlineText))

	require.Error(t, Unmarshal(in[:len(in)-1], new(shape)))
	d := decoders.Get().(*decoder)
	assert.Empty(t, d.texts.long, "they belong to the caller")
}

func TestLastOfRepeatedTextsCounts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`\"`, inlineText)
	for _, texts := range [][2]string{{long, "short"}, {"short", long}, {long + "a", long + "b"}} {
		var out shape
		require.NoError(t, Unmarshal([]byte(`{"text":"`+texts[0]+`","text":"`+texts[1]+`"}`), &out))
		assert.True(t, strings.ReplaceAll(texts[1], `\`, "") == *out.Text)
	}
}
