package ecrpublic

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/types"
)

// exceptions maps codes to the types of exceptions.
var exceptions = sync.OnceValue(func() map[string]reflect.Type {
	byCode := make(map[string]reflect.Type)
	for _, e := range []smithy.APIError{
		(*types.EmptyUploadException)(nil),
		(*types.ImageAlreadyExistsException)(nil),
		(*types.ImageDigestDoesNotMatchException)(nil),
		(*types.ImageNotFoundException)(nil),
		(*types.ImageTagAlreadyExistsException)(nil),
		(*types.InvalidLayerException)(nil),
		(*types.InvalidLayerPartException)(nil),
		(*types.InvalidParameterException)(nil),
		(*types.InvalidTagParameterException)(nil),
		(*types.LayerAlreadyExistsException)(nil),
		(*types.LayerPartTooSmallException)(nil),
		(*types.LayersNotFoundException)(nil),
		(*types.LimitExceededException)(nil),
		(*types.ReferencedImagesNotFoundException)(nil),
		(*types.RegistryNotFoundException)(nil),
		(*types.RepositoryAlreadyExistsException)(nil),
		(*types.RepositoryCatalogDataNotFoundException)(nil),
		(*types.RepositoryNotEmptyException)(nil),
		(*types.RepositoryNotFoundException)(nil),
		(*types.RepositoryPolicyNotFoundException)(nil),
		(*types.ServerException)(nil),
		(*types.TooManyTagsException)(nil),
		(*types.UnsupportedCommandException)(nil),
		(*types.UploadNotFoundException)(nil),
	} {
		byCode[e.ErrorCode()] = reflect.TypeOf(e).Elem()
	}
	return byCode
})

// responseError builds the error of a failed response. It is an API error even if
// the body cannot be parsed, such as a proxy's HTML page; then the message is the
// status and the start of the body. The request's secrets are removed.
func (c *call) responseError(response *http.Response, body []byte, readError error, secrets redactor) error {
	body = secrets.bytes(body)
	e, err := awsjson.ReadError(response.Header, body)
	if err = cmp.Or(readError, err); err != nil {
		status := response.StatusCode
		e.Message = aws.String(fmt.Sprintf("HTTP %d %s, unreadable body %.200q", status, http.StatusText(status), c.showable(body)))
	}
	if location := response.Header.Get("Location"); location != "" && e.Message == nil && response.StatusCode < http.StatusBadRequest {
		e.Message = aws.String(fmt.Sprintf("redirected to %.200q, which the client does not follow: check the endpoint", location))
	}
	e.Code = secrets.text(e.Code)
	if e.Message != nil {
		e.Message = aws.String(secrets.text(*e.Message))
	}
	api := apiError(e, body)
	if readError != nil {
		return fmt.Errorf("%w (%w)", api, readError)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return truncatedError{api}
	}
	return api
}

// truncatedError reports a body of which the end is missing. It is an io.ErrUnexpectedEOF
// as well.
type truncatedError struct{ error }

func (e truncatedError) Unwrap() []error { return []error{e.error, io.ErrUnexpectedEOF} }

func apiError(e awsjson.Error, body []byte) error {
	t, modeled := exceptions()[e.Code]
	if !modeled {
		return &smithy.GenericAPIError{Code: e.Code, Message: cmp.Or(aws.ToString(e.Message), awsjson.NoCode)}
	}
	exception := reflect.New(t)
	codec.Unmarshal(body, exception.Interface()) // members that cannot be read are nil
	exception.Elem().FieldByName("Message").Set(reflect.ValueOf(e.Message))
	return exception.Interface().(error)
}
