package ecrpublictest_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// stubborn tries a call many times, by the client's own rules but without waiting
// and without end to the retries that all calls share.
func stubborn(attempts int) func(*ecrpublic.Options) {
	rules := ecrpublic.New(ecrpublic.Options{RetryMaxAttempts: attempts}).Options().Retryer
	return func(o *ecrpublic.Options) { o.Retryer = eager{rules.(aws.RetryerV2)} }
}

type eager struct{ aws.RetryerV2 }

func (eager) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

func (eager) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}

func TestClientLosesNoCallToFaults(t *testing.T) {
	t.Parallel()
	const goroutines, calls = 64, 50
	srv := newServer(t, ecrpublictest.WithSeed(42))
	client := srv.Client(stubborn(12))
	effects := []ecrpublictest.Effect{
		ecrpublictest.Throttle(),
		ecrpublictest.Fail(&types.ServerException{}),
		ecrpublictest.Status(http.StatusServiceUnavailable),
		ecrpublictest.Status(http.StatusTooManyRequests),
		ecrpublictest.ResetBefore(),
		ecrpublictest.ResetAfter(),
		ecrpublictest.ResetMidway(),
		ecrpublictest.CutOff(),
	}
	for _, effect := range effects {
		srv.Inject(ecrpublictest.Fault{Probability: 0.2 / float64(len(effects)), Effect: effect})
	}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range calls {
				name := fmt.Sprintf("call %d of %d", i, g)
				out, err := client.PutRegistryCatalogData(t.Context(), &ecrpublic.PutRegistryCatalogDataInput{DisplayName: &name})
				if assert.NoError(t, err, name) {
					assert.Equal(t, name, aws.ToString(out.RegistryCatalogData.DisplayName))
				}
			}
		})
	}
	wg.Wait()

	retries := srv.Count("PutRegistryCatalogData") - goroutines*calls
	assert.InDelta(t, 0.25*goroutines*calls, retries, 0.05*goroutines*calls, "a fifth of all attempts fails")
	arrived := map[string]bool{}
	for _, r := range srv.Requests() {
		arrived[aws.ToString(r.Input.(*ecrpublic.PutRegistryCatalogDataInput).DisplayName)] = true
	}
	assert.Len(t, arrived, goroutines*calls)
}

func TestClientCorrectsItsClock(t *testing.T) {
	t.Parallel()
	for name, offset := range map[string]time.Duration{"slow": time.Hour, "fast": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, ecrpublictest.WithCredentials(accessKey, secretKey))
			srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ClockOffset(offset)})
			client := srv.Client(stubborn(2))
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, []int{400, 200}, statuses(srv))

			_, err = client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, []int{400, 200, 200}, statuses(srv), "the next call knows the offset")
		})
	}
}

func statuses(srv *ecrpublictest.Server) []int {
	var list []int
	for _, r := range srv.Requests() {
		list = append(list, r.Status)
	}
	return list
}

func TestClientReportsWrongCredentials(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithCredentials(accessKey, secretKey))
	for _, tc := range []struct{ accessKey, secretKey, want string }{
		{accessKey, "SECRETEXAMPLE0123456789abcdefghijklmnopq", "InvalidSignatureException"},
		{"AKIDOTHER", secretKey, "UnrecognizedClientException"},
	} {
		client := srv.Client(func(o *ecrpublic.Options) {
			o.Credentials = aws.CredentialsProviderFunc(staticCredentials(tc.accessKey, tc.secretKey))
		})
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.ErrorContains(t, err, tc.want)
	}
	client := srv.Client(func(o *ecrpublic.Options) { o.Credentials = nil })
	_, err := client.DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "MissingAuthenticationTokenException")
}

func TestClientSignsLargestPart(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithCredentials(accessKey, secretKey))
	client := srv.Client()
	_, err := client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	upload, err := client.InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	const size = 20 << 20
	out, err := client.UploadLayerPart(t.Context(), &ecrpublic.UploadLayerPartInput{
		RepositoryName: aws.String("app"), UploadId: upload.UploadId,
		PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(size - 1), LayerPartBlob: make([]byte, size),
	})
	require.NoError(t, err)
	assert.EqualValues(t, size-1, *out.LastByteReceived)
}

func TestClientPagesThroughShortPages(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for i := range 10 {
		create(t, srv, fmt.Sprintf("app%d", i))
	}
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ShortPages(3)})
	pages := ecrpublic.NewDescribeRepositoriesPaginator(srv.Client(), nil)
	var sizes []int
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		sizes = append(sizes, len(page.Repositories))
	}
	assert.Equal(t, []int{3, 3, 3, 1}, sizes)
}

func TestClientStopsAtRepeatedTokens(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for i := range 3 {
		create(t, srv, fmt.Sprintf("app%d", i))
	}
	srv.Inject(
		ecrpublictest.Fault{Effect: ecrpublictest.ShortPages(1)},
		ecrpublictest.Fault{Effect: ecrpublictest.RepeatToken()},
	)
	pages := ecrpublic.NewDescribeRepositoriesPaginator(srv.Client(), nil, func(o *ecrpublic.DescribeRepositoriesPaginatorOptions) {
		o.StopOnDuplicateToken = true
	})
	for pages.HasMorePages() {
		_, err := pages.NextPage(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, 2, srv.Count("DescribeRepositories"))
}
