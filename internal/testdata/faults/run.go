// Package faults holds the fault matrix: what a broken or hostile server can do to a
// client of ECR Public, and how the client must react. It calls operations by name, so
// that this client and the official one run the same cases.
package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Subject creates a client from a configuration. An eager client does not wait
// between attempts, and is otherwise the default client.
type Subject func(cfg aws.Config, eager bool) any

// Case is one fault.
type Case struct {
	// Name says what the server does.
	Name string

	// Rule is the promise that the fault tests.
	Rule Rule

	// Answers has one for each attempt; the last is repeated.
	Answers []Answer

	// Operation is the operation to call; "" means DescribeImages.
	Operation string

	// Calls is how many calls to make, one after the other; 0 means one.
	Calls int

	// Patience is the deadline of each call; 0 means half a minute.
	Patience time.Duration

	// Cancel cancels the call during the first attempt that leaves the client
	// waiting, or after the first response.
	Cancel bool

	// Config changes the client's configuration; nil means no change.
	Config func(cfg *aws.Config)

	// Holds returns nil if the client keeps the promise, and otherwise an error that
	// says what it did.
	Holds func(r *Result) error
}

// Rule is a promise of the client.
type Rule string

// The rules, in the order of the matrix.
const (
	Retried   Rule = "temporary failures are retried"
	Refused   Rule = "refusals are not retried"
	Malformed Rule = "a malformed response is a clear error or a documented result"
	Bounded   Rule = "an endless response is an error"
	Punctual  Rule = "deadlines, cancellation and wrong clocks are handled"
	Awake     Rule = "an attempt to which the server does not respond is retried"
	AtHome    Rule = "redirects are not followed"
)

// Result describes how the last call of a case ended.
type Result struct {
	*Server
	Out any
	Err error

	// Read is how many bytes of response bodies the client read, decompressed.
	Read int64

	// Open is how many response bodies were not closed.
	Open int64

	// Took is how long the last call took.
	Took time.Duration
}

// patience is the deadline of a call whose case has none.
const patience = 30 * time.Second

// Run exposes a client to the fault. It returns nil if the client keeps the promise,
// and a [Remark] if it does but should do better.
func (c Case) Run(ctx context.Context, subject Subject) error {
	other, err := start(good())
	if err != nil {
		return err
	}
	defer other.close()
	server, err := start(c.Answers...)
	if err != nil {
		return err
	}
	defer server.close()
	server.Other = other

	watch := &watchedClient{HTTPClient: awshttp.NewBuildableClient(), closed: server.settle}
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, HTTPClient: watch, Credentials: aws.CredentialsProviderFunc(credentials)}
	if c.Config != nil {
		c.Config(&cfg)
	}
	client := subject(cfg, !c.Cancel)
	r := &Result{Server: server}
	for range max(1, c.Calls) {
		c.call(ctx, client, r)
	}
	r.Read, r.Open = watch.read.Load(), watch.open.Load()
	err = c.Holds(r)
	if holds := err == nil || errors.As(err, new(Remark)); holds && r.Open != 0 {
		return errors.New("does not close the response body")
	}
	return err
}

func (c Case) call(ctx context.Context, client any, r *Result) {
	limit := c.Patience
	if limit == 0 {
		limit = patience
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if c.Cancel {
		go func() { // ends with the context
			select {
			case <-r.settled:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	operation := c.Operation
	if operation == "" {
		operation = "DescribeImages"
	}
	start := time.Now()
	r.Out, r.Err = invoke(ctx, client, operation)
	r.Took = time.Since(start)
}

// Secrets of the client's credentials.
const (
	SecretKey    = "SECRETEXAMPLE0123456789abcdefghijklmnopq"
	SessionToken = "SESSIONEXAMPLE"
)

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: SecretKey, SessionToken: SessionToken}, nil
}

// partSize is more than fits into the buffers of a connection.
const partSize = 8 << 20

// invoke calls an operation with its required members set.
func invoke(ctx context.Context, client any, operation string) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, &Panic{p}
		}
	}()
	method := reflect.ValueOf(client).MethodByName(operation)
	in := reflect.New(method.Type().In(1).Elem())
	for name, value := range map[string]any{
		"RepositoryName": aws.String("app"), "UploadId": aws.String("upload"), "LayerPartBlob": make([]byte, partSize),
		"PartFirstByte": aws.Int64(0), "PartLastByte": aws.Int64(partSize - 1),
	} {
		if f := in.Elem().FieldByName(name); f.IsValid() {
			f.Set(reflect.ValueOf(value))
		}
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	err, _ = results[1].Interface().(error)
	if results[0].IsNil() {
		return nil, err
	}
	return results[0].Interface(), err
}

// Panic is a call that panicked.
type Panic struct{ Value any }

func (p *Panic) Error() string { return fmt.Sprintf("panics: %.100v", p.Value) }

// watchedClient counts the bytes read of response bodies, and the open bodies.
type watchedClient struct {
	aws.HTTPClient
	closed     func() // is called when a body is closed
	read, open atomic.Int64
}

func (w *watchedClient) Do(r *http.Request) (*http.Response, error) {
	response, err := w.HTTPClient.Do(r)
	if err == nil {
		w.open.Add(1)
		response.Body = &watchedBody{ReadCloser: response.Body, client: w}
	}
	return response, err
}

type watchedBody struct {
	io.ReadCloser
	client *watchedClient
	closed atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.client.read.Add(int64(n))
	return n, err
}

func (b *watchedBody) Close() error {
	if !b.closed.Swap(true) {
		b.client.open.Add(-1)
		b.client.closed()
	}
	return b.ReadCloser.Close()
}

// Eager is a retryer that does not wait and has no quota of retries.
type Eager struct{ aws.RetryerV2 }

// RetryDelay returns 0.
func (Eager) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

// GetRetryToken never refuses.
func (Eager) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}
