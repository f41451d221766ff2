package ecrpublic_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// predicates lists all IsXxx functions by name.
func predicates() map[string]func(error) bool {
	return map[string]func(error) bool{
		"IsNotFound":        ecrpublic.IsNotFound,
		"IsAlreadyExists":   ecrpublic.IsAlreadyExists,
		"IsQuotaExceeded":   ecrpublic.IsQuotaExceeded,
		"IsThrottled":       ecrpublic.IsThrottled,
		"IsAccessDenied":    ecrpublic.IsAccessDenied,
		"IsUnauthenticated": ecrpublic.IsUnauthenticated,
	}
}

// assertOnly checks that the named predicates, and no others, hold for err.
func assertOnly(t *testing.T, err error, want ...string) {
	t.Helper()
	for name, is := range predicates() {
		assert.Equal(t, slices.Contains(want, name), is(err), "%s(%v)", name, err)
	}
}

// wrapped is how an error leaves the client after three attempts.
func wrapped(status int, err error) error {
	return &smithy.OperationError{
		ServiceID: "ECR PUBLIC", OperationName: "PutImage",
		Err: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}},
			Err:      err,
		},
	}
}

func TestPredicatesKnowEveryException(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		exception smithy.APIError
		want      []string
	}{
		{&types.RegistryNotFoundException{}, []string{"IsNotFound"}},
		{&types.RepositoryNotFoundException{}, []string{"IsNotFound"}},
		{&types.RepositoryPolicyNotFoundException{}, []string{"IsNotFound"}},
		{&types.RepositoryCatalogDataNotFoundException{}, []string{"IsNotFound"}},
		{&types.ImageNotFoundException{}, []string{"IsNotFound"}},
		{&types.ReferencedImagesNotFoundException{}, []string{"IsNotFound"}},
		{&types.LayersNotFoundException{}, []string{"IsNotFound"}},
		{&types.UploadNotFoundException{}, []string{"IsNotFound"}},
		{&types.RepositoryAlreadyExistsException{}, []string{"IsAlreadyExists"}},
		{&types.ImageAlreadyExistsException{}, []string{"IsAlreadyExists"}},
		{&types.ImageTagAlreadyExistsException{}, []string{"IsAlreadyExists"}},
		{&types.LayerAlreadyExistsException{}, []string{"IsAlreadyExists"}},
		{&types.LimitExceededException{}, []string{"IsQuotaExceeded"}},
		{&types.TooManyTagsException{}, []string{"IsQuotaExceeded"}},
		{&types.EmptyUploadException{}, nil},
		{&types.ImageDigestDoesNotMatchException{}, nil},
		{&types.InvalidLayerException{}, nil},
		{&types.InvalidLayerPartException{}, nil},
		{&types.InvalidParameterException{}, nil},
		{&types.InvalidTagParameterException{}, nil},
		{&types.LayerPartTooSmallException{}, nil},
		{&types.RepositoryNotEmptyException{}, nil},
		{&types.ServerException{}, nil},
		{&types.UnsupportedCommandException{}, nil},
	} {
		assertOnly(t, tt.exception, tt.want...)
		assertOnly(t, wrapped(http.StatusBadRequest, tt.exception), tt.want...)
		assertOnly(t, wrapped(http.StatusBadRequest, &smithy.GenericAPIError{Code: tt.exception.ErrorCode()}), tt.want...)
	}
}

func TestPredicatesKnowTheTypeBehindAnOverriddenCode(t *testing.T) {
	t.Parallel()
	assertOnly(t, &types.ImageNotFoundException{ErrorCodeOverride: aws.String("ImageMissing")}, "IsNotFound")
}

func TestPredicatesKnowTheCodesOutsideTheModel(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"AccessDeniedException":               "IsAccessDenied",
		"AccessDenied":                        "IsAccessDenied",
		"ThrottlingException":                 "IsThrottled",
		"TooManyRequestsException":            "IsThrottled",
		"RequestLimitExceeded":                "IsThrottled",
		"UnrecognizedClientException":         "IsUnauthenticated",
		"InvalidSignatureException":           "IsUnauthenticated",
		"IncompleteSignature":                 "IsUnauthenticated",
		"ExpiredTokenException":               "IsUnauthenticated",
		"MissingAuthenticationTokenException": "IsUnauthenticated",
	} {
		assertOnly(t, wrapped(http.StatusBadRequest, &smithy.GenericAPIError{Code: code}), want)
	}
	assertOnly(t, wrapped(http.StatusBadRequest, &smithy.GenericAPIError{Code: "UnknownOperationException"}))
}

func TestThrottledByStatusAlone(t *testing.T) {
	t.Parallel()
	assertOnly(t, wrapped(http.StatusTooManyRequests, errors.New("no readable body")), "IsThrottled")
	assertOnly(t, wrapped(http.StatusServiceUnavailable, errors.New("no readable body")))
}

// The AWS retryer takes quota errors for throttles and retries them.
func TestQuotaErrorIsNotAThrottle(t *testing.T) {
	t.Parallel()
	assertOnly(t, wrapped(http.StatusTooManyRequests, &types.LimitExceededException{}), "IsQuotaExceeded")
}

// Code that searches the text of errors would misclassify these.
func TestTextIsNeverMatched(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"RepositoryAlreadyExistsException: exists", "RepositoryNotFoundException", "does not exist within the repository",
		"Rate exceeded", "AccessDeniedException: is not authorized to perform",
	} {
		assertOnly(t, errors.New(text))
		assertOnly(t, &smithy.GenericAPIError{Code: "ValidationException", Message: text})
	}
}

// IsAlreadyExists and IsNotFound must be false for these.
func TestNetworkErrorsAndCancelledContextsAreNotResponses(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		nil,
		context.Canceled,
		context.DeadlineExceeded,
		&smithy.CanceledError{Err: context.Canceled},
		&aws.RequestCanceledError{Err: context.Canceled},
		&url.Error{Op: "Post", URL: "https://example.com", Err: &net.DNSError{Err: "no such host", IsNotFound: true}},
		&net.OpError{Op: "read", Err: errors.New("connection reset by peer")},
		fmt.Errorf("dial: %w", net.ErrClosed),
	} {
		assertOnly(t, err)
		assertOnly(t, &smithy.OperationError{ServiceID: "ECR PUBLIC", OperationName: "DescribeImages", Err: err})
	}
}
