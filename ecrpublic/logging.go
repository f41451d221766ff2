package ecrpublic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"

	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const redacted = "REDACTED"

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
	out, metadata, err = next.HandleDeserialize(ctx, in)
	if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil && (mode.IsResponse() || mode.IsResponseWithBody()) {
		err = c.logResponse(logger, response.Response, mode.IsResponseWithBody())
	}
	return out, metadata, err
}

func logRequest(ctx context.Context, logger logging.Logger, request *smithyhttp.Request, withBody bool) (*smithyhttp.Request, error) {
	shown := request.Build(ctx).Clone(ctx)
	for _, name := range []string{"Authorization", "X-Amz-Security-Token"} {
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

// logResponse logs a response. With its body it reads that up to the limit of
// the client, and puts it back.
func (c *call) logResponse(logger logging.Logger, response *http.Response, withBody bool) error {
	shown := *response
	shown.Body = http.NoBody
	if withBody {
		body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorResponse))
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
		if err != nil {
			return nil // decoding meets the same error and reports it
		}
		shown.Body = io.NopCloser(bytes.NewReader(c.showable(body)))
		shown.ContentLength = -1
	}
	dump, err := httputil.DumpResponse(&shown, withBody)
	if err != nil {
		return fmt.Errorf("log response: %w", err)
	}
	logger.Logf(logging.Debug, "Response\n%s", dump)
	return nil
}

// showable returns a response's body as it may be seen in a log or an error: not
// at all where it holds, or may hold, an authorization token.
func (c *call) showable(body []byte) []byte {
	if c.operation == "GetAuthorizationToken" {
		return []byte(redacted)
	}
	return body
}

// secretLogger keeps one text out of a log.
type secretLogger struct {
	logging.Logger
	secret string
}

func withoutSecret(logger logging.Logger, secret string) logging.Logger {
	if secret == "" {
		return logger
	}
	return secretLogger{logger, secret}
}

func (l secretLogger) Logf(classification logging.Classification, format string, v ...any) {
	l.Logger.Logf(classification, "%s", strings.ReplaceAll(fmt.Sprintf(format, v...), l.secret, redacted))
}
