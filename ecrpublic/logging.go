package ecrpublic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"

	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// logExchange logs the request and the response as [Options.ClientLogMode] asks,
// without secrets.
func (c *call) logExchange(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
	mode := c.options.ClientLogMode
	if mode == 0 {
		return next.HandleDeserialize(ctx, in)
	}
	logger := middleware.GetLogger(ctx)
	if request, ok := in.Request.(*smithyhttp.Request); ok && (mode.IsRequest() || mode.IsRequestWithBody()) {
		if in.Request, err = logRequest(ctx, logger, request, mode.IsRequestWithBody()); err != nil {
			return out, metadata, err
		}
	}
	secrets := secretsOf(in.Request)
	out, metadata, err = next.HandleDeserialize(ctx, in)
	if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil && (mode.IsResponse() || mode.IsResponseWithBody()) {
		err = c.logResponse(redactingLogger{logger, secrets}, response.Response, mode.IsResponseWithBody())
	}
	return out, metadata, err
}

func logRequest(ctx context.Context, logger logging.Logger, request *smithyhttp.Request, withBody bool) (*smithyhttp.Request, error) {
	shown := request.Build(ctx).Clone(ctx)
	for _, name := range awsjson.SecretHeaders {
		if shown.Header.Get(name) != "" {
			shown.Header.Set(name, redacted)
		}
	}
	dump, err := httputil.DumpRequestOut(shown, withBody)
	if err != nil {
		return request, fmt.Errorf("log request: %w", err)
	}
	logger.Logf(logging.Debug, "Request\n%s", dump)
	return request, request.RewindStream()
}

// logResponse logs a response. Its body is read up to the limit of the client, and put
// back.
func (c *call) logResponse(logger logging.Logger, response *http.Response, withBody bool) error {
	head, err := httputil.DumpResponse(response, false)
	if err != nil {
		return fmt.Errorf("log response: %w", err)
	}
	var body []byte
	if withBody {
		body, err = io.ReadAll(io.LimitReader(response.Body, maxErrorResponse))
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
		if err != nil {
			return nil // decoding meets the same error and reports it
		}
	}
	logger.Logf(logging.Debug, "Response\n%s%s", head, c.showable(body))
	return nil
}

// showable returns a response's body for logs and errors, or a placeholder if it
// contains, or may contain, an authorization token.
func (c *call) showable(body []byte) []byte {
	if len(body) > 0 && hidesResponse(c.operation) {
		return []byte(redacted)
	}
	return body
}
