package records

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// Row is a probe, or what probes share, beside its reference.
type Row struct {
	probes.Result
	Differences []string // from the reference, field by field

	// NoReference says that the probe was run, and not in the reference.
	NoReference bool
}

// Differs reports whether the service does not do what is expected, or not what the
// reference does.
func (r Row) Differs() bool {
	return r.Result.Outcome != probes.NotRun && (r.Result.Outcome == probes.Differs || len(r.Differences) > 0)
}

// Outcome is the probe's, with a difference from the reference counted.
func (r Row) Outcome() probes.Outcome {
	if r.Differs() {
		return probes.Differs
	}
	return r.Result.Outcome
}

// Compare compares a record with a reference. First come the shared things that both
// made, then all probes of the record.
func Compare(of, with *File) []Row {
	reference := map[string]probes.Result{}
	for _, p := range with.Header.Probes {
		reference[p.Name] = p
	}
	var rows []Row
	for _, name := range of.shared() {
		got, ref := of.of(name), with.of(name)
		row := Row{Result: probes.Result{Name: name, Outcome: probes.Equal}}
		switch failed := failure(got); {
		case !succeeded(ref):
			continue
		case failed != "":
			row.Result.Outcome, row.Details = probes.Differs, []string{failed}
		case succeeded(got):
			row.Differences = differences(got, ref)
		default:
			continue // it was refused, or had to be waited for
		}
		rows = append(rows, row)
	}
	for _, p := range of.Header.Probes {
		row := Row{Result: p}
		if p.Outcome != probes.NotRun {
			ref, ok := reference[p.Name]
			if row.NoReference = !ok || ref.Outcome == probes.NotRun; !row.NoReference {
				row.Differences = differences(of.of(p.Name), with.of(p.Name))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// shared are the names of what probes share, sorted.
func (f *File) shared() []string {
	names := map[string]bool{}
	for _, v := range f.Vectors {
		if strings.HasPrefix(v.ID, "setup/") {
			names[v.ID[:strings.LastIndexByte(v.ID, '#')]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// succeeded reports whether all requests for something shared did.
func succeeded(list []Vector) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v Vector) bool { return v.Status == 0 || v.Status >= http.StatusBadRequest })
}

// failure is the service's response that made something shared impossible; empty if there
// is none, also where a request was only refused to this caller.
func failure(list []Vector) string {
	if len(list) == 0 {
		return ""
	}
	last := list[len(list)-1]
	var body struct {
		Type    string `json:"__type"`
		Message string
		Errors  []struct{ Code, Message string }
	}
	_ = json.Unmarshal([]byte(last.Body), &body) // without a code it is the status that counts
	if len(body.Errors) > 0 {
		body.Type, body.Message = body.Errors[0].Code, body.Errors[0].Message
	}
	code := body.Type[strings.LastIndexByte(body.Type, '#')+1:]
	if last.Status < http.StatusBadRequest || probes.Refused(last.Status, code) {
		return ""
	}
	return fmt.Sprintf("%s: expected success, got HTTP %d %s %q", last.what(), last.Status, code, body.Message)
}
