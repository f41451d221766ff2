package faults

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// succeeds expects a success after a number of attempts.
func succeeds(attempts int) func(*Result) error {
	return func(r *Result) error {
		switch {
		case r.Err != nil:
			return gaveUp(r)
		case r.Attempts() != attempts:
			return fmt.Errorf("%d attempts", r.Attempts())
		}
		return nil
	}
}

// retries expects a success after more than one attempt.
func retries(r *Result) error {
	switch {
	case r.Err != nil:
		return gaveUp(r)
	case r.Attempts() < 2:
		return errors.New("1 attempt")
	}
	return nil
}

// answers expects a success on the first attempt, with a token.
func answers(nextToken string) func(*Result) error {
	return func(r *Result) error {
		if err := succeeds(1)(r); err != nil {
			return err
		}
		got, _ := reflect.ValueOf(r.Out).Elem().FieldByName("NextToken").Interface().(*string)
		if got == nil || *got != nextToken {
			return fmt.Errorf("the value is wrong: %v", deref(got))
		}
		return nil
	}
}

func deref(s *string) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprintf("%q", *s)
}

// gaveUp describes the end of a call that should have succeeded.
func gaveUp(r *Result) error {
	var p *Panic
	if errors.As(r.Err, &p) {
		return p
	}
	return fmt.Errorf("fails after attempt %d: %w", r.Attempts(), brief(r.Err))
}

// fails expects an error on the first attempt, with its request ID and without
// an output.
func fails(r *Result) error {
	var p *Panic
	switch {
	case r.Err == nil:
		return fmt.Errorf("succeeds after %d attempts", r.Attempts())
	case errors.As(r.Err, &p):
		return p
	case errors.Is(r.Err, context.DeadlineExceeded):
		return errors.New("hangs")
	case r.Out != nil:
		return errors.New("returns an output and an error")
	case r.Attempts() != 1:
		return fmt.Errorf("fails after %d attempts", r.Attempts())
	case !strings.Contains(r.Err.Error(), requestID):
		return fmt.Errorf("the error has no request ID: %w", brief(r.Err))
	}
	return nil
}

// Remark is what a client that holds could say better.
type Remark string

func (r Remark) Error() string { return string(r) }

// refuses expects an error with a status and a code.
func refuses(status int, code string) func(*Result) error {
	return func(r *Result) error {
		if err := fails(r); err != nil {
			return err
		}
		var response *smithyhttp.ResponseError
		if !errors.As(r.Err, &response) || response.HTTPStatusCode() != status {
			return errors.New("the error has no status")
		}
		var api smithy.APIError
		switch {
		case !errors.As(r.Err, &api) && code == "UnknownError":
			return Remark("it is no API error")
		case !errors.As(r.Err, &api):
			return errors.New("loses the error's code")
		case api.ErrorCode() != code:
			return fmt.Errorf("the code is %s", api.ErrorCode())
		}
		return nil
	}
}

// breaks expects a decoding error. If a member caused it, the error names the
// member.
func breaks(member string) func(*Result) error {
	return func(r *Result) error {
		if err := fails(r); err != nil {
			return err
		}
		var broken *smithy.DeserializationError
		switch {
		case !errors.As(r.Err, &broken):
			return fmt.Errorf("no decoding error: %w", brief(r.Err))
		case member != "" && !strings.Contains(r.Err.Error(), member+": "):
			return Remark("the error does not name the member: " + brief(r.Err).Error())
		}
		return nil
	}
}

// stopsAt expects an error before more than limit bytes were read.
func stopsAt(limit int64) func(*Result) error {
	return func(r *Result) error {
		var p *Panic
		switch {
		case errors.As(r.Err, &p):
			return p
		case r.Read > limit:
			return fmt.Errorf("reads %d MiB", r.Read>>20)
		case r.Err == nil:
			return errors.New("succeeds")
		case errors.Is(r.Err, context.DeadlineExceeded):
			return errors.New("hangs")
		}
		return nil
	}
}

// ends expects the context's error.
func ends(with error) func(*Result) error {
	return func(r *Result) error {
		switch {
		case r.Err == nil:
			return errors.New("succeeds")
		case !errors.Is(r.Err, with):
			return fmt.Errorf("is not a %w: %w", with, brief(r.Err))
		case r.Took > patience/2:
			return fmt.Errorf("takes %v", r.Took)
		}
		return nil
	}
}

// staysAtHome expects an API error with the redirect's status, and that nobody
// called the other server.
func staysAtHome(status int) func(*Result) error {
	return func(r *Result) error {
		if n := r.Other.Attempts(); n > 0 {
			return fmt.Errorf("follows, with the headers %s", strings.Join(credentialHeaders(r.Other), ", "))
		}
		return refuses(status, "UnknownError")(r)
	}
}

// credentialHeaders returns the names of the headers with credentials that a server
// received.
func credentialHeaders(s *Server) []string {
	names := []string{"Host"}
	for _, r := range s.Requests() {
		for _, name := range []string{"Authorization", "X-Amz-Security-Token"} {
			if r.Header.Get(name) != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// brief shortens an error, without the prefix that all errors of an operation have.
func brief(err error) error {
	const most = 100 // bytes
	text := err.Error()
	if _, rest, ok := strings.Cut(text, "RequestID: "+requestID+", "); ok {
		text = rest
	}
	text = strings.TrimPrefix(text, "operation error ECR PUBLIC: DescribeImages, ")
	if len(text) > most {
		text = text[:most] + "…"
	}
	return errors.New(text)
}
