package compare

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// outcome records the attempts of a call and how it ended.
type outcome struct {
	attempts []attempted
	end      time.Duration
	err      error
	results  string // of the attempts, by the metadata
}

type attempted struct {
	at      time.Duration
	headers string
}

// headersOf returns the headers of a request, except the user agent, which names the
// client.
func headersOf(r *http.Request) string {
	var lines []string
	for name, values := range r.Header {
		if name != "User-Agent" {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, " | ")
}

func (s *script) end(metadata middleware.Metadata, err error) outcome {
	o := s.outcome
	o.end, o.err = time.Since(s.start), err
	if results, ok := retry.GetAttemptResults(metadata); ok {
		for _, r := range results.Results {
			o.results += fmt.Sprintf("%v retried=%t retryable=%t; ", r.Err, r.Retried, r.Retryable)
		}
	}
	skew, ok := awsmiddleware.GetAttemptSkew(metadata)
	o.results += fmt.Sprintf("skew=%v %t", skew, ok)
	return o
}

func (o outcome) String() string {
	var b strings.Builder
	for _, a := range o.attempts {
		fmt.Fprintf(&b, "\t%v %s\n", a.at, a.headers)
	}
	fmt.Fprintf(&b, "\tended %v, %s\n\terror %v\n\ttypes %s\n", o.end, o.results, o.err, typesOf(o.err))
	return b.String()
}

// typesOf returns the types of an error and of the errors it wraps.
func typesOf(err error) string {
	var names []string
	for ; err != nil; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}

// retryDifferences lists how this client retries differently on purpose.
var retryDifferences = []struct {
	what string
	is   func(h history, call historicCall, ours, theirs outcome) bool
}{
	{"LimitExceededException is a quota, which waiting does not restore", func(h history, c historicCall, ours, theirs outcome) bool {
		var api smithy.APIError
		return h.ownRules(c) && errors.As(ours.err, &api) && api.ErrorCode() == "LimitExceededException" && ours.stopsBefore(theirs)
	}},
	{"a refusal that the service models is final, whatever its text says", func(h history, c historicCall, ours, theirs outcome) bool {
		var api smithy.APIError
		return h.ownRules(c) && errors.As(ours.err, &api) && api.ErrorFault() == smithy.FaultClient &&
			strings.Contains(api.ErrorMessage(), "connection reset") && ours.stopsBefore(theirs)
	}},
	{"a response that breaks off is retried", func(_ history, c historicCall, ours, theirs outcome) bool {
		return c.answers[min(len(theirs.attempts), len(c.answers))-1].cutOff
	}},
}

// stopsBefore reports whether the attempts of a call are all or the first of those of
// another, and it ended no later.
func (o outcome) stopsBefore(other outcome) bool {
	n := len(o.attempts)
	return n <= len(other.attempts) && slices.Equal(o.attempts, other.attempts[:n]) && o.end <= other.end
}

// ownRules reports whether a call uses this client's own retryer.
func (h history) ownRules(c historicCall) bool {
	return h.setup.retryer == "" && (c.setup == nil || c.setup.retryer == "")
}

// explain names the difference that causes an outcome.
func (h history) explain(i int, ours, theirs outcome) string {
	for _, d := range retryDifferences {
		if d.is(h, h.calls[i], ours, theirs) {
			return d.what
		}
	}
	return ""
}
