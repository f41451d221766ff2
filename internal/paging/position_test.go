package paging_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// The JSON is what Python's json.dumps writes.
func TestEncode(t *testing.T) {
	t.Parallel()
	for want, position := range map[string]paging.Position{
		`{"nextToken": null}`:                               {},
		`{"nextToken": null, "boto_truncate_amount": 3}`:    {Skip: 3},
		`{"nextToken": ""}`:                                 {Token: aws.String("")},
		`{"nextToken": "tok-5", "boto_truncate_amount": 1}`: {Token: aws.String("tok-5"), Skip: 1},
		`{"nextToken": "a/b+c==\u00e9\ud83d\ude80\"\\"}`:    {Token: aws.String("a/b+c==é🚀\"\\")},
		`{"nextToken": "\b\f\n\r\t\u0000\u001f\u007f\u0080\u2028\uffff <>&'~"}`: {
			Token: aws.String("\b\f\n\r\t\x00\x1f\x7f\u0080\u2028\uffff <>&'~"),
		},
	} {
		text, err := base64.StdEncoding.DecodeString(position.Encode())
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
		again, ok := paging.ParsePosition(position.Encode())
		assert.True(t, ok)
		assert.Equal(t, position, again)
	}
}

func TestParsePosition(t *testing.T) {
	t.Parallel()
	in64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	raw := func(text string) paging.Position { return paging.Position{Token: &text} }
	for _, c := range []struct {
		text string
		want paging.Position
	}{
		{"tok-5", raw("tok-5")},
		{"", raw("")},
		{"None", paging.Position{}},
		{"None___3", paging.Position{Skip: 3}},
		{"tok-5___ 2\n", paging.Position{Token: aws.String("tok-5"), Skip: 2}},
		{"___3", paging.Position{Token: aws.String(""), Skip: 3}},
		{"tok-5___x", raw("tok-5___x")},
		{"tok-5____3", raw("tok-5____3")},
		{"tok-5___", raw("tok-5___")},
		{in64("hello"), raw(in64("hello"))},
		{in64("{\"nextToken\": \"\xff\"}"), raw(in64("{\"nextToken\": \"\xff\"}"))},
		{in64(`{}`), paging.Position{}},
		{in64(`{"nextToken":"t","boto_truncate_amount":2}`), paging.Position{Token: aws.String("t"), Skip: 2}},
		{` "` + in64(`{"nextToken": "t"}`) + "\"\n", raw("t")}, // as copied from a terminal
		{in64(`{"nextToken": "s", "nextToken": "t"}`), raw("t")},
		{strings.TrimRight(in64(`{"nextToken": "tt"}`), "="), raw(strings.TrimRight(in64(`{"nextToken": "tt"}`), "="))},
	} {
		got, ok := paging.ParsePosition(c.text)
		assert.True(t, ok, c.text)
		assert.Equal(t, c.want, got, c.text)
	}
	for _, text := range []string{
		`5`, `"x"`, `null`, `[]`, `true`,
		`{"nextToken": 5}`, `{"nextToken": {}}`,
		`{"nextToken": "t", "boto_truncate_amount": -1}`,
		`{"nextToken": "t", "boto_truncate_amount": "2"}`,
		`{"nextToken": "t", "boto_truncate_amount": 1.5}`,
		`{"nextToken": "t", "boto_truncate_amount": null}`,
		`{"nextToken": "t", "boto_truncate_amount": true}`,
		`{"nextToken": "t", "boto_truncate_amount": 99999999999999999999}`,
		`{"nextToken": "t", "x": 1}`, `{"nexttoken": "t"}`,
	} {
		_, ok := paging.ParsePosition(in64(text))
		assert.False(t, ok, text)
	}
	for _, text := range []string{"a___b___3", "______", "t___-1", "t___-99999999999999999999"} {
		_, ok := paging.ParsePosition(text)
		assert.False(t, ok, text)
	}
}

// A token that can be parsed stands for a position, and encoding that position yields
// a token for the same one.
func FuzzStartingToken(f *testing.F) {
	data, err := os.ReadFile("testdata/pagination.json")
	require.NoError(f, err)
	var vectors struct {
		Specials []struct {
			Config      struct{ StartingToken string }
			ResumeToken string `json:"resume_token"`
		} `json:"botocore_special"`
	}
	require.NoError(f, json.Unmarshal(data, &vectors))
	for _, v := range vectors.Specials {
		f.Add(v.Config.StartingToken)
		f.Add(v.ResumeToken)
	}
	f.Fuzz(func(t *testing.T, text string) {
		place, ok := paging.ParsePosition(text)
		if !ok {
			require.Zero(t, place)
			return
		}
		require.GreaterOrEqual(t, place.Skip, 0)
		if place.Token != nil && !utf8.ValidString(*place.Token) {
			return // JSON cannot encode it, so the service cannot have sent it
		}
		again, ok := paging.ParsePosition(place.Encode())
		require.True(t, ok)
		require.Equal(t, place, again)
	})
}
