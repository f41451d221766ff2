package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/smithy-go"
)

// disagreement is a response for which the two clients return different results.
type disagreement struct {
	status   int
	header   http.Header
	body     []byte
	we, they answered
}

// differences lists how this client differs from the official one on purpose.
var differences = []struct {
	what, why string
	is        func(d disagreement) bool
}{
	{"text after the document is an error", "it shows that something is wrong with the document", func(d disagreement) bool {
		return d.they.err == nil && says(d.we.err, "data after the object")
	}},
	{"strings are UTF-8", "the official client hands on what is none", func(d disagreement) bool {
		return !utf8.Valid(d.body)
	}},
	{"timestamps are numbers within the years 1 to 9999", "the official client wraps around, or panics", func(d disagreement) bool {
		return errors.As(d.they.err, new(panicked)) || d.they.err == nil && (says(d.we.err, "timestamp outside") || says(d.we.err, "expected a number, got a string"))
	}},
	{"an unreadable error is an API error", "the official client loses its code", func(d disagreement) bool {
		return d.status >= 300 && isAPI(d.we.err) && (!isAPI(d.they.err) || says(d.we.err, "unreadable body"))
	}},
	{"a refusal that the service models is final", "a quota does not come back, and a message is no failure", func(d disagreement) bool {
		var api smithy.APIError
		return d.we.attempts == 1 && d.they.attempts > 1 && errors.As(d.we.err, &api) && api.ErrorFault() == smithy.FaultClient
	}},
	{"names of an error's members are case-sensitive, and message wins", "as everywhere in the protocol", func(d disagreement) bool {
		return d.status >= 300 && ambiguous(d.body)
	}},
	{"of a member that is there twice the last one counts, also a null", "one rule for all values", func(d disagreement) bool {
		return d.status < 300 && d.we.err == nil && d.they.err == nil && repeats(d.body)
	}},
}

// explain names the difference that causes a disagreement.
func explain(status int, header http.Header, body []byte, we, they answered) string {
	for _, d := range differences {
		if d.is(disagreement{status, header, body, we, they}) {
			return d.what
		}
	}
	return ""
}

func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

func isAPI(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api)
}

// ambiguous reports whether an error has its code or message in more than one member,
// or under an unusual name.
func ambiguous(body []byte) bool {
	names := memberNames(body)
	seen := map[string]bool{}
	for _, name := range names {
		folded := strings.ToLower(name)
		if folded != "message" && folded != "code" && folded != "__type" {
			continue
		}
		if seen[folded] || !slices.Contains([]string{"message", "Message", "code", "Code", "__type"}, name) {
			return true
		}
		seen[folded] = true
	}
	return false
}

// memberNames returns the names of a document's top-level members, in order.
func memberNames(body []byte) []string {
	d := json.NewDecoder(bytes.NewReader(body))
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return nil
	}
	var names []string
	for d.More() {
		name, err := d.Token()
		text, ok := name.(string)
		var skipped json.RawMessage
		if err != nil || !ok || d.Decode(&skipped) != nil {
			return names
		}
		names = append(names, text)
	}
	return names
}

// repeats reports whether an object in a document has a member twice.
func repeats(body []byte) bool {
	names := memberNames(body)
	if distinct := slices.Compact(slices.Sorted(slices.Values(names))); len(distinct) < len(names) {
		return true
	}
	var members map[string]json.RawMessage
	var elements []json.RawMessage
	if json.Unmarshal(body, &members) == nil {
		for _, m := range members {
			elements = append(elements, m)
		}
	} else if json.Unmarshal(body, &elements) != nil {
		return false
	}
	return slices.ContainsFunc(elements, func(m json.RawMessage) bool { return repeats(m) })
}

// equalOutputs compares outputs of one type. Times are compared to the millisecond,
// the official client's precision, and not for years that it gets wrong.
func equalOutputs(ours, theirs any) bool {
	a, b := reflect.ValueOf(ours), reflect.ValueOf(theirs)
	return equalValues(a, b)
}

func equalValues(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return equalValues(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equalValues(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		if t, ok := a.Interface().(time.Time); ok {
			return equalTimes(t, b.Interface().(time.Time))
		}
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() && !equalValues(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Map: // part of ResultMetadata, which is empty here
		return true
	}
	return a.Equal(b)
}

func equalTimes(ours, theirs time.Time) bool {
	const first, last = 1678, 2261 // the years that nanoseconds in 64 bits can express
	return ours.Sub(theirs).Abs() <= time.Millisecond || ours.Year() < first || ours.Year() > last
}

// show formats a value, following pointers.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(text)
}
