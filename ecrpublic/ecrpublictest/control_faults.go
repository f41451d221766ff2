package ecrpublictest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"
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

// effects are the effects by name.
func effects() map[string]func(f faultRequest) Effect {
	return map[string]func(f faultRequest) Effect{
		"throttle":      func(faultRequest) Effect { return Throttle() },
		"expired-token": func(faultRequest) Effect { return ExpiredToken() },
		"fail":          faultRequest.fail,
		"status":        func(f faultRequest) Effect { return Status(cmp.Or(f.Status, http.StatusInternalServerError)) },
		"delay":         func(f faultRequest) Effect { return Delay(f.duration) },
		"reset-before":  func(faultRequest) Effect { return ResetBefore() },
		"reset-after":   func(faultRequest) Effect { return ResetAfter() },
		"reset-midway":  func(faultRequest) Effect { return ResetMidway() },
		"truncate":      func(faultRequest) Effect { return Truncate() },
		"cut-off":       func(faultRequest) Effect { return CutOff() },
		"body":          func(f faultRequest) Effect { return Body([]byte(f.Body)) },
		"clock-offset":  func(f faultRequest) Effect { return ClockOffset(f.duration) },
		"hide-new":      func(f faultRequest) Effect { return HideNew(max(1, f.Reads)) },
		"short-pages":   func(f faultRequest) Effect { return ShortPages(f.Size) },
		"repeat-token":  func(faultRequest) Effect { return RepeatToken() },
	}
}

// fail responds with an error code, by default a failure of the service.
func (f faultRequest) fail() Effect {
	status := cmp.Or(f.Status, http.StatusInternalServerError)
	return FailWithStatus(status, &smithy.GenericAPIError{Code: cmp.Or(f.Code, "ServerException"), Message: f.Message})
}

func (f *faultRequest) fault() (Fault, error) {
	effect, known := effects()[f.Effect]
	if !known {
		return Fault{}, fmt.Errorf("effect %q: want one of %s", f.Effect, strings.Join(slices.Sorted(maps.Keys(effects())), ", "))
	}
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return Fault{}, fmt.Errorf("status %d: want one from 200 to 599", f.Status)
	case f.Probability < 0 || f.Probability > 1:
		return Fault{}, fmt.Errorf("probability %v: want one from 0 to 1", f.Probability)
	case f.After < 0 || f.Times < 0 || f.Reads < 0 || f.Size < 0:
		return Fault{}, fmt.Errorf("after %d, times %d, reads %d, size %d: want none below 0", f.After, f.Times, f.Reads, f.Size)
	}
	if f.Delay != "" || f.Effect == "delay" || f.Effect == "clock-offset" {
		var err error
		if f.duration, err = time.ParseDuration(f.Delay); err != nil {
			return Fault{}, fmt.Errorf(`delay %q: want a duration such as "2s"`, f.Delay)
		}
		if f.duration < 0 && f.Effect == "delay" {
			return Fault{}, fmt.Errorf("delay %q: want none below 0", f.Delay)
		}
	}
	return Fault{Operation: f.Operation, After: f.After, Times: f.Times, Probability: f.Probability, Effect: effect(*f)}, nil
}

func (c *control) addFault(r *http.Request) (any, error) {
	var in faultRequest
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	fault, err := in.fault()
	if err != nil {
		return nil, err
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

func (c *control) clearFaults(*http.Request) (any, error) {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.handler.ClearFaults()
	c.faults.list = nil
	return done{}, nil
}
