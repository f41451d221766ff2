package compare

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// exchange is a transport that keeps the request and returns a fixed response.
type exchange struct {
	status int
	header http.Header
	body   []byte

	sent     *http.Request
	sentBody []byte
	attempts int
}

func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	x.attempts++
	x.sent = r
	var err error
	if x.sentBody, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: x.status, Header: x.header, ContentLength: int64(len(x.body)), Body: io.NopCloser(bytes.NewReader(x.body))}, nil
}

// ours creates a client of this package, theirs one of the official package.
func ours(x *exchange) any   { return subjects["ours"](x.config(), true) }
func theirs(x *exchange) any { return subjects["official"](x.config(), true) }
func (x *exchange) config() aws.Config {
	return aws.Config{Region: "us-east-1", HTTPClient: x, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}, nil
	})}
}

// operations returns the names of all operations, sorted.
var operations = func() []string {
	var names []string
	api := reflect.TypeFor[ecrpublic.API]()
	for method := range api.Methods() {
		names = append(names, method.Name)
	}
	slices.Sort(names)
	return names
}()

// inputOf returns a new input of an operation.
func inputOf(client any, operation string) reflect.Value {
	return reflect.New(reflect.ValueOf(client).MethodByName(operation).Type().In(1).Elem())
}

// outputOf returns the type of an operation's output.
func outputOf(client any, operation string) reflect.Type {
	return reflect.ValueOf(client).MethodByName(operation).Type().Out(0).Elem()
}

// panicked is a call that panicked.
type panicked struct{ value any }

func (p panicked) Error() string { return "panic" }

func call(client any, operation string, in reflect.Value) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, panicked{p}
		}
	}()
	results := reflect.ValueOf(client).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	err, _ = results[1].Interface().(error)
	if results[0].IsNil() {
		return nil, err
	}
	return results[0].Interface(), err
}

// copyFields copies the fields that two structs have in common, by name. It supports
// only the types of the API.
func copyFields(from, to reflect.Value) {
	for i := range to.NumField() {
		name := to.Type().Field(i).Name
		source := from.FieldByName(name)
		if !source.IsValid() || !to.Type().Field(i).IsExported() {
			continue
		}
		copyValue(source, to.Field(i))
	}
}

func copyValue(from, to reflect.Value) {
	switch {
	case from.Type() == to.Type():
		to.Set(from)
	case from.Kind() == reflect.String:
		to.SetString(from.String())
	case from.Kind() == reflect.Struct:
		copyFields(from, to)
	case from.IsNil():
	case from.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		copyValue(from.Elem(), to.Elem())
	case from.Kind() == reflect.Slice:
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyValue(from.Index(i), to.Index(i))
		}
	}
}

// sources makes random choices from a fuzzer's bytes. Once these are used up, every
// choice is the first.
type source struct{ data []byte }

func (s *source) next() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

func (s *source) below(n int) int { return int(s.next()) % n }

// pick returns one of a list.
func pick[T any](s *source, list ...T) T { return list[s.below(len(list))] }

// text returns a short string: of the fuzzer's bytes, or one that may matter.
func (s *source) text() string {
	if s.below(3) > 0 {
		return pick(s, "app", "", "team/app", "é🚀", "a\"b\\c\n\t\x00", "<&>\u2028\u2029", "\x7f", "a\xffb", "\xed\xa0\x80", "null", "sha256:0123")
	}
	n := min(s.below(16), len(s.data))
	taken := string(s.data[:n])
	s.data = s.data[n:]
	return taken
}

func (s *source) integer() int64 {
	return pick[int64](s, 0, 1, -1, 1000, 1<<31-1, -1<<31, 1<<53+1, 1<<63-1, -1<<63)
}

// fill sets a value of the API at random.
func (s *source) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(s.integer()%1e10, 0)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && s.below(3) > 0 {
				s.fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.fill(v.Elem())
	case reflect.String:
		v.SetString(s.text())
	case reflect.Bool:
		v.SetBool(s.below(2) == 1)
	case reflect.Int32, reflect.Int64:
		n := s.integer()
		if v.Kind() == reflect.Int32 {
			n = int64(int32(n))
		}
		v.SetInt(n)
	case reflect.Slice:
		s.fillSlice(v)
	}
}

func (s *source) fillSlice(v reflect.Value) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		blob := []byte(s.text())
		if s.below(4) == 3 { // more than is encoded in one piece
			blob = bytes.Repeat(append(blob, 'x'), 5000)
		}
		v.SetBytes(blob)
		return
	}
	n := s.below(4)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		s.fill(v.Index(i))
	}
}

// both has the client types, to find inputs and outputs by reflection.
var (
	ourTypes   any = (*ecrpublic.Client)(nil)
	theirTypes any = (*official.Client)(nil)
)
