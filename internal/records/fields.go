package records

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// differences compares the exchanges of a probe with those of the reference, field by
// field. What differs between any two runs is left out: times, and the numbers of
// scrubbed values.
func differences(got, reference []Vector) []string {
	got, reference = answered(got), answered(reference)
	if len(got) != len(reference) {
		return []string{fmt.Sprintf("%d requests, %s in the reference", len(got), fmt.Sprint(len(reference)))}
	}
	var list []string
	for i := range got {
		g, r := fields(got[i]), fields(reference[i])
		what := got[i].what()
		for _, path := range slices.Sorted(maps.Keys(union(g, r))) {
			if g[path] != r[path] {
				list = append(list, fmt.Sprintf("%s: %s is %s, %s in the reference", what, path, cmp.Or(g[path], "absent"), cmp.Or(r[path], "absent")))
			}
		}
	}
	return list
}

// answered leaves out what was tried again: throttles and failures of the service, and
// looks at a repository that was not visible yet.
func answered(list []Vector) []Vector {
	var kept []Vector
	for i, v := range list {
		early := v.Operation == "DescribeRepositories" && v.Status >= http.StatusBadRequest && i+1 < len(list) && reflect.DeepEqual(v.Request, list[i+1].Request)
		if !early && !triedAgain(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

func triedAgain(v Vector) bool {
	return v.Conn != "" || v.Status == http.StatusTooManyRequests || v.Status >= http.StatusInternalServerError || strings.Contains(v.Body, `"ThrottlingException"`)
}

// method is the operation and the method of the request.
func (v Vector) method() string {
	if v.Request == nil {
		return v.Operation
	}
	return v.Operation + " " + v.Request.Method
}

// what names the request.
func (v Vector) what() string {
	if v.Operation != "" || v.Request == nil {
		return v.Operation
	}
	return v.Request.Method + " " + v.Request.Path
}

func union(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

// compared are the headers that are compared.
var compared = []string{"Content-Type", "Docker-Content-Digest", "Link", "Location", "Range", "Www-Authenticate"}

// fields flattens a response to paths and values.
func fields(v Vector) map[string]string {
	out := map[string]string{"request": v.method(), "status": fmt.Sprint(v.Status)}
	for _, name := range compared {
		if value := v.Headers[name]; value != "" {
			out["header "+name] = general(value)
		}
	}
	var body any
	decoder := json.NewDecoder(strings.NewReader(v.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil || v.Status >= http.StatusMultipleChoices && v.Status < http.StatusBadRequest {
		if v.Body != "" {
			out["body"] = general(v.Body)
		}
		return out
	}
	flatten(out, "body", body)
	return out
}

func flatten(out map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			out[path] = "{}"
		}
		for name, member := range v {
			if text, ok := member.(string); ok && name == "policyText" {
				member = policy(text)
			}
			flatten(out, path+"."+name, member)
		}
	case []any:
		if len(v) == 0 {
			out[path] = "[]"
		}
		if strings.HasSuffix(path, ".aliases") {
			v = v[:min(1, len(v))] // how many there are, and which is primary, is the account's
			for _, alias := range v {
				for name := range asObject(alias) {
					out[path+"."+name] = "there"
				}
			}
			return
		}
		for i, item := range v {
			flatten(out, fmt.Sprintf("%s[%d]", path, i), item)
		}
	case json.Number:
		name := path[strings.LastIndex(path, ".")+1:]
		if slices.Contains([]string{"createdAt", "imagePushedAt", "expiresAt"}, name) {
			out[path] = "a time"
			return
		}
		out[path] = v.String()
	case string:
		out[path] = fmt.Sprintf("%q", general(v))
	default:
		out[path] = fmt.Sprint(v)
	}
}

func asObject(v any) map[string]any {
	object, _ := v.(map[string]any) // nil if it is none
	return object
}

// The parts of texts that differ between any two runs.
var (
	numbered = regexp.MustCompile(`00000000-0000-0000-0000-\d{12}|\b(?:page-token|token|alias|name)-\d+\b|\b00000000\d{4}\b`)
	digits   = regexp.MustCompile(`\d+`)
	logos    = regexp.MustCompile(`https?://[^/]+/(logo/)`)
	times    = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z?`)
	signed   = regexp.MustCompile(`https?://[^"'\s>]+[?&](?:X-Amz-)?Signature=scrubbed[^"'\s>]*`) // a blob's address
	logins   = regexp.MustCompile(`\bQVdTOn[A-Za-z0-9+/=]+`)                                      // base64 of AWS:t
)

func general(text string) string {
	text = times.ReplaceAllString(text, "TIME")
	text = logins.ReplaceAllString(text, "LOGIN")
	text = signed.ReplaceAllString(text, "https://HOST/BLOB?signed")
	text = logos.ReplaceAllString(text, "https://HOST/$1")
	return numbered.ReplaceAllStringFunc(strings.ReplaceAll(text, "x0x0x0x", "alias-"), func(v string) string { return digits.ReplaceAllString(v, "N") })
}

// policy is a policy with its lists in order: the service returns them in any.
func policy(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return sorted(v)
}

func sorted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = sorted(v[k])
		}
	case []any:
		for i := range v {
			v[i] = sorted(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return v
}
