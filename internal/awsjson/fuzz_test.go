package awsjson_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// FuzzReadError looks for panics, and checks that a body is an error exactly
// when it does not begin with an object, and that a code in the header decides
// without changing the message.
func FuzzReadError(f *testing.F) {
	for _, body := range []string{
		`{"__type":"ns#RepositoryNotFoundException:http://x","message":"gone"}`, `{"code":"A","Code":"B","Message":"m"}`,
		`{"__type":5,"message":null}`, `{} trailing`, `null`, ``, ` `, `[]`, `<html>`, `{"message":"a","message":"b"}`,
		`{"message":"\ud800"}`, "{\"message\":\"\xff\"}", `{"n":1e999}`, `{"message":"a"`, `{"":{"":[[[[]]]]}}`,
	} {
		f.Add("", []byte(body))
		f.Add("ServerException:http://internal.amazon.com/", []byte(body))
	}
	f.Fuzz(func(t *testing.T, code string, body []byte) {
		header := http.Header{awsjson.ErrorTypeHeader: {code}}
		got, err := awsjson.ReadError(header, body)
		bare, bareErr := awsjson.ReadError(http.Header{}, body)
		require.Equal(t, bareErr == nil, err == nil)
		require.Equal(t, bare.Message, got.Message)
		if code == "" {
			require.Equal(t, bare, got)
		}

		var members map[string]json.RawMessage
		want := json.NewDecoder(strings.NewReader(string(body))).Decode(&members)
		empty := errors.Is(want, io.EOF)
		require.Equal(t, empty || want == nil, err == nil, "%v", err)
		message := cmp.Or(text(t, members["message"]), text(t, members["Message"]))
		if err != nil {
			message = nil
		}
		require.Equal(t, message, got.Message)
	})
}

// text reads a JSON string the standard library's way.
func text(t *testing.T, value json.RawMessage) *string {
	var any any
	if value != nil {
		d := json.NewDecoder(bytes.NewReader(value))
		d.UseNumber()
		require.NoError(t, d.Decode(&any))
	}
	if s, ok := any.(string); ok {
		return &s
	}
	return nil
}

// FuzzErrorEnvelope writes an error the way the service does and reads it back.
func FuzzErrorEnvelope(f *testing.F) {
	f.Add("RepositoryNotFoundException", "The repository does not exist", "com.amazonaws.spencer", "http://x/", uint8(0))
	f.Add("A", "", "", "", uint8(5))
	f.Add("", "m", "ns", "", uint8(2))
	f.Fuzz(func(t *testing.T, code, message, namespace, address string, form uint8) {
		if strings.ContainsAny(code+namespace, ":#") {
			return // they separate the parts
		}
		code, message = clean(code), clean(message)
		qualified := code
		if form&1 != 0 {
			qualified = clean(namespace) + "#" + qualified
		}
		if form&2 != 0 {
			qualified += ":" + clean(address)
		}
		codeIn := []string{"__type", "code", "Code"}[int(form>>2)%3]
		messageIn := []string{"message", "Message"}[int(form>>4)%2]
		body, err := json.Marshal(map[string]any{codeIn: qualified, messageIn: message, "more": []any{1, nil}})
		require.NoError(t, err)

		want := awsjson.Error{Code: code, Message: &message}
		if qualified == "" {
			want.Code = awsjson.NoCode
		}
		got, err := awsjson.ReadError(http.Header{}, body)
		require.NoError(t, err)
		require.Equal(t, want, got)

		if qualified == "" {
			return
		}
		got, err = awsjson.ReadError(http.Header{awsjson.ErrorTypeHeader: {qualified}}, []byte(`{"__type":"other"}`))
		require.NoError(t, err)
		require.Equal(t, awsjson.Error{Code: code}, got)
	})
}

// clean is a text as JSON can carry it.
func clean(s string) string { return string([]rune(s)) }
