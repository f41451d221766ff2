package ecrpublic

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// plainPath is how a call runs when nothing of the caller's runs inside it: the
// steps of the stack one after the other, without the stack. What a stack would
// find out anew for every call is here found out once.
type plainPath struct {
	url           url.URL
	err           error  // why there is no url
	userAgent     string // of a call that no paginator makes
	retryer       aws.RetryerV2
	firstIsFree   bool                // the retryer lets every first attempt pass
	firstHeader   string              // what a first attempt says of itself
	firstMetadata middleware.Metadata // of a retry loop that ended with it
}

func newPlainPath(p *pipeline) *plainPath {
	plain := &plainPath{
		userAgent:     p.userAgentText(false),
		firstMetadata: firstMetadata(),
	}
	endpoint, err := p.endpoint(context.Background())
	if err == nil {
		err = smithyhttp.ValidateEndpointHost(endpoint.URI.Host)
	}
	plain.url, plain.err = endpoint.URI, err
	if plain.retryer, plain.firstIsFree = freeFirst(p.options.Retryer); plain.firstIsFree {
		plain.firstHeader = "attempt=1; max=" + strconv.Itoa(plain.retryer.MaxAttempts())
	}
	return plain
}

// runPlain performs the call. The first attempt, which is usually the only one,
// runs by itself; when it fails, its outcome goes to the retry loop of
// aws-sdk-go-v2, which takes over from there.
func (c *call) runPlain(ctx context.Context) (middleware.Metadata, error) {
	if err := c.encode(ctx, c.in); err != nil {
		return middleware.Metadata{}, err
	}
	id, err := newInvocationID()
	if err != nil {
		return middleware.Metadata{}, err
	}
	c.invocationID = id
	ctx = c.context(ctx)
	c.attemptSkew = time.Duration(c.skew.Load())
	if !c.plain.firstIsFree {
		return c.retryPlain(ctx, nil)
	}
	if err := ctx.Err(); err != nil {
		return middleware.Metadata{}, err
	}
	before := c.attemptSkew
	first := c.attemptPlain(ctx, c.firstHeader(ctx))
	if first.err != nil {
		if c.isFinal(first, before) {
			return first.metadata, first.err
		}
		return c.retryPlain(ctx, &first)
	}
	c.releaseFirst(ctx)
	if skew, ok := awsmiddleware.GetAttemptSkew(first.metadata); ok {
		c.skew.Store(int64(skew))
	}
	return first.metadata, nil
}

// firstHeader is what the retry loop would say of a first attempt.
func (c *call) firstHeader(ctx context.Context) string {
	deadline, ok := ctx.Deadline()
	if !ok || c.attemptSkew <= 0 {
		return c.plain.firstHeader
	}
	return c.plain.firstHeader + "; ttl=" + deadline.Add(c.attemptSkew).Format("20060102T150405Z")
}

// releaseFirst pays into the retryer's bucket what a success earns.
func (c *call) releaseFirst(ctx context.Context) {
	if release, err := c.plain.retryer.GetAttemptToken(ctx); err == nil {
		release(nil)
	}
}

// isFinal tells whether the retry loop would do nothing about a failure: the
// retryer does not want it again, and no clock is so far off that the loop might
// overrule it.
func (c *call) isFinal(first outcome, signed time.Duration) bool {
	const near = time.Minute
	return (c.attemptSkew-signed).Abs() < near && !c.plain.retryer.IsErrorRetryable(first.err)
}

// outcome is how an attempt ended.
type outcome struct {
	metadata middleware.Metadata
	err      error
}

// retryPlain runs the retry loop; an outcome that is given counts as the first
// attempt.
func (c *call) retryPlain(ctx context.Context, first *outcome) (middleware.Metadata, error) {
	attempt := middleware.FinalizeHandlerFunc(func(ctx context.Context, in middleware.FinalizeInput) (out middleware.FinalizeOutput, _ middleware.Metadata, _ error) {
		if ended := first; ended != nil {
			first = nil
			return out, ended.metadata, ended.err
		}
		this := c.attemptPlain(ctx, in.Request.(*smithyhttp.Request).Header.Get(attemptHeader))
		return out, this.metadata, this.err
	})
	_, metadata, err := c.retryStep(sameRequest).HandleFinalize(ctx, middleware.FinalizeInput{Request: smithyhttp.NewStackRequest()}, attempt)
	return metadata, err
}

// attemptPlain sends the request once and reads the answer.
func (c *call) attemptPlain(ctx context.Context, header string) outcome {
	if c.plain.err != nil {
		return outcome{err: c.plain.err}
	}
	body, err := c.body.NewReader()
	if err != nil {
		return outcome{err: err}
	}
	defer body.Close() // a transport that still reads it is cut off
	address := c.plain.url
	request := (&http.Request{
		Method: http.MethodPost, URL: &address, Host: address.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.plainHeader(ctx, header), Body: body, ContentLength: c.body.Size(),
	}).WithContext(ctx)
	if err := c.signPlain(ctx, request); err != nil {
		return outcome{err: err}
	}
	_, metadata, err := receivePlain().HandleDeserialize(ctx, middleware.DeserializeInput{Request: request})
	c.observe(metadata)
	return outcome{metadata, err}
}

// plainHeader writes all headers but those of the signature. The values share
// one array.
func (c *call) plainHeader(ctx context.Context, attempt string) http.Header {
	userAgent := c.plain.userAgent
	if paging.Marked(ctx) {
		userAgent = c.userAgentText(true)
	}
	header := make(http.Header, 8+3) // the signature adds three
	fields := c.requestFields()
	values := make([]string, 0, len(fields)+3)
	add := func(name, value string) {
		values = append(values, value)
		header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	for _, f := range fields {
		add(f.name, f.value)
	}
	add(invocationHeader, c.invocationID)
	add(attemptHeader, attempt)
	add("User-Agent", userAgent)
	return header
}

func (c *call) signPlain(ctx context.Context, request *http.Request) error {
	if c.options.Credentials == nil {
		return nil
	}
	credentials, err := c.options.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("get identity: get credentials: %w", err)
	}
	hash, err := c.body.SHA256()
	if err != nil {
		return fmt.Errorf("compute payload hash: %w", err)
	}
	if err := c.options.HTTPSignerV4.SignHTTP(ctx, credentials, request, hash, endpoints.Service, c.region, c.signingTime()); err != nil {
		return fmt.Errorf("sign request: %w", err)
	}
	return nil
}

// receivePlain is the way of an answer without a stack.
var receivePlain = sync.OnceValue(func() middleware.DeserializeHandler { return receiveWith(transport{}) })

// transport sends a plain request.
type transport struct{}

func (transport) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
	c := callFrom(ctx)
	response, err := c.sender.Do(in.Request.(*http.Request))
	if response == nil {
		response = &http.Response{Header: http.Header{}, Body: http.NoBody}
	}
	out.RawResponse = &smithyhttp.Response{Response: response}
	return out, c.plain.firstMetadata.Clone(), sendError(ctx, err)
}
