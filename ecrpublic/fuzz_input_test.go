package ecrpublic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// FuzzInput calls random operations with random inputs. The body must be JSON, have the
// announced length and decode to the input; direct calls and the stack must agree.
func FuzzInput(f *testing.F) {
	names := operationNames()
	for i := range names {
		f.Add(uint8(i), []byte("\x01\x05hello\x03\x02hi\x07\x01\xff\x05\x04\x00\x01\x02\x03"))
		f.Add(uint8(i), bytes.Repeat([]byte{0xff, 1, 'a', '"'}, 40))
	}
	sent := &lastRequest{}
	clients := cannedClients(sent)
	f.Fuzz(func(t *testing.T, operation uint8, data []byte) {
		bodies := map[string]string{}
		name := names[int(operation)%len(names)]
		for way, client := range clients {
			method := reflect.ValueOf(client).MethodByName(name)
			source := bytesSource(data)
			in := reflect.New(method.Type().In(1).Elem())
			want := reflect.New(in.Type().Elem())
			source.fill(in.Elem(), want.Elem())
			results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
			require.Nil(t, results[1].Interface())

			require.EqualValues(t, len(sent.body), sent.request.ContentLength)
			require.True(t, json.Valid(sent.body), "%s", sent.body)
			got := reflect.New(in.Type().Elem())
			require.NoError(t, codec.Unmarshal(sent.body, got.Interface()))
			require.Equal(t, want.Interface(), got.Interface())
			bodies[way] = string(sent.body)
		}
		require.Equal(t, bodies["stack"], bodies["plain"])
	})
}

// lastRequest is a transport that keeps the last request.
type lastRequest struct {
	request *http.Request
	body    []byte
}

func (l *lastRequest) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	l.request, l.body = r, body
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2}, nil
}

// bytesSource turns bytes into values, and returns zeros once they are used up.
type bytesSource []byte

func (s *bytesSource) byte() byte {
	if len(*s) == 0 {
		return 0
	}
	b := (*s)[0]
	*s = (*s)[1:]
	return b
}

func (s *bytesSource) take(n int) []byte {
	taken := bytes.Clone((*s)[:min(n, len(*s))])
	*s = (*s)[len(taken):]
	return append([]byte{}, taken...)
}

// fill sets the fields of an input, and those of want to what the service receives: the
// bytes of a reader as a blob, and U+FFFD for invalid UTF-8.
func (s *bytesSource) fill(in, want reflect.Value) {
	for i := range in.NumField() {
		f := in.Type().Field(i)
		if f.Tag.Get("ecr") == "-" {
			continue
		}
		if f.Type == reflect.TypeFor[io.Reader]() { // follows its blob
			s.moveToReader(in.Field(i-1), in.Field(i))
			continue
		}
		if f.Tag.Get("ecr") != "required" && s.byte()%2 == 0 {
			continue
		}
		s.set(in.Field(i), want.Field(i))
	}
}

// moveToReader sometimes moves a blob to a reader, which may or may not be seekable.
func (s *bytesSource) moveToReader(blob, reader reflect.Value) {
	content, choice := bytes.NewReader(blob.Bytes()), s.byte()%3
	switch {
	case choice == 0 || blob.IsNil():
		return
	case choice == 1:
		reader.Set(reflect.ValueOf(content))
	default:
		reader.Set(reflect.ValueOf(io.MultiReader(content)))
	}
	blob.SetZero()
}

func (s *bytesSource) set(in, want reflect.Value) {
	switch in.Kind() {
	case reflect.Pointer:
		in.Set(reflect.New(in.Type().Elem()))
		want.Set(reflect.New(in.Type().Elem()))
		s.set(in.Elem(), want.Elem())
	case reflect.Struct:
		s.fill(in, want)
	case reflect.String:
		text := string(s.take(int(s.byte())))
		in.SetString(text)
		want.SetString(string([]rune(text)))
	case reflect.Int32, reflect.Int64:
		var n int64
		for _, b := range s.take(8) {
			n = n<<8 | int64(b)
		}
		in.SetInt(n)
		if in.Kind() == reflect.Int32 {
			in.SetInt(int64(int32(n)))
		}
		want.Set(in)
	case reflect.Bool:
		in.SetBool(true)
		want.SetBool(true)
	case reflect.Slice:
		s.setSlice(in, want)
	default:
		panic("no value of kind " + in.Kind().String())
	}
}

func (s *bytesSource) setSlice(in, want reflect.Value) {
	if in.Type().Elem().Kind() == reflect.Uint8 {
		// Large enough, now and then, to be streamed rather than copied.
		content := bytes.Repeat(s.take(int(s.byte())), 1+int(s.byte()))
		in.SetBytes(content)
		want.SetBytes(content)
		return
	}
	n := int(s.byte() % 4)
	in.Set(reflect.MakeSlice(in.Type(), n, n))
	want.Set(reflect.MakeSlice(in.Type(), n, n))
	for i := range n {
		s.set(in.Index(i), want.Index(i))
	}
}
