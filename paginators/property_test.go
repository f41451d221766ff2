package paginators_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

var operations = []string{"DescribeImages", "DescribeImageTags", "DescribeRegistries", "DescribeRepositories"}

// However a listing is interrupted, continuing with its resume token yields every item
// exactly once and in order.
func TestEveryItemExactlyOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1500) {
		random := rand.New(rand.NewPCG(seed, 3))
		theirs := rand.New(rand.NewPCG(seed, 5)) // the service's, which may run ahead
		s := &service{n: random.IntN(60), defaultPage: 1 + random.IntN(20)}
		if random.IntN(2) == 0 {
			s.length = shortPages(theirs)
		}
		down := errors.New("the service is down")
		if random.IntN(2) == 0 {
			s.before = func(context.Context, *string) error {
				if theirs.IntN(4) == 0 {
					return down
				}
				return nil
			}
		}
		config := types.PaginatorConfig{}
		if random.IntN(3) > 0 {
			config.PageSize = aws.Int32(1 + random.Int32N(20))
		}
		operation, prefetch := operations[random.IntN(len(operations))], random.IntN(4)
		var got []int
		for range 100_000 {
			config.MaxItems = nil
			if random.IntN(3) > 0 {
				config.MaxItems = aws.Int32(1 + random.Int32N(30))
			}
			l := newLister(operation, s, &config, func(o *paginators.Options) { o.Prefetch = prefetch })
			part, err := l.interrupted(t.Context(), random)
			if err != nil {
				require.ErrorIs(t, err, down)
			}
			got = append(got, part...)
			config.StartingToken = l.resume()
			if config.StartingToken == nil {
				break
			}
		}
		require.Nil(t, config.StartingToken, "seed %d never ends", seed)
		require.Len(t, got, s.n, "seed %d", seed)
		for i, item := range got {
			require.Equal(t, i, item, "seed %d", seed)
		}
	}
}

// shortPages makes some pages shorter than requested, or empty, always the same ones.
func shortPages(random *rand.Rand) func(position, size int) int {
	lengths := map[int]int{}
	return func(position, size int) int {
		if _, ok := lengths[position]; !ok {
			lengths[position] = 1 + random.IntN(size)
		}
		return min(size, lengths[position])
	}
}

// interrupted lists in one of the three ways and may stop at any point.
func (l lister) interrupted(ctx context.Context, random *rand.Rand) (got []int, failed error) {
	switch random.IntN(3) {
	case 0:
		got, _, failed = l.collect(ctx)
	case 1:
		for page, err := range l.pages(ctx) {
			if failed = err; err != nil {
				continue
			}
			got = append(got, page...)
			if random.IntN(5) == 0 {
				break
			}
		}
	default:
		for item, err := range l.items(ctx) {
			if failed = err; err != nil {
				continue
			}
			got = append(got, item)
			if random.IntN(20) == 0 {
				break
			}
		}
	}
	return got, failed
}
