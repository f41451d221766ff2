package login_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// Over HTTP, with the emulator's Date, a login is kept for twelve hours of local time,
// however far the clocks are apart.
func TestLocalClockThatIsWrongChangesNothing(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, -3 * time.Hour, 13 * time.Hour} {
		var passed atomic.Int64
		start := time.Now()
		now := func() time.Time { return start.Add(time.Duration(passed.Load())) }
		srv := ecrpublictest.NewServer(ecrpublictest.WithClock(now))
		t.Cleanup(srv.Close)
		p := login.NewProvider(srv.Client(), func(o *login.ProviderOptions) {
			o.Now = func() time.Time { return now().Add(off) }
		})
		first := password(t, p)
		passed.Store(int64(11*time.Hour - time.Second))
		assert.Equal(t, first, password(t, p), "%v: not due yet", off)
		passed.Store(int64(12*time.Hour + time.Minute))
		assert.NotEqual(t, first, password(t, p), "%v: expired", off)
	}
}
