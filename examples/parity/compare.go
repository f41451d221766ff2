package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// differences compares the exchanges of a probe with those of the reference, field by
// field. What differs between any two runs is left out: times, and the numbers of
// scrubbed values.
func differences(got, reference []exchange) []string {
	got, reference = answered(got), answered(reference)
	if len(got) != len(reference) {
		return []string{fmt.Sprintf("%d requests, %s in the reference", len(got), fmt.Sprint(len(reference)))}
	}
	var list []string
	for i := range got {
		g, r := fields(got[i]), fields(reference[i])
		what := cmp.Or(got[i].Operation, got[i].Method+" "+got[i].URL)
		for _, path := range slices.Sorted(maps.Keys(union(g, r))) {
			if g[path] != r[path] {
				list = append(list, fmt.Sprintf("%s: %s is %s, %s in the reference", what, path, cmp.Or(g[path], "absent"), cmp.Or(r[path], "absent")))
			}
		}
	}
	return list
}

// answered leaves out what was tried again: throttles and failures of the service.
func answered(exchanges []exchange) []exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(e exchange) bool {
		return e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError || strings.Contains(e.Body, `"ThrottlingException"`)
	})
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
func fields(e exchange) map[string]string {
	out := map[string]string{"request": e.Operation + " " + e.Method, "status": fmt.Sprint(e.Status)}
	for _, name := range compared {
		if v := e.Headers[name]; len(v) > 0 {
			out["header "+name] = general(strings.Join(v, ", "))
		}
	}
	var body any
	decoder := json.NewDecoder(strings.NewReader(e.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil || e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest {
		if e.Body != "" {
			out["body"] = general(e.Body)
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

// row is a probe's line of the report.
type row struct {
	probes.Result
	differences []string // from the reference
}

func (r row) differs() bool {
	return r.Outcome != probes.NotRun && (r.Outcome == probes.Differs || len(r.differences) > 0)
}

// outcome counts a difference from the reference, too.
func (r row) outcome() probes.Outcome {
	if r.differs() {
		return probes.Differs
	}
	return r.Outcome
}

// report compares a result with a reference.
type report struct {
	of, with string
	rows     []row
}

func newReport(of, with *result) *report {
	reference := map[string]probedResult{}
	for _, p := range with.Probes {
		reference[p.Name] = p
	}
	r := &report{of: of.Service, with: with.Service}
	for _, name := range slices.Sorted(maps.Keys(of.Setup)) {
		if ref, ok := with.Setup[name]; ok && succeeded(of.Setup[name]) && succeeded(ref) {
			line := row{Result: probes.Result{Name: "setup/" + name, Outcome: probes.Equal}}
			line.differences = differences(of.Setup[name], ref)
			r.rows = append(r.rows, line)
		}
	}
	for _, p := range of.Probes {
		line := row{Result: p.Result}
		if ref, ok := reference[p.Name]; ok && p.Outcome != probes.NotRun && ref.Outcome != probes.NotRun {
			line.differences = differences(p.Exchanges, ref.Exchanges)
		}
		r.rows = append(r.rows, line)
	}
	return r
}

// succeeded reports whether all of a setup's requests did; otherwise, and if an
// interruption came before the first, the probes that need it say so.
func succeeded(exchanges []exchange) bool {
	return len(exchanges) > 0 && !slices.ContainsFunc(exchanges, func(e exchange) bool { return e.Status >= http.StatusBadRequest })
}

func (r *report) differing() (n int) {
	for _, row := range r.rows {
		if row.differs() {
			n++
		}
	}
	return n
}
