package login_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// numbered returns the password "1" for the first call, and so on, after a delay or the
// end of the context.
func numbered(life, delay time.Duration) *fakeClient {
	return &fakeClient{answer: func(ctx context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
		select {
		case <-time.After(delay):
			return token(fmt.Sprint(call), time.Now().Add(life)), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

func password(t *testing.T, p *login.Provider) string {
	t.Helper()
	c, err := p.Credentials(t.Context())
	require.NoError(t, err)
	return c.Password
}

func TestProviderRenewsInTheWindowBeforeExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := numbered(12*time.Hour, 0)
		p := login.NewProvider(client)
		assert.Zero(t, client.calls.Load(), "no request before the first need")
		assert.Equal(t, "1", password(t, p))
		time.Sleep(12*time.Hour - login.RefreshWindow - time.Nanosecond)
		assert.Equal(t, "1", password(t, p))
		time.Sleep(time.Nanosecond)
		assert.Equal(t, "2", password(t, p))
		assert.Equal(t, "2", password(t, p))
	})
}

func TestProviderRenewsShortLivedCredentialsAtHalfTheirLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := login.NewProvider(numbered(10*time.Minute, 0))
		assert.Equal(t, "1", password(t, p))
		time.Sleep(5*time.Minute - time.Nanosecond)
		assert.Equal(t, "1", password(t, p))
		time.Sleep(time.Nanosecond)
		assert.Equal(t, "2", password(t, p))
	})
}

func TestProviderTakesItsTimeFromNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		now := start
		client := always(token("x", start.Add(12*time.Hour)), nil)
		p := login.NewProvider(client, func(o *login.ProviderOptions) { o.Now = func() time.Time { return now } })
		password(t, p)
		now = start.Add(11*time.Hour - 1)
		password(t, p)
		assert.EqualValues(t, 1, client.calls.Load())
		now = start.Add(11 * time.Hour)
		password(t, p)
		assert.EqualValues(t, 2, client.calls.Load())
	})
}

func TestProviderMakesOneRequestForManyCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := numbered(12*time.Hour, time.Second)
		p := login.NewProvider(client)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { assert.Equal(t, "1", password(t, p)) })
		}
		wg.Wait()
		assert.EqualValues(t, 1, client.calls.Load())
	})
}

// A failure is the result of the caller that started the request. Those that came later
// share one more request.
func TestCallersThatJoinedAFailedRequestShareAnotherOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{answer: func(_ context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
			time.Sleep(time.Second)
			if call <= 2 {
				return nil, apiError("AccessDeniedException", fmt.Sprint("no ", call))
			}
			return token("granted", time.Now().Add(12*time.Hour)), nil
		}}
		p := login.NewProvider(client)
		var wg sync.WaitGroup
		ask := func(want string) {
			wg.Go(func() {
				_, err := p.Credentials(t.Context())
				assert.True(t, ecrpublic.IsAccessDenied(err))
				assert.ErrorContains(t, err, want)
			})
		}
		ask("no 1")
		synctest.Wait()
		for range 10 {
			ask("no 2")
		}
		wg.Wait()
		assert.EqualValues(t, 2, client.calls.Load())
		assert.Equal(t, "granted", password(t, p))
	})
}

func TestWaitingCallerHonoursItsOwnContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := login.NewProvider(numbered(12*time.Hour, 20*time.Second))
		var wg sync.WaitGroup
		wg.Go(func() { assert.Equal(t, "1", password(t, p)) })
		synctest.Wait()

		reason := errors.New("tired of waiting")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, reason)
		defer cancel()
		start := time.Now()
		_, err := p.Credentials(ctx)
		require.ErrorIs(t, err, reason)
		assert.Equal(t, time.Second, time.Since(start))
		wg.Wait()
	})
}

// The caller that started the request may give up; the others still get its
// result, and so does the next.
func TestRequestOutlivesTheCallerThatStartedIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := numbered(12*time.Hour, 20*time.Second)
		p := login.NewProvider(client)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := p.Credentials(ctx)
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		for range 5 {
			wg.Go(func() { assert.Equal(t, "1", password(t, p)) })
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		assert.Equal(t, "1", password(t, p))
		assert.EqualValues(t, 1, client.calls.Load())
	})
}

func TestCallerWhoseContextHasEndedStartsNoRequest(t *testing.T) {
	t.Parallel()
	client := always(token("x", time.Now().Add(time.Hour)), nil)
	p := login.NewProvider(client)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Credentials(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, client.calls.Load())
	password(t, p)
	c, err := p.Credentials(ctx)
	require.NoError(t, err, "valid credentials cost no wait")
	assert.Equal(t, "x", c.Password)
}

