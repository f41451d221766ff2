package ecrpublic

import (
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/types"
)

// IsNotFound reports whether the service said that something the request names does
// not exist: a registry, repository, policy, catalog data, image or upload, or what
// a manifest refers to. A failure that does not say so, such as a throttle, a denial
// or a lost connection, leaves it unknown.
func IsNotFound(err error) bool {
	return isException(err,
		(*types.RegistryNotFoundException)(nil),
		(*types.RepositoryNotFoundException)(nil),
		(*types.RepositoryPolicyNotFoundException)(nil),
		(*types.RepositoryCatalogDataNotFoundException)(nil),
		(*types.ImageNotFoundException)(nil),
		(*types.ReferencedImagesNotFoundException)(nil),
		(*types.LayersNotFoundException)(nil),
		(*types.UploadNotFoundException)(nil),
	)
}

// IsAlreadyExists reports whether the service said that what the request would
// create already exists: a repository, an image, a layer, or a tag that must not
// move. It does not say that what exists is what the caller wanted.
func IsAlreadyExists(err error) bool {
	return isException(err,
		(*types.RepositoryAlreadyExistsException)(nil),
		(*types.ImageAlreadyExistsException)(nil),
		(*types.ImageTagAlreadyExistsException)(nil),
		(*types.LayerAlreadyExistsException)(nil),
	)
}

// IsQuotaExceeded reports whether the request would exceed a quota of the account or
// the limit of tags on a repository. Repeating it does not help; for limits that do
// pass with time see [IsThrottled].
func IsQuotaExceeded(err error) bool {
	return isException(err,
		(*types.LimitExceededException)(nil),
		(*types.TooManyTagsException)(nil),
	)
}

// IsThrottled reports whether the service refused the request because of its rate:
// by a code that AWS uses for this, or by HTTP status 429. The client has already
// retried it, so wait longer before the next attempt.
func IsThrottled(err error) bool {
	if IsQuotaExceeded(err) {
		return false
	}
	codes := retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}
	if codes.IsErrorThrottle(err) == aws.TrueTernary {
		return true
	}
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	return ok && response.HTTPStatusCode() == http.StatusTooManyRequests
}

// IsAccessDenied reports whether the caller is known but lacks a permission.
func IsAccessDenied(err error) bool {
	return hasCode(err, "AccessDeniedException", "AccessDenied")
}

// IsUnauthenticated reports whether AWS rejected the credentials of the request:
// unknown, expired, missing or wrongly signed. New credentials may help; new
// permissions do not.
func IsUnauthenticated(err error) bool {
	return hasCode(err,
		"UnrecognizedClientException", "InvalidClientTokenId",
		"ExpiredTokenException", "ExpiredToken",
		"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
		"MissingAuthenticationTokenException", "MissingAuthenticationToken",
	)
}

// isException compares an error with each kind by type and by code: it accepts an
// exception whose code was overridden, and a generic error with the code.
func isException(err error, kinds ...smithy.APIError) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.ContainsFunc(kinds, func(kind smithy.APIError) bool {
		return reflect.TypeOf(api) == reflect.TypeOf(kind) || api.ErrorCode() == kind.ErrorCode()
	})
}

func hasCode(err error, codes ...string) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.Contains(codes, api.ErrorCode())
}
