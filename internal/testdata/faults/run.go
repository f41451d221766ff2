// Package faults is the fault matrix: what a hostile server can do to a client
// of ECR Public, and what the client must make of it. It calls operations by
// name rather than through one client, so that the tests of this module and the
// comparison with the official client run the same cases.
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

// Subject makes a client of a configuration. An eager one does not wait between
// attempts and is the default client otherwise.
type Subject func(cfg aws.Config, eager bool) any

// Case is one fault.
type Case struct {
	// Name says what the server does.
	Name string

	// Rule is the promise that the fault puts to the test.
	Rule Rule

	// Answers are given one for each attempt, the last again and again.
	Answers []Answer

	// Operation is called; "" means DescribeImages.
	Operation string

	// Calls is how often, one after the other; 0 means once.
	Calls int

	// Patience is the deadline of the calls; 0 means none that matters.
	Patience time.Duration

	// CancelAfter cancels the call when the server has seen so many attempts;
	// 0 means never.
	CancelAfter int

	// Config changes the configuration of the client; it may be nil.
	Config func(cfg *aws.Config)

	// Holds returns nil if the client does what it must, and otherwise what it
	// did.
	Holds func(r *Result) error
}

// Rule is a promise of the client.
type Rule string

// The rules, in the order of the matrix.
const (
	Retried   Rule = "failures that pass are tried again"
	Refused   Rule = "refusals are not tried again"
	Malformed Rule = "a malformed answer is a clear error or a documented result"
	Bounded   Rule = "an answer without end is refused"
	Punctual  Rule = "deadlines, cancellation and clocks"
	Awake     Rule = "a silent server is left, and the attempt tried again"
	AtHome    Rule = "no redirect is followed"
)

// Result is how the last call of a case ended.
type Result struct {
	*Server
	Out any
	Err error

	// Read is how many bytes of answers the client read, unpacked.
	Read int64

	// Open is how many answers were left open.
	Open int64

	// Took is how long the last call took.
	Took time.Duration
}

// patience is the longest that a case may take before it counts as hung.
const patience = 30 * time.Second

// Run lets a client meet the fault. It returns nil if the client holds, or a
// [Remark] if it holds and should still do better.
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

	watch := &watchedClient{HTTPClient: awshttp.NewBuildableClient()}
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, HTTPClient: watch, Credentials: aws.CredentialsProviderFunc(credentials)}
	if c.Config != nil {
		c.Config(&cfg)
	}
	client := subject(cfg, c.CancelAfter == 0)
	r := &Result{Server: server}
	for range max(1, c.Calls) {
		c.call(ctx, client, r)
	}
	r.Read, r.Open = watch.read.Load(), watch.open.Load()
	err = c.Holds(r)
	if holds := err == nil || errors.As(err, new(Remark)); holds && r.Open != 0 {
		return errors.New("leaves the answer open, and its connection")
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
	if c.CancelAfter > 0 {
		go func() { // ends with the context
			for ctx.Err() == nil && r.Attempts() < c.CancelAfter {
				time.Sleep(time.Millisecond)
			}
			cancel()
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

// Secret texts that a client is given and must keep to itself.
const (
	SecretKey    = "SECRETEXAMPLE0123456789abcdefghijklmnopq"
	SessionToken = "SESSIONEXAMPLE"
)

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: SecretKey, SessionToken: SessionToken}, nil
}

// partSize makes requests that do not fit into the buffers of a connection.
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

// watchedClient counts what is read of its answers, and those that are open.
type watchedClient struct {
	aws.HTTPClient
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
	}
	return b.ReadCloser.Close()
}

// Eager is a retryer that does not wait and does not run out of retries that
// calls share.
type Eager struct{ aws.RetryerV2 }

// RetryDelay is none.
func (Eager) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

// GetRetryToken never refuses.
func (Eager) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}
