package ecrpublictest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
)

// injectedFaults are the faults added over HTTP.
type injectedFaults struct {
	mu   sync.Mutex
	list []faultRequest
}

// faultRequest is a fault in JSON, with the arguments of its effect.
type faultRequest struct {
	Operation   string  `json:"operation,omitempty"`
	After       int     `json:"after,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	Effect      string  `json:"effect"`

	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Delay   string `json:"delay,omitempty"` // also of the clock
	Body    string `json:"body,omitempty"`
	Reads   int    `json:"reads,omitempty"`
	Size    int    `json:"size,omitempty"`

	duration time.Duration // what Delay says
}

func (f *faultRequest) fault() (Fault, error) {
	effect, known := effects()[f.Effect]
	if !known {
		return Fault{}, fmt.Errorf("effect %q: want one of %s", f.Effect, sortedNames(effects()))
	}
	if err := errors.Join(f.checkOperation(effect), f.checkNumbers(), f.checkArguments(effect), f.readDelay(effect)); err != nil {
		return Fault{}, err
	}
	return Fault{Operation: f.Operation, After: f.After, Times: f.Times, Probability: f.Probability, Effect: effect.make(*f)}, nil
}

func (f *faultRequest) checkNumbers() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d: want one from 200 to 599", f.Status)
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("probability %v: want one from 0 to 1", f.Probability)
	case f.After < 0 || f.Times < 0 || f.Reads < 0 || f.Size < 0:
		return fmt.Errorf("after %d, times %d, reads %d, size %d: want none below 0", f.After, f.Times, f.Reads, f.Size)
	}
	return nil
}

// checkArguments refuses arguments of other effects.
func (f *faultRequest) checkArguments(effect namedEffect) error {
	given := map[string]bool{
		"status": f.Status != 0, "code": f.Code != "", "message": f.Message != "", "delay": f.Delay != "",
		"body": f.Body != "", "reads": f.Reads != 0, "size": f.Size != 0,
	}
	maps.DeleteFunc(given, func(name string, is bool) bool { return !is || slices.Contains(effect.arguments, name) })
	if len(given) == 0 {
		return nil
	}
	return fmt.Errorf("%s: want none with the effect %s, whose arguments are [%s]", sortedNames(given), f.Effect, strings.Join(effect.arguments, ", "))
}

func (f *faultRequest) readDelay(effect namedEffect) (err error) {
	if !slices.Contains(effect.arguments, "delay") {
		return nil
	}
	if f.duration, err = time.ParseDuration(f.Delay); err != nil {
		return fmt.Errorf(`delay %q: want a duration such as "2s"`, f.Delay)
	}
	if f.duration < 0 && f.Effect == "delay" {
		return fmt.Errorf("delay %q: want none below 0", f.Delay)
	}
	return nil
}

// checkOperation refuses an operation that no request has, or to which the effect
// does not happen.
func (f *faultRequest) checkOperation(effect namedEffect) error {
	allowed := effect.operations
	if allowed == nil {
		allowed = wire.Operations()
	}
	switch {
	case f.Operation == "" || slices.Contains(allowed, f.Operation):
		return nil
	case effect.operations != nil:
		return fmt.Errorf("operation %q: want one of %s with the effect %s", f.Operation, strings.Join(allowed, ", "), f.Effect)
	case isOtherRequest(f.Operation):
		return nil
	}
	return fmt.Errorf(`operation %q: want one of %s; or, for other requests, one of the methods %s with one of the roots %s, such as "GET /v2/"`,
		f.Operation, strings.Join(allowed, ", "), strings.Join(otherMethods(), ", "), strings.Join(otherRoots(), ", "))
}

func otherMethods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
}

func otherRoots() []string { return []string{"/v2/", "/v2", "/token/", "/token", "/blob/", "/"} }

// isOtherRequest reports whether requests that are not of the API have this name.
func isOtherRequest(name string) bool {
	method, root, _ := strings.Cut(name, " ")
	return slices.Contains(otherMethods(), method) && slices.Contains(otherRoots(), root)
}

func (c *control) addFault(r *http.Request) (any, error) {
	var in faultRequest
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	fault, err := in.fault()
	if err != nil {
		return nil, badRequest(err)
	}
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.handler.Inject(fault)
	c.faults.list = append(c.faults.list, in)
	return in, nil
}

func (c *control) listFaults(*http.Request) (any, error) {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	return map[string]any{"faults": append([]faultRequest{}, c.faults.list...)}, nil
}

func (c *control) clearFaults(r *http.Request) (any, error) {
	if err := expectNoBody(r); err != nil {
		return nil, err
	}
	c.faults.clear(c.handler)
	return done{}, nil
}

func (f *injectedFaults) clear(h *Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h.ClearFaults()
	f.list = nil
}
