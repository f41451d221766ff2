package imagepush

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

// StopReason says why a call was not retried.
type StopReason string

// Values of [StopReason].
const (
	// StoppedByRefusal means that a retry would not help.
	StoppedByRefusal StopReason = "refusal"

	// StoppedByAttempts means that the attempts were used up.
	StoppedByAttempts StopReason = "attempts"

	// StoppedByDeadline means that the call had been failing for two minutes.
	StoppedByDeadline StopReason = "deadline"

	// StoppedByContext means that the caller's context ended.
	StoppedByContext StopReason = "context"
)

// CallError reports a failed call of the API or a failed request to the registry host.
// Find it with errors.As.
//
// A call is attempted up to 30 times, with delays of up to five seconds, and given up
// after two minutes of failures, but not before the third attempt. If the client sets
// RetryMaxAttempts, or a Retryer with a maximum other than the default of three, that
// maximum replaces both limits. A Retryer of the client's still decides which errors are
// retried, but a rejected certificate never is; its delays apply if, like the SDK's own
// retryers, it retries LimitExceededException. Requests to the registry host ignore the
// client's settings.
type CallError struct {
	// Operation is the operation, such as "PutImage"; on the registry host "upload"
	// or "put manifest".
	Operation string

	// Attempts is the number of attempts, at least 1.
	Attempts int

	// Elapsed is the time that the call took, with the delays between attempts.
	Elapsed time.Duration

	// Stopped says why the call was not retried.
	Stopped StopReason

	// Err is the error of the last attempt, or wraps it beside that of the context.
	Err error
}

// Error returns the text of Err. After several attempts, it begins with the
// operation, their number and the elapsed time.
func (e *CallError) Error() string {
	text := e.Err.Error()
	if isMissingRepository(e.Err) {
		text += " (create the repository first)"
	}
	if e.Attempts == 1 {
		return text
	}
	return fmt.Sprintf("%s failed %d times in %v: %s", e.Operation, e.Attempts, e.Elapsed.Round(time.Millisecond), text)
}

// Unwrap returns Err.
func (e *CallError) Unwrap() error { return e.Err }

// calls counts the calls of a target.
type calls struct{ made, attempts atomic.Int64 }

// call makes a call of the API when its turn comes, and retries it as long as
// that can help.
func call[In, Out any](ctx context.Context, t *Target, operation string, turns *pace.Pacer,
	run func(context.Context, *In, ...func(*ecrpublic.Options)) (*Out, error), in *In,
) (*Out, error) {
	if err := turns.Wait(ctx); err != nil {
		return nil, err
	}
	b := &budget{pacer: turns, health: &t.health}
	start := time.Now()
	out, err := run(ctx, in, b.withRetries)
	attempts := max(1, b.attempts) // a mock does not count them
	t.calls.made.Add(1)
	t.calls.attempts.Add(int64(attempts))
	if err != nil {
		return nil, &CallError{operation, attempts, time.Since(start), stopReason(ctx, err), err}
	}
	return out, nil
}

func stopReason(ctx context.Context, err error) StopReason {
	switch {
	case ctx.Err() != nil:
		return StoppedByContext
	case errors.Is(err, errOutOfTime):
		return StoppedByDeadline
	case errtype.Is[*retry.MaxAttemptsError](err):
		return StoppedByAttempts
	}
	return StoppedByRefusal
}

// isFatal reports whether every other call would fail like this one: the service
// is down or its certificate rejected, the repository is missing, or the caller may not
// write to it.
func isFatal(err error) bool {
	call, ok := errors.AsType[*CallError](err)
	if !ok {
		return false
	}
	response, answered := errors.AsType[*smithyhttp.ResponseError](err)
	switch {
	case call.Stopped == StoppedByDeadline || call.Stopped == StoppedByAttempts && call.Attempts >= maxAttempts:
		return true
	case isWrongServer(err), isMissingRepository(err), errtype.Is[*types.RegistryNotFoundException](err):
		return true
	case answered && isNotAllowed(response.HTTPStatusCode()), isNotAllowed(hostStatus(err)):
		return true
	}
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && isRefusedLogin(api.ErrorCode())
}

func isMissingRepository(err error) bool {
	return errtype.Is[*types.RepositoryNotFoundException](err) || hasHostCode(err, errcode.ErrorCodeNameUnknown)
}

func isNotAllowed(status int) bool {
	return status == http.StatusForbidden || status == http.StatusUnauthorized
}

// isRefusedLogin reports whether an error concerns the caller rather than the
// call. The service also sends these codes with status 400.
func isRefusedLogin(code string) bool {
	switch code {
	case "AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId", "InvalidSignatureException",
		"MissingAuthenticationToken", "NotAuthorized", "OptInRequired", "UnrecognizedClientException":
		return true
	}
	return false
}
