package login_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// dated returns the service's response with a login of twelve hours and a Date.
func dated(password string, now time.Time) *ecrpublic.GetAuthorizationTokenOutput {
	out := token(password, now.Add(12*time.Hour))
	out.ResponseMetadata.HTTPHeaders = http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	return out
}

// The age of a login is measured by the service's clock, whatever the local one shows:
// it is renewed and expires at the same age on all of these machines.
func TestLifeOfCredentialsDoesNotDependOnTheLocalClock(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, -3 * time.Hour, 13 * time.Hour, -24 * 365 * time.Hour, 24 * 365 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			down := false
			client := &fakeClient{}
			client.answer = func(context.Context, int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
				if down {
					return nil, errors.New("no such host")
				}
				return dated(fmt.Sprint(client.calls.Load()), time.Now()), nil
			}
			p := login.NewProvider(client, func(o *login.ProviderOptions) {
				o.Now = func() time.Time { return time.Now().Add(off) }
			})
			assert.Equal(t, "1", password(t, p))
			time.Sleep(11*time.Hour - time.Nanosecond)
			assert.Equal(t, "1", password(t, p))
			assert.EqualValues(t, 1, client.calls.Load(), off)
			down = true
			time.Sleep(time.Hour)
			assert.Equal(t, "1", password(t, p))
			assert.EqualValues(t, 2, client.calls.Load(), off)
			time.Sleep(time.Nanosecond)
			_, err := p.Credentials(t.Context())
			require.ErrorContains(t, err, "no such host", off)
		})
	}
}

func TestLifeOfCredentialsIsTheShorterOneOfTwelveHoursAndWhatTheServiceSays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		expires time.Duration // after start
		date    string
		now     time.Duration // after start
		want    time.Duration
	}{
		{"as documented", 12 * time.Hour, "Fri, 01 May 2026 00:00:00 GMT", 0, 12 * time.Hour},
		{"shorter", time.Hour, "Fri, 01 May 2026 00:00:00 GMT", 13 * time.Hour, time.Hour},
		{"longer than documented", 30 * time.Hour, "Fri, 01 May 2026 00:00:00 GMT", 0, 12 * time.Hour},
		{"a Date of the day before", 12 * time.Hour, "Thu, 30 Apr 2026 00:00:00 GMT", 0, 12 * time.Hour},
		{"no Date", 12 * time.Hour, "", time.Hour, 11 * time.Hour},
		{"no Date, a clock that is behind", 12 * time.Hour, "", -3 * time.Hour, 12 * time.Hour},
		{"no Date, a clock that is ahead", 12 * time.Hour, "", 13 * time.Hour, time.Minute},
		{"no Date that can be read", 12 * time.Hour, "yesterday", time.Hour, 11 * time.Hour},
		{"a Date after the expiry", time.Hour, "Fri, 01 May 2026 02:00:00 GMT", 0, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				out := token("x", start.Add(tt.expires))
				out.ResponseMetadata.HTTPHeaders = http.Header{"Date": {tt.date}}
				now := start.Add(tt.now)
				client := &fakeClient{answer: func(_ context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
					if call > 1 {
						return nil, errors.New("no such host")
					}
					return out, nil
				}}
				p := login.NewProvider(client, func(o *login.ProviderOptions) { o.Now = func() time.Time { return now } })
				password(t, p)
				now = now.Add(tt.want - 1)
				assert.Equal(t, "x", password(t, p))
				now = now.Add(1)
				_, err := p.Credentials(t.Context())
				require.Error(t, err, "the login has expired")
			})
		})
	}
}
