package ecrpublictest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// Reporter lists the methods of a test that [NewScript] calls; *testing.T is
// one.
type Reporter interface {
	// Helper marks the caller as a helper of the test.
	Helper()
	// Errorf fails the test.
	Errorf(format string, args ...any)
	// Cleanup registers a function that runs at the end of the test.
	Cleanup(func())
}

// NewScript returns a mock that expects these calls in this order and returns their
// results. A call that differs from the next expected one, in operation or input, fails
// the test and gets an error that shows the difference; the expected call stays the next
// one. At the end of the test, missing calls fail it. Operations whose func is set on
// the mock call that func, at any time, and are not part of the script.
func NewScript(t Reporter, calls ...ExpectedCall) *Client {
	t.Helper()
	s := &script{t: t, calls: calls}
	t.Cleanup(func() {
		t.Helper()
		s.finish()
	})
	return &Client{script: s}
}

// ExpectedCall is a call that [NewScript] expects, created by [Expect], [ExpectAny]
// or [ExpectFunc].
type ExpectedCall interface {
	operation() string
	differs(in any) string // empty if the input is as expected
	result() (any, error)
}

// Expected is an expected call of one operation. Without Return or Fail, it returns an
// empty output.
type Expected[In, Out any] struct {
	check func(*In) string
	out   *Out
	err   error
}

// Operation is a method of [ecrpublic.API] as an expression, such as
// ecrpublic.API.PutImage. It ties an operation to its input and output.
type Operation[In, Out any] = func(ecrpublic.API, context.Context, *In, ...func(*ecrpublic.Options)) (*Out, error)

// Expect expects a call with this input; nil is the same as an empty one. Inputs are
// compared member by member, sets and lists in their order, bytes and times by value,
// readers by identity: for a LayerPartReader use [ExpectFunc].
func Expect[In, Out any](_ Operation[In, Out], in *In) *Expected[In, Out] {
	if in == nil {
		in = new(In)
	}
	return &Expected[In, Out]{check: func(got *In) string {
		return strings.Join(differences("", reflect.ValueOf(*got), reflect.ValueOf(*in)), "; ")
	}}
}

// ExpectAny expects a call with any input.
func ExpectAny[In, Out any](_ Operation[In, Out]) *Expected[In, Out] {
	return &Expected[In, Out]{check: func(*In) string { return "" }}
}

// ExpectFunc expects a call whose input, which is never nil, passes a check. The error
// of the check says what is wrong with the input.
func ExpectFunc[In, Out any](_ Operation[In, Out], check func(*In) error) *Expected[In, Out] {
	return &Expected[In, Out]{check: func(in *In) string {
		if err := check(in); err != nil {
			return err.Error()
		}
		return ""
	}}
}

// Return sets the output of the call; nil means an empty one.
func (e *Expected[In, Out]) Return(out *Out) *Expected[In, Out] {
	e.out = out
	return e
}

// Fail makes the call return an error unchanged, such as a
// *types.RepositoryNotFoundException.
func (e *Expected[In, Out]) Fail(err error) *Expected[In, Out] {
	e.err = err
	return e
}

func (e *Expected[In, Out]) operation() string { return operationFor[In]() }

func (e *Expected[In, Out]) differs(in any) string {
	got, _ := in.(*In) // of another operation it was never asked
	if got == nil {
		got = new(In)
	}
	return e.check(got)
}

func (e *Expected[In, Out]) result() (any, error) {
	if e.err != nil {
		return (*Out)(nil), e.err
	}
	if e.out == nil {
		return new(Out), nil
	}
	return e.out, nil
}

// script is the queue of a mock's expected calls.
type script struct {
	t Reporter

	mu    sync.Mutex
	calls []ExpectedCall
	done  int
}

// next returns the result of a call if it is the expected one.
func (s *script) next(operation string, in any) (any, error) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	problem := ""
	switch {
	case s.done == len(s.calls):
		problem = "no further call is expected"
	case s.calls[s.done].operation() != operation:
		problem = "expected is " + s.calls[s.done].operation()
	default:
		problem = s.calls[s.done].differs(in)
	}
	if problem != "" {
		err := fmt.Errorf("ecrpublictest: call %d, %s: %s", s.done+1, operation, problem)
		s.t.Errorf("%v", err)
		return nil, err
	}
	s.done++
	return s.calls[s.done-1].result()
}

// finish reports missing calls.
func (s *script) finish() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, call := range s.calls[s.done:] {
		s.t.Errorf("ecrpublictest: call %d, %s, was expected but not made", s.done+i+1, call.operation())
	}
}
