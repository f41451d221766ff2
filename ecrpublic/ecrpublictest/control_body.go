package ecrpublictest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxControlBody is the largest body of a request to the control path.
const maxControlBody = 1 << 20

// readControl reads a body of one JSON object whose members are all known.
func readControl(r *http.Request, into any) error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxControlBody))
	if err != nil {
		return badRequest(err)
	}
	if body = bytes.TrimSpace(body); !bytes.HasPrefix(body, []byte("{")) {
		return badRequest(errors.New("the body is not a JSON object"))
	}
	if err := json.Unmarshal(body, into, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
		return badRequest(explain(err, body, into))
	}
	return nil
}

// expectNoBody refuses a body, which would have no effect, unless it is an empty
// object.
func expectNoBody(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	return readControl(r, new(struct{}))
}

// explain says what is wrong with a body, and what is allowed.
func explain(err error, body []byte, into any) error {
	wrong, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return fmt.Errorf("the body is not one JSON object: %w", err)
	}
	name := strings.TrimPrefix(string(wrong.JSONPointer), "/")
	if errors.Is(wrong.Err, json.ErrUnknownName) {
		return fmt.Errorf("member %q: want %s", name, strings.Join(membersOf(into), ", "))
	}
	var members map[string]jsontext.Value
	_ = json.Unmarshal(body, &members) // at least as far as this member
	want := "a string"
	switch wrong.GoType.Kind() {
	case reflect.Int, reflect.Int64:
		want = "an integer"
	case reflect.Float64:
		want = "a number"
	}
	return fmt.Errorf("%s %s: want %s", name, members[name], want)
}

// membersOf returns the names of a struct's members in JSON.
func membersOf(into any) []string {
	var names []string
	of := reflect.TypeOf(into).Elem()
	for f := range of.Fields() {
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		names = append(names, name)
	}
	if names == nil {
		return []string{"no body"}
	}
	return names
}
