package imagepush_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// optionsOfACall returns what the options of a client become in a call.
func optionsOfACall(t *testing.T, options ecrpublic.Options) ecrpublic.Options {
	t.Helper()
	client := &optioned{fake: newFake()}
	_, err := newTarget(t, client).Exists(t.Context(), layerOf("abc"))
	require.NoError(t, err)
	for _, fn := range client.optFns {
		fn(&options)
	}
	return options
}

type optioned struct {
	*fake
	optFns []func(*ecrpublic.Options)
}

func (c *optioned) BatchCheckLayerAvailability(ctx context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	c.optFns = optFns
	return c.fake.BatchCheckLayerAvailability(ctx, in)
}

func TestCallsAreTriedTenTimesUnlessTheClientSaysOtherwise(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options ecrpublic.Options
		want    int
	}{
		"nothing said":         {ecrpublic.Options{}, 10},
		"a number":             {ecrpublic.Options{RetryMaxAttempts: 2}, 2},
		"a Retryer of its own": {ecrpublic.Options{Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = 2 })}, 2},
		"no retries":           {ecrpublic.Options{Retryer: aws.NopRetryer{}}, 1},
	} {
		options := optionsOfACall(t, ecrpublic.New(test.options).Options())
		assert.Equal(t, test.want, cmp.Or(options.RetryMaxAttempts, options.Retryer.MaxAttempts()), name)
	}
}

func TestAnswersThatCannotBeReadAreAskedForAgain(t *testing.T) {
	t.Parallel()
	retryer := optionsOfACall(t, ecrpublic.Options{Retryer: retry.NewStandard()}).Retryer
	unknown := &smithy.GenericAPIError{Code: "UnknownError"}
	for _, err := range []error{
		&smithy.DeserializationError{Err: errors.New("half an answer")},
		answered(http.StatusBadRequest, unknown),
		&smithy.GenericAPIError{Code: "ThrottlingException"},
	} {
		assert.True(t, retryer.IsErrorRetryable(err), err)
	}
	for _, err := range []error{
		&types.InvalidLayerPartException{},
		&types.RepositoryNotFoundException{},
		answered(http.StatusForbidden, unknown), // from a proxy
		answered(http.StatusBadRequest, &types.RepositoryNotFoundException{}),
	} {
		assert.False(t, retryer.IsErrorRetryable(err), err)
	}
}

// answered is an error that came with a status.
func answered(status int, err error) error {
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: status}}
	return &smithyhttp.ResponseError{Response: response, Err: err}
}
