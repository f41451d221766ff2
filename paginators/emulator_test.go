package paginators_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// emulator starts a server with n tagged images in the repository "app".
func emulator(t *testing.T, n int) *ecrpublictest.Server {
	t.Helper()
	srv := ecrpublictest.NewServer()
	t.Cleanup(srv.Close)
	for i := range n {
		_, err := srv.AddImage("app", fmt.Sprintf("v%d", i))
		require.NoError(t, err)
	}
	return srv
}

// tags lists with the settings, and resumes until nothing is left.
func tags(t *testing.T, client *ecrpublic.Client, random *rand.Rand, config types.PaginatorConfig) (got []string) {
	t.Helper()
	for range 10_000 {
		config.MaxItems = nil
		if random.IntN(2) == 0 {
			config.MaxItems = aws.Int32(1 + random.Int32N(20))
		}
		p := paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{
			RepositoryName:   aws.String("app"),
			PaginationConfig: &config,
		}, func(o *paginators.Options) { o.Prefetch = random.IntN(3) })
		for tag, err := range p.Items(t.Context()) {
			if err != nil {
				break // a fault that outlasts the client's retries
			}
			got = append(got, aws.ToString(tag.ImageTag))
			if random.IntN(15) == 0 {
				break
			}
		}
		if config.StartingToken = p.ResumeToken(); config.StartingToken == nil {
			return got
		}
	}
	require.Fail(t, "the listing never ends")
	return nil
}

func TestEveryItemExactlyOnceDespiteFaults(t *testing.T) {
	t.Parallel()
	faults := []ecrpublictest.Effect{
		ecrpublictest.Throttle(), ecrpublictest.Status(http.StatusInternalServerError), ecrpublictest.ResetBefore(),
		ecrpublictest.ResetAfter(), ecrpublictest.Truncate(), ecrpublictest.CutOff(),
	}
	srv := emulator(t, 47)
	client := srv.Client(func(o *ecrpublic.Options) { o.RetryMaxAttempts = 1 })
	want := tags(t, client, rand.New(rand.NewPCG(0, 0)), types.PaginatorConfig{})
	require.Len(t, want, 47)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 8))
		srv.ClearFaults()
		if random.IntN(2) == 0 {
			srv.Inject(ecrpublictest.Fault{Operation: "DescribeImageTags", Effect: ecrpublictest.ShortPages(1 + random.IntN(9))})
		}
		srv.Inject(ecrpublictest.Fault{Operation: "DescribeImageTags", Probability: 0.3, Effect: faults[random.IntN(len(faults))]})
		config := types.PaginatorConfig{}
		if random.IntN(2) == 0 {
			config.PageSize = aws.Int32(1 + random.Int32N(20))
		}
		require.Equal(t, want, tags(t, client, random, config), "seed %d", seed)
	}
}

func TestRepeatedTokenOfTheEmulator(t *testing.T) {
	t.Parallel()
	srv := emulator(t, 9)
	srv.Inject(ecrpublictest.Fault{Operation: "DescribeImages", After: 1, Times: 1, Effect: ecrpublictest.RepeatToken()})
	p := paginators.NewDescribeImagesPaginator(srv.Client(), &paginators.DescribeImagesInput{
		RepositoryName:   aws.String("app"),
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(2)},
	})
	out, err := p.Collect(t.Context())
	require.ErrorIs(t, err, paginators.ErrRepeatedToken)
	require.Len(t, out.ImageDetails, 4)
}

func TestErrorsAreTheClients(t *testing.T) {
	t.Parallel()
	client := emulator(t, 0).Client()
	_, err := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")}).Collect(t.Context())
	var missing *types.RepositoryNotFoundException
	require.ErrorAs(t, err, &missing)
	_, err = paginators.NewDescribeImagesPaginator(client, nil).Collect(t.Context())
	var invalid smithy.InvalidParamsError
	require.True(t, errors.As(err, &invalid), "RepositoryName is required: %v", err)
}

// The feature of a paginator is the letter C in the User-Agent's list.
func TestUserAgentNamesThePaginator(t *testing.T) {
	t.Parallel()
	srv := emulator(t, 1)
	client, feature := srv.Client(), regexp.MustCompile(`(^| )m/([^ ]+,)?C(,| |$)`)
	in := &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")}
	list := map[string]func() error{
		"Collect": func() error {
			_, err := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: in.RepositoryName}).Collect(t.Context())
			return err
		},
		"NextPage": func() error {
			_, err := ecrpublic.NewDescribeImagesPaginator(client, in).NextPage(t.Context())
			return err
		},
		"": func() error {
			_, err := client.DescribeImages(t.Context(), in)
			return err
		},
	}
	for way, call := range list {
		srv.ResetRequests()
		require.NoError(t, call())
		require.Len(t, srv.Requests(), 1)
		agent := srv.Requests()[0].Header.Get("User-Agent")
		require.Equal(t, way != "", feature.MatchString(agent), "%q of %s", way, agent)
	}
}
