// Package probes checks facts about ECR Public, against any service that claims to
// be it. Each named probe makes a few calls and checks one fact. The emulator's tests
// run the probes, also with the official client, and examples/parity runs them against
// the real service.
//
// A probe uses only repositories below its session's prefix that it or an earlier
// probe created. It creates what it needs, so any selection of probes can run.
package probes

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// Probe checks one fact.
type Probe struct {
	// Name is the area, a slash, and what is checked; unique.
	Name string

	// Fact is the ID of the fact that the probe checks; empty for what AWS documents.
	Fact string

	// Registry says that the probe changes the account's registry itself, not only
	// repositories of its own.
	Registry bool

	does func(context.Context, *T)
}

// Outcome says how a probe ended.
type Outcome string

// The outcomes of a probe.
const (
	Equal   Outcome = "equal"
	Differs Outcome = "differs"
	NotRun  Outcome = "not run"
)

// Result is what became of a probe.
type Result struct {
	Name    string   `json:"name"`
	Fact    string   `json:"fact,omitempty"`
	Outcome Outcome  `json:"outcome"`
	Details []string `json:"details,omitempty"` // each difference, or why it was not run
	Notes   []string `json:"notes,omitempty"`   // such as how often a change was polled for
}

// Session is an account to probe, and what the probes so far have made in it. It serves
// one goroutine.
type Session struct {
	// API calls the service.
	API API

	// HTTP sends requests to the registry host; nil leaves its probes out. It must not
	// follow redirects.
	HTTP *http.Client

	// Host is the registry host's address, such as https://public.ecr.aws.
	Host string

	// Prefix begins the name of every repository: "parity-abc".
	Prefix string

	// Timeout ends a probe that gets no response; 0 is a minute.
	Timeout time.Duration

	// Now is the time of the run; nil is time.Now. A replayed record has its own.
	Now func() time.Time

	// Poll waits between two looks at a change that is not visible yet; nil does not
	// wait.
	Poll func(context.Context)

	// Setup, if set, is called before something is made that probes share, with its
	// name, and what it returns afterwards: cut says that the probe's time or the run
	// ended meanwhile. The calls in between are no probe's own.
	Setup func(name string) (done func(cut bool))

	made map[string]fixture
}

// fixture is something that probes share: a value, or why it could not be made.
type fixture struct {
	value any
	err   error
}

// Run runs probes in their order and calls report after each. It ends early only when
// the context does: the remaining probes are then not run.
func Run(ctx context.Context, s *Session, list []Probe, report func(Result)) {
	if s.made == nil {
		s.made = map[string]fixture{}
	}
	for _, p := range list {
		report(s.run(ctx, p))
	}
}

func (s *Session) run(ctx context.Context, p Probe) Result {
	r := Result{Name: p.Name, Fact: p.Fact, Outcome: Equal}
	if err := ctx.Err(); err != nil {
		r.Outcome, r.Details = NotRun, []string{context.Cause(ctx).Error()}
		return r
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	t := &T{Session: s}
	p.does(ctx, t)
	r.Notes = t.notes
	switch {
	case t.unavailable != nil:
		r.Outcome, r.Details = NotRun, []string{t.unavailable.Error()}
	case len(t.problems) > 0:
		r.Outcome, r.Details = Differs, t.problems
	}
	return r
}

// T is a probe under way.
type T struct {
	*Session
	problems    []string
	notes       []string
	unavailable error // why nothing can be said
}

// differs notes a difference.
func (t *T) differs(format string, args ...any) {
	t.problems = append(t.problems, fmt.Sprintf(format, args...))
}

// answered reports whether an error, or none, is the service's own response to the call;
// otherwise the probe says nothing about the service.
func (t *T) answered(err error) bool {
	if err == nil {
		return true
	}
	if reason := unavailable(err); reason != nil {
		t.unavailable = reason
		return false
	}
	return true
}

// unavailable returns why an error says nothing about the fact in question: the caller
// may not, must slow down, or got no response. Nil if it does.
func unavailable(err error) error {
	var api smithy.APIError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &unreadable) {
		return nil // the response has another form
	}
	if !errors.As(err, &api) {
		return err
	}
	status := 0
	var response interface{ HTTPStatusCode() int }
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	if Refused(status, api.ErrorCode()) {
		return err
	}
	return nil
}

// Refused reports whether a response refuses a request to this caller or at this time,
// and so says nothing about what the service does with it.
func Refused(status int, code string) bool {
	return status == http.StatusTooManyRequests || status == http.StatusForbidden || status >= http.StatusInternalServerError ||
		slices.ContainsFunc([]string{"AccessDenied", "Throttl", "TooManyRequests", "ExpiredToken", "UnrecognizedClient", "InvalidSignature", "RequestExpired"},
			func(refusal string) bool { return strings.HasPrefix(code, refusal) })
}

// ok wants success.
func (t *T) ok(err error) bool {
	if t.answered(err) && err != nil {
		t.differs("expected success, got %v", describe(err))
	}
	return err == nil
}

// fails wants an error with a code and a part of its text.
func (t *T) fails(err error, code, text string) {
	if !t.answered(err) {
		return
	}
	var api smithy.APIError
	switch {
	case err == nil:
		t.differs("expected %s, got success", code)
	case !errors.As(err, &api):
		t.differs("expected %s, got %v", code, err)
	case api.ErrorCode() != code:
		t.differs("expected %s, got %v", code, describe(err))
	case !strings.Contains(api.ErrorMessage(), text):
		t.differs("%s: expected a text with %q, got %q", code, text, api.ErrorMessage())
	}
}

// holds wants success, and then a condition: what says it, after "expected".
func (t *T) holds(err error, what string, condition func() bool) {
	if t.ok(err) && !condition() {
		t.differs("expected %s", what)
	}
}

// equal wants success, and then a value.
func (t *T) equal(err error, what string, want, got any) {
	if t.ok(err) && !reflect.DeepEqual(want, got) {
		t.differs("%s: expected %v, got %v", what, want, got)
	}
}

// describe is a service's error without what names the request.
func describe(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Sprintf("%s %q", api.ErrorCode(), api.ErrorMessage())
	}
	return err.Error()
}

// fixture makes something once. False means that it could not be made, and so that the
// probe cannot run.
func (t *T) fixture(name string, make func() (any, error)) (any, bool) {
	f, ok := t.made[name]
	if !ok {
		done := func(bool) {}
		if t.Setup != nil {
			done = t.Setup(name)
		}
		f.value, f.err = make()
		done(errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded))
		t.made[name] = f
	}
	if f.err != nil {
		t.unavailable = fmt.Errorf("needs %s: %w", name, f.err)
	}
	return f.value, f.err == nil
}

// area is a list of probes about one thing.
type area struct {
	name string
	list []Probe
}

// add adds a probe; fact is empty for what AWS documents.
func (a *area) add(name, fact string, does func(context.Context, *T)) {
	a.list = append(a.list, Probe{Name: a.name + "/" + name, Fact: fact, does: does})
}

// All returns all probes in the order in which they are best run.
func All() []Probe {
	var all []Probe
	for _, probes := range []func(*area){
		identifiers, names, missing, catalog, policies, labels, layers, images, deletion, pagination, tokens, host, registry, parts,
	} {
		var a area
		probes(&a)
		all = append(all, a.list...)
	}
	return all
}

// inOrder ranges over a map by its keys, so that probes have an order.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
