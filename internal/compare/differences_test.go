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

// disagreement is an answer of which the two clients make different things.
type disagreement struct {
	status   int
	header   http.Header
	body     []byte
	we, they answered
}

// differences are the ways in which this client departs from the official one
// on purpose.
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

// explain names the difference that is behind a disagreement.
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

// ambiguous reports whether an error names its code or message in more than one
// way, or in a spelling of neither protocol nor practice.
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

// memberNames are the names of a document's own members, in order.
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

// equalOutputs compares outputs of one type. Times are equal to the millisecond,
// which is as exact as the official client is, and for years of which it makes
// others.
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
	case reflect.Map: // of the result's metadata, which is empty here
		return true
	}
	return a.Equal(b)
}

func equalTimes(ours, theirs time.Time) bool {
	const first, last = 1678, 2261 // what nanoseconds in 64 bits can tell
	return ours.Sub(theirs).Abs() <= time.Millisecond || ours.Year() < first || ours.Year() > last
}

// show writes a value with what its pointers point at.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(text)
}
