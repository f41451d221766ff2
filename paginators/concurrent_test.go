package paginators_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

type (
	imagesPart    = paginators.Part[string, ecrpublic.DescribeImagesOutput, types.ImageDetail]
	imagesListing = paginators.DescribeImagesPaginator
	// runner is Merge or Concat.
	runner = func(context.Context, int, iter.Seq2[string, *imagesListing]) iter.Seq2[imagesPart, error]
)

var runners = map[string]runner{
	"Merge":  paginators.Merge[string, ecrpublic.DescribeImagesOutput, types.ImageDetail],
	"Concat": paginators.Concat[string, ecrpublic.DescribeImagesOutput, types.ImageDetail],
}

// registry has a service for each repository.
type registry map[string]*service

func (r registry) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, opts ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return r[*in.RepositoryName].DescribeImages(ctx, in, opts...)
}

// names has the repositories in the order in which the tests list them.
func (r registry) names() []string {
	var names []string
	for i := range len(r) {
		names = append(names, fmt.Sprint("repository-", i))
	}
	return names
}

// newRegistry creates repositories with the given numbers of images, in pages of two.
func newRegistry(images ...int) registry {
	r := registry{}
	for i, n := range images {
		r[fmt.Sprint("repository-", i)] = &service{n: n, defaultPage: 2}
	}
	return r
}

// listings yields the listings of the repositories that tokens does not mark as done.
func (r registry) listings(tokens map[string]*string, optFns ...func(*paginators.Options)) iter.Seq2[string, *imagesListing] {
	return func(yield func(string, *imagesListing) bool) {
		for _, name := range r.names() {
			token, seen := tokens[name]
			if seen && token == nil {
				continue
			}
			in := &paginators.DescribeImagesInput{RepositoryName: &name, PaginationConfig: &types.PaginatorConfig{StartingToken: token}}
			if !yield(name, paginators.NewDescribeImagesPaginator(r, in, optFns...)) {
				return
			}
		}
	}
}

// However a run over several listings is interrupted, continuing with their resume
// tokens yields every item of each exactly once and in order, and the number of
// concurrent requests stays within the limit.
func TestEveryItemOfAllListingsExactlyOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(600) {
		random := rand.New(rand.NewPCG(seed, 7))
		n, prefetch, ordered := 1+random.IntN(5), random.IntN(3), random.IntN(2) == 0
		run := runners["Merge"]
		if ordered {
			run = runners["Concat"]
		}
		down := errors.New("the service is down")
		failing := random.IntN(2) == 0
		var underWay, most atomic.Int32
		r := registry{}
		for i := range random.IntN(9) {
			theirs := rand.New(rand.NewPCG(seed, uint64(100+i)))
			r[fmt.Sprint("repository-", i)] = &service{
				n: random.IntN(20), defaultPage: 1 + random.IntN(5), length: shortPages(theirs),
				before: func(context.Context, *string) error {
					now := underWay.Add(1)
					defer underWay.Add(-1)
					for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
					}
					if failing && theirs.IntN(5) == 0 {
						return down
					}
					return nil
				},
			}
		}
		got, tokens := map[string][]string{}, map[string]*string{}
		for range 10_000 {
			last := ""
			for part, err := range run(t.Context(), n, r.listings(tokens, func(o *paginators.Options) { o.Prefetch = prefetch })) {
				if ordered {
					require.GreaterOrEqual(t, part.Key, last, "seed %d", seed)
					last = part.Key
				}
				for _, image := range part.Items() {
					got[part.Key] = append(got[part.Key], *image.ImageDigest)
				}
				if tokens[part.Key] = part.Listing.ResumeToken(); err != nil {
					require.ErrorIs(t, err, down)
					require.NotNil(t, tokens[part.Key], "seed %d: a listing that failed is not done", seed)
				}
				if random.IntN(20) == 0 {
					break
				}
			}
			require.Zero(t, underWay.Load(), "seed %d: a request outlives its loop", seed)
			if done(r, tokens) {
				break
			}
		}
		require.True(t, done(r, tokens), "seed %d never ends", seed)
		require.LessOrEqual(t, int(most.Load()), n, "seed %d", seed)
		for name, s := range r {
			require.Len(t, got[name], s.n, "seed %d", seed)
			for i, digest := range got[name] {
				require.Equal(t, fmt.Sprint(i), digest, "seed %d", seed)
			}
		}
	}
}

func done(r registry, tokens map[string]*string) bool {
	for name := range r {
		if token, seen := tokens[name]; !seen || token != nil {
			return false
		}
	}
	return true
}

