package ecrpublic_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func TestClockSkewIsCorrectedAndRemembered(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		ahead := time.Now().Add(time.Hour)
		date := map[string]string{"Date": ahead.UTC().Format(http.TimeFormat)}
		s := &script{answers: []answer{
			{Status: 403, Headers: date, Body: `{"__type":"InvalidSignatureException","message":"Signature expired"}`},
			{Status: 200, Headers: date},
			{Status: 200, Headers: date},
		}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay)...)
		for range 2 {
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
		}
		require.Len(t, s.requests, 3)
		signed := func(i int) time.Time {
			at, err := time.Parse("20060102T150405Z", s.requests[i].Header.Get("X-Amz-Date"))
			require.NoError(t, err)
			return at
		}
		assert.WithinDuration(t, time.Now(), signed(0), time.Minute)
		assert.WithinDuration(t, ahead, signed(1), time.Minute)
		assert.WithinDuration(t, ahead, signed(2), time.Minute, "the next call begins with what the last one learned")
	})
}

// wrappedScheme is an auth scheme of a program's own, around the client's.
type wrappedScheme struct{ smithyhttp.AuthScheme }

func (w wrappedScheme) Signer() smithyhttp.Signer { return wrappedSigner{w.AuthScheme.Signer()} }

type wrappedSigner struct{ smithyhttp.Signer }

func TestClockSkewReachesAWrappedSigner(t *testing.T) {
	t.Parallel()
	ahead := time.Now().Add(time.Hour)
	s := &script{answers: []answer{{Status: 200, Headers: map[string]string{"Date": ahead.UTC().Format(http.TimeFormat)}}}}
	client := scripted(s)
	scheme := wrappedScheme{client.Options().AuthSchemes[0]}
	for range 2 {
		_, err := client.DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) { o.AuthSchemes = []smithyhttp.AuthScheme{scheme} })
		require.NoError(t, err)
	}
	require.Len(t, s.requests, 2)
	at, err := time.Parse("20060102T150405Z", s.requests[1].Header.Get("X-Amz-Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, ahead, at, time.Minute)
}

func TestClockSkewCorrectionCanBeDisabled(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{
			Status: 403, Headers: map[string]string{"Date": time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)},
			Body: `{"__type":"InvalidSignatureException"}`,
		}}}
		_, err := scripted(s, append(options, func(o *ecrpublic.Options) { o.DisableClockSkewCorrection = true })...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 1)
	})
}

func TestAttemptsAreNumbered(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}}}
		_, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		require.Len(t, s.requests, 3)
		id := s.requests[0].Header.Get("Amz-Sdk-Invocation-Id")
		assert.NotEmpty(t, id)
		for i, r := range s.requests {
			assert.Equal(t, fmt.Sprintf("attempt=%d; max=3", i+1), r.Header.Get("Amz-Sdk-Request"))
			assert.Equal(t, id, r.Header.Get("Amz-Sdk-Invocation-Id"))
			assert.Equal(t, "{}", string(s.bodies[i]))
		}
		var exhausted *retry.MaxAttemptsError
		require.ErrorAs(t, err, &exhausted)
	})
}

func TestRetryMaxAttempts(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 5 })...)
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 5, "of the client")
		_, err = client.DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 1 })
		require.Error(t, err)
		assert.Len(t, s.requests, 6, "of the call")
	})
}

func TestRetryModes(t *testing.T) {
	t.Parallel()
	for mode, feature := range map[aws.RetryMode]string{aws.RetryModeStandard: "m/E", aws.RetryModeAdaptive: "m/F"} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			s := &script{answers: []answer{{Status: 429}, {Status: 200}}}
			client := ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: testCredentials, RetryMode: mode}, options...)
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Len(t, s.requests, 2)
			assert.Contains(t, s.requests[0].Header.Get("User-Agent"), feature)
		})
	}
}

func TestOwnRetryerDecides(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 400, Body: `{"__type":"LimitExceededException"}`}}}
		_, err := scripted(s, append(options, func(o *ecrpublic.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		})...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 3)
	})
}
