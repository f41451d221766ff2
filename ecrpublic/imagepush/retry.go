package imagepush

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// attempts is how often a call is tried: one that fails for good fails a push of
// hundreds.
const attempts = 10

// patiently is for every call: all that this package makes can be repeated. A
// client that was given a number of attempts, by itself or in a Retryer that has
// another than the default of three, keeps it.
func patiently(o *ecrpublic.Options) {
	r, ok := o.Retryer.(aws.RetryerV2)
	if !ok || r.MaxAttempts() == 1 {
		return
	}
	if o.RetryMaxAttempts == 0 && r.MaxAttempts() == retry.DefaultMaxAttempts {
		o.RetryMaxAttempts = attempts
	}
	o.Retryer = rereading{r}
}

// rereading tries again also if an answer could not be read.
type rereading struct{ aws.RetryerV2 }

func (r rereading) IsErrorRetryable(err error) bool {
	return isUnreadable(err) || r.RetryerV2.IsErrorRetryable(err)
}

// isUnreadable tells whether an answer broke off: that of a success, or that of a
// failure before its code.
func isUnreadable(err error) bool {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		response, ok := errors.AsType[*smithyhttp.ResponseError](err)
		return ok && response.HTTPStatusCode() == http.StatusBadRequest && api.ErrorCode() == awsjson.UnknownError
	}
	return is[*smithy.DeserializationError](err)
}
