package login_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

var errUnwell = errors.New("no such host")

// unwell is a failing login endpoint. It may ignore ctx, but not stop, which is closed at
// the end of the test.
type unwell struct {
	name    string
	respond func(ctx context.Context, stop <-chan struct{}, call int) error
	served  int // at least, of the callers without a deadline and without earlier credentials
	calls   int // at most, of all callers
}

// after responds after a delay.
func after(d time.Duration, err error) func(context.Context, <-chan struct{}, int) error {
	return func(context.Context, <-chan struct{}, int) error {
		time.Sleep(d)
		return err
	}
}

func unwells() []unwell {
	hang := func(ctx context.Context, _ <-chan struct{}, _ int) error {
		<-ctx.Done()
		return ctx.Err()
	}
	deaf := func(_ context.Context, stop <-chan struct{}, _ int) error {
		<-stop
		return errUnwell
	}
	panics := func(context.Context, <-chan struct{}, int) error { panic("no such key") }
	// Two thirds of 1,000 callers in 100 s have no deadline.
	return []unwell{
		{"never responds", hang, 0, 5},
		{"never responds and ignores the context", deaf, 0, 5},
		{"responds late", after(29*time.Second, nil), 666, 1},
		{"responds too late", after(40*time.Second, nil), 666, 2},
		{"fails at once", after(0, errUnwell), 0, 1000},
		{"fails late", after(20*time.Second, errUnwell), 0, 6},
		{"panics", panics, 0, 1000},
		{"panics late", func(context.Context, <-chan struct{}, int) error {
			time.Sleep(20 * time.Second)
			panic(errUnwell)
		}, 0, 6},
		{"comes back after silence", func(ctx context.Context, stop <-chan struct{}, call int) error {
			if call == 1 {
				return hang(ctx, stop, call)
			}
			return nil
		}, 666, 2},
		{"comes back after a deaf connection", func(ctx context.Context, stop <-chan struct{}, call int) error {
			if call == 1 {
				return deaf(ctx, stop, call)
			}
			return nil
		}, 666, 2},
		{"comes back after failures", func(ctx context.Context, stop <-chan struct{}, call int) error {
			if call <= 100 {
				return errUnwell
			}
			return nil
		}, 600, 101},
		{"comes back after a panic", func(ctx context.Context, stop <-chan struct{}, call int) error {
			if call == 1 {
				return panics(ctx, stop, call)
			}
			return nil
		}, 666, 2},
	}
}

// visit is the result of one caller.
type visit struct {
	waited time.Duration
	err    error
	got    login.Credentials
}

// visits makes 1,000 calls, one every 100 ms. Every third has a deadline of 150 ms.
func visits(p *login.Provider) []visit {
	all := make([]visit, 1000)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * 100 * time.Millisecond)
			ctx := context.Background()
			if hasDeadline(i) {
				var cancel func()
				ctx, cancel = context.WithTimeout(ctx, 150*time.Millisecond)
				defer cancel()
			}
			start := time.Now()
			c, err := p.Credentials(ctx)
			all[i] = visit{time.Since(start), err, c}
		})
	}
	wg.Wait()
	return all
}

func hasDeadline(i int) bool { return i%3 == 0 }

// At the end of each test, synctest fails if a goroutine is left.
func TestManyCallersOfAnUnwellEndpoint(t *testing.T) {
	t.Parallel()
	for _, tt := range unwells() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			t.Run("without credentials", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { withoutCredentials(t, tt) })
			})
			t.Run("with valid credentials", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { withCredentials(t, tt) })
			})
		})
	}
}

func withoutCredentials(t *testing.T, tt unwell) {
	stop := make(chan struct{})
	client := &fakeClient{answer: func(ctx context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
		if err := tt.respond(ctx, stop, call); err != nil {
			return nil, err
		}
		return dated(fmt.Sprint(call), time.Now()), nil
	}}
	served := 0
	for i, visit := range visits(login.NewProvider(client)) {
		if hasDeadline(i) {
			assert.LessOrEqual(t, visit.waited, 150*time.Millisecond, i)
			continue
		}
		assert.LessOrEqual(t, visit.waited, time.Minute, "%d: 30 s and one retry", i)
		if visit.err == nil {
			served++
			assert.NotEmpty(t, visit.got.Password)
		} else {
			assert.Zero(t, visit.got)
		}
	}
	assert.GreaterOrEqual(t, served, tt.served)
	assert.LessOrEqual(t, int(client.calls.Load()), tt.calls)
	close(stop)
	time.Sleep(time.Minute) // a refresh that nobody waits for ends
}

func withCredentials(t *testing.T, tt unwell) {
	stop := make(chan struct{})
	client := &fakeClient{answer: func(ctx context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error) {
		if call > 1 {
			if err := tt.respond(ctx, stop, call-1); err != nil {
				return nil, err
			}
		}
		return dated(fmt.Sprint(call), time.Now()), nil
	}}
	var failures atomic.Int32
	p := login.NewProvider(client, func(o *login.ProviderOptions) {
		o.OnRefreshError = func(error) { failures.Add(1) }
	})
	assert.Equal(t, "1", password(t, p))
	time.Sleep(11*time.Hour + time.Minute)
	for i, visit := range visits(p) {
		assert.LessOrEqual(t, visit.waited, time.Second, i)
		assert.NoError(t, visit.err, i)
		assert.NotEmpty(t, visit.got.Password)
	}
	calls := client.calls.Load()
	assert.LessOrEqual(t, calls, int32(4), "one renewal a minute")
	if tt.served == 0 {
		assert.Positive(t, failures.Load())
	}
	close(stop)
	time.Sleep(time.Minute) // a refresh that nobody waits for ends
}
