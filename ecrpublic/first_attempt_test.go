package ecrpublic_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// endsWithBody is a response that cancels the call's context once its body was read.
func endsWithBody(status int, body string, end func()) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: closing{strings.NewReader(body), end}}
}

type closing struct {
	io.Reader
	end func()
}

func (c closing) Close() error { c.end(); return nil }

// TestErrorOfTheFirstAttemptIsKept cancels the context during the response to the only
// attempt.
func TestErrorOfTheFirstAttemptIsKept(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		for _, status := range []int{400, 500} {
			for _, skew := range []time.Duration{0, time.Hour} {
				ctx, cancel := context.WithCancel(t.Context())
				calls := 0
				client := ecrpublic.New(ecrpublic.Options{RetryMaxAttempts: 1, Credentials: testCredentials, HTTPClient: doFunc(func(*http.Request) (*http.Response, error) {
					if calls++; calls == 1 { // reveals the clock skew
						return answer{Status: 200, Headers: map[string]string{"Date": time.Now().Add(skew).UTC().Format(http.TimeFormat)}}.Response()
					}
					return endsWithBody(status, `{"__type":"ServerException","message":"the reason"}`, cancel), nil
				})}, options...)
				_, err := client.DescribeRegistries(t.Context(), nil)
				require.NoError(t, err)
				_, err = client.DescribeRegistries(ctx, nil)
				require.ErrorContains(t, err, "the reason", "%d, a clock that is off by %v", status, skew)
				require.ErrorAs(t, err, new(*awshttp.ResponseError))
			}
		}
	})
}

// TestCredentialsThatHangAreNamed waits for credentials until the deadline.
func TestCredentialsThatHangAreNamed(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		for _, attempts := range []int{0, 1} {
			bubble.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := ecrpublic.New(ecrpublic.Options{RetryMaxAttempts: attempts, Credentials: aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
					<-ctx.Done()
					return aws.Credentials{}, fmt.Errorf("no role found: %w", ctx.Err())
				})}, options...).DescribeRegistries(ctx, nil)
				require.ErrorContains(t, err, "no role found")
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
	})
}

// TestClockIsLearnedFromEveryFinalAttempt makes a call fail without a retry, on a server
// whose clock is ahead, and checks the time with which the next call is signed.
func TestClockIsLearnedFromEveryFinalAttempt(t *testing.T) {
	t.Parallel()
	const ahead = 30 * time.Second // too little for a retry
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		for _, disabled := range []bool{false, true} {
			bubble.Test(t, func(t *testing.T) {
				var signed atomic.Value
				client := ecrpublic.New(ecrpublic.Options{Credentials: testCredentials, DisableClockSkewCorrection: disabled, HTTPClient: doFunc(func(r *http.Request) (*http.Response, error) {
					signed.Store(r.Header.Get("X-Amz-Date"))
					return answer{Status: 400, Body: `{"__type":"RepositoryNotFoundException"}`, Headers: map[string]string{"Date": time.Now().Add(ahead).UTC().Format(http.TimeFormat)}}.Response()
				})}, options...)
				for call := range 2 {
					_, err := client.DescribeRegistries(t.Context(), nil)
					require.True(t, ecrpublic.IsNotFound(err))
					want := time.Now().UTC()
					if call > 0 && !disabled {
						want = want.Add(ahead)
					}
					assert.Equal(t, want.Format("20060102T150405Z"), signed.Load())
				}
			})
		}
	})
}