// Three listings run at a time: their first requests wait for each other, and a fourth
// is not sent.
func TestListingsRunAtTheSameTime(t *testing.T) {
	for name, run := range runners {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRegistry(2, 2, 2, 2, 2)
				var waiting atomic.Int32
				release := make(chan struct{})
				for _, s := range r {
					s.before = func(context.Context, *string) error {
						waiting.Add(1)
						<-release
						return nil
					}
				}
				go func() {
					synctest.Wait() // until all goroutines are blocked
					assert.EqualValues(t, 3, waiting.Load())
					close(release)
				}()
				parts := 0
				for _, err := range run(t.Context(), 3, r.listings(nil)) {
					require.NoError(t, err)
					parts++
				}
				assert.Equal(t, 5, parts)
			})
		})
	}
}

// A slow loop blocks the listings.
func TestPagesWaitForTheLoop(t *testing.T) {
	for name, run := range runners {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRegistry(slices.Repeat([]int{20}, 50)...)
				begun := 0
				for range run(t.Context(), 4, func(yield func(string, *imagesListing) bool) {
					for name, listing := range r.listings(nil) {
						begun++
						if !yield(name, listing) {
							return
						}
					}
				}) {
					synctest.Wait()
					requests := 0
					for _, s := range r {
						requests += len(s.takeRequests(t))
					}
					assert.Equal(t, 4, begun)
					assert.LessOrEqual(t, requests, 5, "a page for each listing, and the next of the one the loop works on")
					break
				}
			})
		})
	}
}

// Every listing reports its own error, and the others continue.
func TestErrorsAreTheListings(t *testing.T) {
	t.Parallel()
	for name, run := range runners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := errors.New("refused")
			r := newRegistry(3, 3, 3, 3)
			r["repository-1"].before = func(_ context.Context, token *string) error {
				if token != nil {
					return refused
				}
				return nil
			}
			listings := func(yield func(string, *imagesListing) bool) {
				for name, listing := range r.listings(nil) {
					switch name {
					case "repository-2":
						listing = nil
					case "repository-3":
						listing = paginators.NewDescribeImagesPaginator(r, &paginators.DescribeImagesInput{
							RepositoryName: &name, PaginationConfig: &types.PaginatorConfig{MaxItems: aws.Int32(0)},
						})
					}
					if !yield(name, listing) {
						return
					}
				}
			}
			items, failed := map[string]int{}, map[string]error{}
			for part, err := range run(t.Context(), 2, listings) {
				items[part.Key] += len(part.Items())
				if err != nil {
					require.NotContains(t, failed, part.Key)
					failed[part.Key] = err
				}
			}
			assert.Equal(t, map[string]int{"repository-0": 3, "repository-1": 2, "repository-2": 0, "repository-3": 0}, items)
			assert.Len(t, failed, 3)
			assert.ErrorIs(t, failed["repository-1"], refused)
			assert.EqualError(t, failed["repository-2"], "paginators: Listing must not be nil")
			assert.EqualError(t, failed["repository-3"], "paginators: PaginationConfig.MaxItems must be at least 1")
		})
	}
}

// After the end of the context, no listing counts as complete, and no request is sent.
func TestListingsOfAnEndedContext(t *testing.T) {
	t.Parallel()
	for name, run := range runners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := newRegistry(2, 4, 4, 4, 4)
			ended := map[string]error{}
			for part, err := range run(ctx, 1, r.listings(nil)) {
				cancel() // with the page of repository-0, which is whole
				if err != nil {
					ended[part.Key] = err
				}
			}
			assert.NotContains(t, ended, "repository-0")
			for _, name := range r.names()[1:] {
				assert.ErrorIs(t, ended[name], context.Canceled, name)
			}
			for _, name := range r.names()[2:] {
				assert.Empty(t, r[name].takeRequests(t), name)
			}
		})
	}
}

// Leaving the loop cancels the current requests.
func TestLeavingCancelsRequests(t *testing.T) {
	for name, run := range runners {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
				r := newRegistry(2, 2, 2, 2)
				for name, s := range r {
					if name != "repository-0" {
						s.before = func(ctx context.Context, _ *string) error {
							<-ctx.Done()
							return ctx.Err()
						}
					}
				}
				for part, err := range run(t.Context(), 3, r.listings(nil)) {
					require.NoError(t, err)
					assert.Equal(t, "repository-0", part.Key)
					break
				}
			})
		})
	}
}

func TestConcurrencyIsChecked(t *testing.T) {
	t.Parallel()
	for _, run := range runners {
		for _, n := range []int{-1, 0, 1001} {
			var got []error
			for part, err := range run(t.Context(), n, newRegistry(1).listings(nil)) {
				assert.Zero(t, part)
				got = append(got, err)
			}
			require.Len(t, got, 1)
			assert.EqualError(t, got[0], "paginators: n must be 1 to 1000")
			assert.IsType(t, new(paginators.ConfigError), got[0])
		}
		for range run(t.Context(), 1000, registry{}.listings(nil)) {
			t.Error("there are no listings")
		}
	}
}
