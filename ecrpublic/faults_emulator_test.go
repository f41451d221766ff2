package ecrpublic_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// emulatorFaults are the emulator's faults that affect a single call, with the number
// of attempts that the call then makes if the fault occurs once.
var emulatorFaults = map[string]struct {
	effect   ecrpublictest.Effect
	attempts int
	failure  func(error) bool // how the call fails; nil means that it succeeds
}{
	"Throttle":                      {ecrpublictest.Throttle(), 2, nil},
	"Fail ServerException":          {ecrpublictest.Fail(&types.ServerException{}), 2, nil},
	"FailWithStatus 403 throttle":   {ecrpublictest.FailWithStatus(403, &smithy.GenericAPIError{Code: "ThrottlingException"}), 2, nil},
	"FailWithStatus 503 any code":   {ecrpublictest.FailWithStatus(503, &smithy.GenericAPIError{Code: "NobodyKnowsException"}), 2, nil},
	"Status 500":                    {ecrpublictest.Status(http.StatusInternalServerError), 2, nil},
	"Status 502":                    {ecrpublictest.Status(http.StatusBadGateway), 2, nil},
	"Status 503":                    {ecrpublictest.Status(http.StatusServiceUnavailable), 2, nil},
	"Status 504":                    {ecrpublictest.Status(http.StatusGatewayTimeout), 2, nil},
	"Status 429":                    {ecrpublictest.Status(http.StatusTooManyRequests), 2, nil},
	"ResetBefore":                   {ecrpublictest.ResetBefore(), 2, nil},
	"ResetAfter":                    {ecrpublictest.ResetAfter(), 2, nil},
	"ResetMidway":                   {ecrpublictest.ResetMidway(), 2, nil},
	"CutOff":                        {ecrpublictest.CutOff(), 2, nil},
	"ClockOffset an hour, and back": {ecrpublictest.ClockOffset(time.Hour), 3, nil},
	"Delay":                         {ecrpublictest.Delay(time.Millisecond), 1, nil},
	"Truncate":                      {ecrpublictest.Truncate(), 1, wraps[*smithy.DeserializationError]},
	"Body of HTML":                  {ecrpublictest.Body([]byte("<html>")), 1, wraps[*smithy.DeserializationError]},
	"Fail LimitExceededException":   {ecrpublictest.Fail(&types.LimitExceededException{}), 1, wraps[*types.LimitExceededException]},
	"FailWithStatus 429 quota":      {ecrpublictest.FailWithStatus(429, &types.LimitExceededException{}), 1, wraps[*types.LimitExceededException]},
	"Fail InvalidParameter":         {ecrpublictest.Fail(&types.InvalidParameterException{}), 1, wraps[*types.InvalidParameterException]},
	"Fail RegistryNotFound":         {ecrpublictest.Fail(&types.RegistryNotFoundException{}), 1, wraps[*types.RegistryNotFoundException]},
	"Fail with a code of no shape":  {ecrpublictest.Fail(&smithy.GenericAPIError{Code: "AccessDeniedException"}), 1, wraps[*smithy.GenericAPIError]},
}

// TestEmulatorFaults injects each fault once; the emulator checks signatures.
func TestEmulatorFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range emulatorFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
				srv := newEmulator(t, ecrpublictest.WithCredentials("AKIDEXAMPLE", "SECRETEXAMPLE0123456789abcdefghijklmnopq"))
				srv.Inject(ecrpublictest.Fault{Operation: "DescribeRegistries", Times: 1, Effect: fault.effect})
				out, err := srv.Client(append(options, ecrpublic.WithoutDelay)...).DescribeRegistries(t.Context(), nil)
				assert.Equal(t, fault.attempts, srv.Count("DescribeRegistries"))
				if fault.failure == nil {
					require.NoError(t, err)
					assert.Equal(t, fault.attempts-1, out.ResponseMetadata.RetryAttempts)
					return
				}
				assert.Nil(t, out)
				assert.True(t, fault.failure(err), "%v", err)
			})
		})
	}
}

// wraps reports whether err wraps an error of a type.
func wraps[E error](err error) bool { return errors.As(err, new(E)) }

func newEmulator(t *testing.T, options ...ecrpublictest.Option) *ecrpublictest.Server {
	t.Helper()
	srv := ecrpublictest.NewServer(options...)
	t.Cleanup(srv.Close)
	return srv
}

// TestPermanentFaults injects each retryable fault permanently: the call stops after
// the maximum number of attempts.
func TestPermanentFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range emulatorFaults {
		if fault.attempts != 2 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newEmulator(t)
			srv.Inject(ecrpublictest.Fault{Effect: fault.effect})
			_, err := srv.Client(ecrpublic.WithoutDelay).DescribeRegistries(t.Context(), nil)
			require.ErrorContains(t, err, "exceeded maximum number of attempts, 3")
			assert.Equal(t, 3, srv.Count("DescribeRegistries"))
		})
	}
}

func TestDelayBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		srv := newEmulator(t)
		srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Delay(time.Hour)})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := srv.Client(options...).DescribeRegistries(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
