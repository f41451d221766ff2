package registry_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// limiting responds to the first n requests for content with 429.
func limiting(n int, retryAfter, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n--; n < 0 {
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		refusal(http.StatusTooManyRequests, "TOOMANYREQUESTS", message)(w)
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		times      int
		retryAfter string
		message    string
		deadline   time.Duration
		requests   int
		atLeast    time.Duration
		atMost     time.Duration
		wait       time.Duration // according to the error
	}{
		"once":             {1, "", "Rate exceeded", 0, 2, 500 * time.Millisecond, time.Second, -1},
		"with a wait":      {2, "7", "Rate exceeded", 0, 3, 14 * time.Second, 14 * time.Second, -1},
		"with a date":      {1, "Fri, 01 Jan 1999 00:00:30 GMT", "Rate exceeded", 0, 2, 30 * time.Second, 30 * time.Second, -1},
		"for ever":         {99, "1", "Rate exceeded", 0, 10, 9 * time.Second, 9 * time.Second, time.Second},
		"a long wait":      {99, "3600", "Rate exceeded", 0, 1, 0, 0, time.Hour},
		"an endless wait":  {99, "99999999999999999999", "Rate exceeded", 0, 1, 0, 0, 100 * 365 * 24 * time.Hour},
		"a wait too long":  {99, "60", "Rate exceeded", 30 * time.Second, 1, 0, 0, time.Minute},
		"no use to wait":   {99, "1", "Data limit exceeded", 0, 1, 0, 0, time.Second},
		"an absurd header": {1, "-5", "Rate exceeded", 0, 2, 500 * time.Millisecond, time.Second, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				limited := limiting(c.times, c.retryAfter, c.message)
				h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Date", "Fri, 01 Jan 1999 00:00:00 GMT")
					limited(w, r)
				})
				client := h.open(t, registry.Options{})
				ctx := t.Context()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				start := time.Now()
				for _, err := range client.Tags(ctx, app) {
					if c.wait < 0 {
						assert.NotErrorAs(t, err, new(*registry.Error))
						break
					}
					require.True(t, registry.IsRateLimited(err), err)
					var refused *registry.Error
					require.ErrorAs(t, err, &refused)
					assert.Equal(t, c.wait, refused.RetryAfter)
					assert.ErrorContains(t, err, "429 Too Many Requests: TOOMANYREQUESTS: "+c.message+" (wait "+c.wait.String()+")")
				}
				assert.GreaterOrEqual(t, time.Since(start), c.atLeast)
				assert.LessOrEqual(t, time.Since(start), c.atMost)
				assert.Equal(t, c.requests, h.count("/tags/"))
			})
		})
	}
}

// After a throttle all requests wait, and then are sent one after the other.
func TestPauseIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		var mu sync.Mutex
		var refused, sent []time.Duration
		start := time.Now()
		h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			age := time.Since(start)
			if age < 10*time.Second {
				refused = append(refused, age)
				w.Header().Set("Retry-After", "10")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			sent = append(sent, age)
		})
		client := h.open(t, registry.Options{Rate: 1})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
			})
		}
		time.Sleep(5 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.Resolve(ctx, tagged("v1"))
		assert.True(t, registry.IsRateLimited(err), err)
		wg.Wait()
		assert.Equal(t, []time.Duration{0}, refused)
		require.Len(t, sent, 8)
		assert.InDelta(t, 10, sent[0].Seconds(), 0.1)
		assert.InDelta(t, 14, sent[7].Seconds(), 1.1, "three at once after a pause, then one a second")
	})
}

func TestManifestsArePaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rate  float64
		login bool
		took  time.Duration // for 23 requests
	}{
		"anonymous": {0, false, 20 * time.Second},
		"login":     {0, true, 1300 * time.Millisecond},
		"own":       {2, false, 10 * time.Second},
		"none":      {-1, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				options := registry.Options{Host: fakeURL, Rate: c.rate, HTTPClient: &http.Client{Transport: inMemory{h}}}
				if c.login {
					options.Login = (&logins{}).provider()
				}
				client, err := registry.New(options)
				require.NoError(t, err)
				start := time.Now()
				for range 23 {
					require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
					require.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/blobs/x"), "not paced")
				}
				assert.InDelta(t, c.took.Seconds(), time.Since(start).Seconds(), 0.01)
				if c.rate < 0 {
					return
				}
				for range 10 {
					require.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/tags/list"), "not paced")
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				_, err = client.Manifest(ctx, tagged("v1"))
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.ErrorContains(t, err, "leaves no time for the request")
			})
		})
	}
}

// A kind of request that the host has refused for its rate comes at the documented rate
// from then on; others do not wait.
func TestRefusedUploadsArePaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const uploads = 60
		h := newFakeHost()
		enforced := rate.NewLimiter(10, 10)
		var mu sync.Mutex
		refused := 0
		h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Method == http.MethodPost && !enforced.Allow() {
				refused++
				w.WriteHeader(http.StatusTooManyRequests)
			}
		})
		client := h.open(t, registry.Options{})
		start := time.Now()
		var wg sync.WaitGroup
		for range uploads {
			wg.Go(func() {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fakeURL+"/v2/acme/app/blobs/uploads/", nil)
				if !assert.NoError(t, err) {
					return
				}
				resp, err := client.Do(req)
				if assert.NoError(t, err) {
					assert.Equal(t, http.StatusOK, resp.StatusCode)
					assert.NoError(t, resp.Body.Close())
				}
			})
		}
		time.Sleep(time.Second)
		assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		assert.InDelta(t, 1, time.Since(start).Seconds(), 0.001, "other requests do not wait")
		wg.Wait()
		assert.InDelta(t, 5, time.Since(start).Seconds(), 0.6, "ten at once and ten a second, as the host allows")
		assert.Less(t, refused, uploads+10, "once, and few again")
	})
}
