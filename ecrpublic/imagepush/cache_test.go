package imagepush_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestLayerOfManyCopiesIsSentOnce(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		release := make(chan struct{})
		f.before = once(func(*ecrpublic.UploadLayerPartInput) error { <-release; return nil })
		target := newTarget(t, f)
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				assert.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
			})
		}
		synctest.Wait()
		close(release)
		group.Wait()
		assert.Len(t, f.uploads, 1)
	})
}

func TestCopyThatWaitsForALayerSendsItIfTheOtherFails(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		release := make(chan struct{})
		f.before = once(func(*ecrpublic.UploadLayerPartInput) error { <-release; return &types.LimitExceededException{} })
		target := newTarget(t, f)
		failed := make(chan error)
		go func() { failed <- target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")) }()
		synctest.Wait()
		waits := make(chan error)
		go func() { waits <- target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")) }()
		synctest.Wait()
		close(release)
		require.Error(t, <-failed)
		require.NoError(t, <-waits)
	})
}

// A response that was under way while the layer was sent is out of date.
func TestLateResponseIsIgnored(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		sent := make(chan struct{})
		target := newTarget(t, f)
		f.after = func(in any) error {
			if _, ok := in.(*ecrpublic.BatchCheckLayerAvailabilityInput); ok {
				<-sent
			}
			return nil
		}
		late := make(chan error)
		go func() {
			_, err := target.Exists(t.Context(), layerOf("abc"))
			late <- err
		}()
		synctest.Wait()
		require.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
		close(sent)
		require.NoError(t, <-late)
		require.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
		assert.Len(t, f.uploads, 1)
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		release := make(chan struct{})
		f.before = once(func(*ecrpublic.UploadLayerPartInput) error { <-release; return nil })
		target := newTarget(t, f, func(o *imagepush.TargetOptions) { o.Parallel = 1 })
		first := make(chan error)
		go func() { first <- target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")) }()
		synctest.Wait()

		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error, 2)
		go func() { waiting <- target.Push(ctx, layerOf("abc"), strings.NewReader("abc")) }() // waits for the layer
		go func() { waiting <- target.Push(ctx, layerOf("def"), strings.NewReader("def")) }() // waits for memory
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-waiting, context.Canceled)
		require.ErrorIs(t, <-waiting, context.Canceled)
		close(release)
		require.NoError(t, <-first)
	})
}