// The caller that starts a renewal waits a moment for it, the others not at all.
func TestValidCredentialsAreServedDuringARefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := login.NewProvider(numbered(12*time.Hour, 20*time.Second))
		assert.Equal(t, "1", password(t, p))
		time.Sleep(11 * time.Hour)

		var wg sync.WaitGroup
		start := time.Now()
		wg.Go(func() {
			assert.Equal(t, "1", password(t, p))
			assert.Equal(t, 500*time.Millisecond, time.Since(start))
		})
		synctest.Wait()
		assert.Equal(t, "1", password(t, p))
		assert.Zero(t, time.Since(start))
		wg.Wait()
		time.Sleep(20 * time.Second)
		assert.Equal(t, "2", password(t, p))
	})
}

func TestRefusedCredentialsAreReplacedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := numbered(12*time.Hour, time.Second)
		p := login.NewProvider(client)
		p.Invalidate(login.Credentials{}) // nothing is held yet
		refused, err := p.Credentials(t.Context())
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				p.Invalidate(refused)
				assert.Equal(t, "2", password(t, p))
				p.Invalidate(refused) // too late to count
				assert.Equal(t, "2", password(t, p))
			})
		}
		wg.Wait()
		p.Invalidate(login.Credentials{})
		assert.Equal(t, "2", password(t, p))
		assert.EqualValues(t, 2, client.calls.Load())
	})
}

func TestRefusedCredentialsAreNotReturnedWhenTheRefreshFails(t *testing.T) {
	t.Parallel()
	outage := errors.New("no such host")
	client := &fakeClient{answer: func(_ context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
		if call > 1 {
			return nil, outage
		}
		return token("revoked", time.Now().Add(12*time.Hour)), nil
	}}
	p := login.NewProvider(client)
	refused, err := p.Credentials(t.Context())
	require.NoError(t, err)
	p.Invalidate(refused)
	_, err = p.Credentials(t.Context())
	require.ErrorIs(t, err, outage)
}

func TestLastGoodCredentialsAreKeptWhenARefreshFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		outage := errors.New("no such host")
		down := false
		client := &fakeClient{answer: func(context.Context, int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
			if down {
				return nil, outage
			}
			return token("good", time.Now().Add(12*time.Hour)), nil
		}}
		var told []error
		p := login.NewProvider(client, func(o *login.ProviderOptions) {
			o.OnRefreshError = func(err error) { told = append(told, err) }
		})
		password(t, p)
		down = true
		time.Sleep(11 * time.Hour)
		assert.Equal(t, "good", password(t, p))
		assert.EqualValues(t, 2, client.calls.Load())
		require.Len(t, told, 1)
		require.ErrorIs(t, told[0], outage)

		time.Sleep(time.Minute - time.Nanosecond)
		assert.Equal(t, "good", password(t, p))
		assert.EqualValues(t, 2, client.calls.Load(), "a failed refresh pauses")
		time.Sleep(time.Nanosecond)
		assert.Equal(t, "good", password(t, p))
		assert.EqualValues(t, 3, client.calls.Load())

		time.Sleep(time.Hour)
		_, err := p.Credentials(t.Context())
		require.ErrorIs(t, err, outage, "expired credentials are not served")
		down = false
		assert.Equal(t, "good", password(t, p))
	})
}

func TestRefreshFailureNobodyListensFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{answer: func(_ context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
			if call > 1 {
				return &ecrpublic.GetAuthorizationTokenOutput{}, nil
			}
			return token("good", time.Now().Add(12*time.Hour)), nil
		}}
		p := login.NewProvider(client)
		password(t, p)
		time.Sleep(11 * time.Hour)
		assert.Equal(t, "good", password(t, p))
	})
}

func TestPanicInTheClientIsAnErrorAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	client := &fakeClient{answer: func(_ context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
		switch call {
		case 1:
			panic("no such key")
		case 2:
			panic(errors.ErrUnsupported)
		case 3:
			runtime.Goexit()
		}
		return token("x", time.Now().Add(time.Hour)), nil
	}}
	p := login.NewProvider(client)
	_, err := p.Credentials(t.Context())
	require.EqualError(t, err, "log in to ECR Public: the client panicked: no such key")
	assert.Equal(t, err.Error(), fmt.Sprintf("%v", err))
	assert.Contains(t, fmt.Sprintf("%+v", err), "provider_test.go", "where it panicked")
	_, err = p.Credentials(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = p.Credentials(t.Context())
	require.ErrorContains(t, err, "ended its goroutine")
	assert.Equal(t, "x", password(t, p))
}

func TestProviderWithoutClient(t *testing.T) {
	t.Parallel()
	_, err := login.NewProvider(nil).Credentials(t.Context())
	require.ErrorContains(t, err, "no client")
}
