// Command waiter creates a repository and waits until it is visible. The service has
// no waiters, so this one is written by hand.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
)

// errTimeout says that a waiter gave up.
var errTimeout = errors.New("exceeded max wait time")

// describer is the one method that the waiter polls.
type describer interface {
	DescribeRepositories(context.Context, *ecrpublic.DescribeRepositoriesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error)
}

var _ describer = (ecrpublic.DescribeRepositoriesAPIClient)(nil)

// repositoryWaiter polls until a repository exists.
type repositoryWaiter struct {
	client   describer
	minDelay time.Duration
	maxDelay time.Duration
	// retryable decides whether to ask again.
	retryable func(*ecrpublic.DescribeRepositoriesOutput, error) (bool, error)
}

func newRepositoryWaiter(client describer, optFns ...func(*repositoryWaiter)) *repositoryWaiter {
	w := &repositoryWaiter{client: client, minDelay: time.Millisecond, maxDelay: 8 * time.Millisecond, retryable: untilFound}
	for _, fn := range optFns {
		fn(w)
	}
	return w
}

func untilFound(out *ecrpublic.DescribeRepositoriesOutput, err error) (bool, error) {
	var missing *types.RepositoryNotFoundException
	if errors.As(err, &missing) {
		return true, nil
	}
	return false, err
}

// wait returns the output of the last poll and how many polls there were.
func (w *repositoryWaiter) wait(ctx context.Context, in *ecrpublic.DescribeRepositoriesInput, maxWait time.Duration) (*ecrpublic.DescribeRepositoriesOutput, int, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, maxWait, errTimeout)
	defer cancel()
	delay := w.minDelay
	for polls := 1; ; polls++ {
		out, err := w.client.DescribeRepositories(ctx, in)
		if ctx.Err() != nil {
			return nil, polls, context.Cause(ctx)
		}
		again, err := w.retryable(out, err)
		if err != nil || !again {
			return out, polls, err
		}
		select {
		case <-ctx.Done():
			return nil, polls, context.Cause(ctx)
		case <-time.After(delay):
		}
		delay = min(2*delay, w.maxDelay)
	}
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	created, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("fresh")})
	if err != nil {
		log.Fatal(err)
	}
	in := &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{*created.Repository.RepositoryName}}
	out, polls, err := newRepositoryWaiter(client).wait(ctx, in, time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.Repositories[0].RepositoryName, "after", polls, "polls")

	_, _, err = newRepositoryWaiter(client).wait(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"never"}}, 50*time.Millisecond)
	fmt.Println("gave up:", errors.Is(err, errTimeout))

	impatient := func(w *repositoryWaiter) {
		w.retryable = func(_ *ecrpublic.DescribeRepositoriesOutput, err error) (bool, error) { return false, err }
	}
	_, polls, err = newRepositoryWaiter(client, impatient).wait(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"never"}}, time.Minute)
	var missing *types.RepositoryNotFoundException
	fmt.Println("impatient:", polls, errors.As(err, &missing))
}
