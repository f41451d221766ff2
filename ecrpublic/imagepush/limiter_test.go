package imagepush_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// The default limiter sets no limit until the service refuses a call. It then keeps to
// the documented rate for a while. Here the service allows 10 calls a second.
func TestLimiterFollowsTheService(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		client := &retried{fake: newFake()}
		enforced := rate.NewLimiter(10, 10)
		var mu sync.Mutex
		refused := 0
		client.refuse = func() bool {
			mu.Lock()
			defer mu.Unlock()
			if enforced.Allow() {
				return false
			}
			refused++
			return true
		}
		client.refusal = answered(http.StatusBadRequest, &smithy.GenericAPIError{Code: "ThrottlingException"})
		target := newTarget(t, client, rates(imagepush.Rates{}))
		put := func(n int) time.Duration {
			start := time.Now()
			var group sync.WaitGroup
			for i := range n {
				group.Go(func() {
					text := fmt.Sprint(`{"i":`, i, `,"at":`, start.UnixNano(), `}`)
					assert.NoError(t, target.Push(t.Context(), manifestOf(text), strings.NewReader(text)))
				})
			}
			group.Wait()
			return time.Since(start)
		}
		assert.Less(t, put(10), time.Millisecond, "nothing refuses them")
		took := put(100)
		assert.Less(t, took, 11500*time.Millisecond, "hardly longer than the service needs")
		assert.Less(t, refused, 130, "each at most once before the limiter falls, and few later")
		time.Sleep(time.Minute)
		assert.Less(t, put(10), time.Millisecond, "open again")
	})
}
