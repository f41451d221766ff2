package imagepush

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/types"
)

// attempts is how often a call is tried: one that fails for good fails a push of
// hundreds.
const attempts = 10

// patiently is for every call: all that this package makes can be repeated. It
// leaves alone a client that was given a number of attempts, or one that never
// retries.
func patiently(o *ecrpublic.Options) {
	if o.RetryMaxAttempts == 0 {
		o.RetryMaxAttempts = attempts
	}
	if r, ok := o.Retryer.(aws.RetryerV2); ok && r.MaxAttempts() != 1 {
		o.Retryer = rereading{r}
	}
}

// rereading tries again also if an answer could not be read.
type rereading struct{ aws.RetryerV2 }

func (r rereading) IsErrorRetryable(err error) bool {
	return isUnreadable(err) || r.RetryerV2.IsErrorRetryable(err)
}

// isUnreadable tells whether an answer broke off: that of a success, that of a
// failure before its code, or that of a refused part before it says where to go
// on.
func isUnreadable(err error) bool {
	if refused, ok := errors.AsType[*types.InvalidLayerPartException](err); ok {
		return refused.LastValidByteReceived == nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		response, ok := errors.AsType[*smithyhttp.ResponseError](err)
		return ok && response.HTTPStatusCode() == http.StatusBadRequest && api.ErrorCode() == awsjson.UnknownError
	}
	return is[*smithy.DeserializationError](err)
}
