package imagepush_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

// optionsOfACall returns what the options of a client become in a call.
func optionsOfACall(t *testing.T, options ecrpublic.Options) ecrpublic.Options {
	t.Helper()
	client := &optioned{fake: newFake()}
	_, err := newTarget(t, client).Exists(t.Context(), layerOf("abc"))
	require.NoError(t, err)
	for _, fn := range client.optFns {
		fn(&options)
	}
	return options
}

type optioned struct {
	*fake
	optFns []func(*ecrpublic.Options)
}

func (c *optioned) BatchCheckLayerAvailability(ctx context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	c.optFns = optFns
	return c.fake.BatchCheckLayerAvailability(ctx, in)
}

func TestHowOftenACallIsTried(t *testing.T) {
	t.Parallel()
	standard := func(attempts int) aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = attempts; o.MaxBackoff = time.Millisecond })
	}
	for name, test := range map[string]struct {
		options ecrpublic.Options
		want    int
		own     bool // the delays are the caller's
	}{
		"nothing said":            {ecrpublic.Options{}, 30, false},
		"adaptive":                {ecrpublic.Options{RetryMode: aws.RetryModeAdaptive}, 30, false},
		"a number":                {ecrpublic.Options{RetryMaxAttempts: 2}, 2, false},
		"a Retryer":               {ecrpublic.Options{Retryer: standard(3)}, 30, true},
		"a Retryer with a number": {ecrpublic.Options{Retryer: standard(2)}, 2, true},
		"no retries":              {ecrpublic.Options{Retryer: aws.NopRetryer{}}, 1, true},
	} {
		options := optionsOfACall(t, ecrpublic.New(test.options).Options())
		assert.Equal(t, test.want, options.Retryer.MaxAttempts(), name)
		delay, err := options.Retryer.RetryDelay(12, errRefused)
		if name == "no retries" {
			assert.Error(t, err)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, test.own, delay <= time.Millisecond, "%s: %v", name, delay)
	}
}

// A client's bucket of 500 tokens is for its other calls.
func TestRetriesDoNotDrawOnTheClient(t *testing.T) {
	t.Parallel()
	client := ecrpublic.New(ecrpublic.Options{}).Options()
	for range 200 {
		retryer := optionsOfACall(t, client).Retryer.(aws.RetryerV2)
		_, err := retryer.GetRetryToken(t.Context(), errRefused)
		require.NoError(t, err)
	}
	_, err := client.Retryer.GetRetryToken(t.Context(), errRefused)
	require.NoError(t, err)

	own := ecrpublic.Options{Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.RateLimiter = ratelimit.NewTokenRateLimit(20) })}
	for i := range 10 {
		_, err = optionsOfACall(t, own).Retryer.(aws.RetryerV2).GetRetryToken(t.Context(), errRefused)
		if i == 0 {
			require.NoError(t, err)
		}
	}
	require.Error(t, err, "a Retryer of the caller's keeps its tokens")
}

// down is a service that never answers with anything but 503.
func down(t *testing.T, after func(attempt int)) *ecrpublic.Client {
	attempt := 0
	return ecrpublic.New(ecrpublic.Options{
		Credentials: aws.AnonymousCredentials{},
		HTTPClient: doer(func(*http.Request) (*http.Response, error) {
			attempt++
			after(attempt)
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody}, nil
		}),
	})
}

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestServiceThatIsDownForGood(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		took     time.Duration // of an attempt
		attempts int
		stopped  imagepush.StopReason
	}{
		"it refuses at once": {0, 30, imagepush.StoppedByAttempts},
		"it refuses slowly":  {30 * time.Second, 5, imagepush.StoppedByDeadline},
		"it hardly answers":  {3 * time.Minute, 3, imagepush.StoppedByDeadline},
	} {
		bubble.Test(t, func(t *testing.T) {
			client := down(t, func(int) { time.Sleep(test.took) })
			start := time.Now()
			_, err := newTarget(t, client).Exists(t.Context(), layerOf("abc"))
			call, ok := errors.AsType[*imagepush.CallError](err)
			require.True(t, ok, name)
			assert.Equal(t, "BatchCheckLayerAvailability", call.Operation, name)
			assert.Equal(t, test.attempts, call.Attempts, name)
			assert.Equal(t, test.stopped, call.Stopped, name)
			assert.Equal(t, time.Since(start), call.Elapsed, name)
			assert.LessOrEqual(t, call.Elapsed-time.Duration(test.attempts)*test.took, 2*time.Minute, name)
			assert.ErrorContains(t, err, "BatchCheckLayerAvailability failed ", name)
		})
	}
}

func TestRetriesEndWithTheContext(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		client := down(t, func(attempt int) {
			if attempt == 4 {
				cancel()
			}
		})
		_, err := newTarget(t, client).Exists(ctx, layerOf("abc"))
		call, ok := errors.AsType[*imagepush.CallError](err)
		require.True(t, ok)
		assert.Equal(t, imagepush.StoppedByContext, call.Stopped)
		assert.Equal(t, 4, call.Attempts)
	})
}

// Fifteen seconds of refusals, on a clock of its own.
func TestOutageIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{3, 30} {
		bubble.Test(t, func(t *testing.T) {
			f := newFake()
			end := time.Now().Add(15 * time.Second)
			client := &retried{fake: f, refuse: func() bool { return time.Now().Before(end) }}
			source := nTagged{newImages(t), 100}
			for i := range source.n {
				source.tag(source.image(fmt.Sprint(`{"i":`, i, `}`)), fmt.Sprintf("v%02d", i))
			}
			result, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = parallel })
			require.NoError(t, err)
			assert.Len(t, f.tags, source.n)
			assert.Less(t, result.Attempts-result.Calls, int64(20*parallel), "the others wait")
		})
	}
}

// oneRefused is a client whose PutImage is refused for one tag.
type oneRefused struct {
	*retried
	tag   string
	until time.Time
}

func (c *oneRefused) PutImage(ctx context.Context, in *ecrpublic.PutImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
	client := &retried{fake: c.fake, refuse: func() bool {
		time.Sleep(100 * time.Millisecond)
		return *in.ImageTag == c.tag && time.Now().Before(c.until)
	}}
	return client.PutImage(ctx, in, optFns...)
}

// Other calls succeed while one is refused for fifteen seconds.
func TestOutageOfOneCallIsWaitedFor(t *testing.T) {
	t.Parallel()
	source := nTagged{newImages(t), 500}
	for i := range source.n {
		source.tag(source.image(fmt.Sprint(`{"i":`, i, `}`)), fmt.Sprintf("v%02d", i))
	}
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		client := &oneRefused{&retried{fake: f, refuse: func() bool { return false }}, "v00", time.Now().Add(15 * time.Second)}
		_, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = 3 })
		require.NoError(t, err)
		assert.Len(t, f.tags, source.n)
	})
}

// TestTimeOfAPushThroughFaults pushes 100 layers to a service that takes two
// milliseconds for a call, on a clock of its own.
func TestTimeOfAPushThroughFaults(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	var layers []ocispec.Descriptor
	for i := range 100 {
		layers = append(layers, images.layer(fmt.Sprint("layer ", i)))
	}
	images.tag(images.image("{}", layers...), "v1")
	slowest := func(failing float64) (slowest time.Duration) {
		for seed := range uint64(20) {
			bubble.Test(t, func(t *testing.T) {
				handler, err := ecrpublictest.NewHandler(ecrpublictest.WithSeed(seed))
				require.NoError(t, err)
				client := ecrpublic.New(ecrpublic.Options{
					Credentials:  aws.AnonymousCredentials{},
					BaseEndpoint: aws.String("http://service.test"),
					HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
						time.Sleep(2 * time.Millisecond)
						response := httptest.NewRecorder()
						handler.ServeHTTP(response, r)
						return response.Result(), nil
					}),
				})
				_, err = client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("team/app")})
				require.NoError(t, err)
				handler.Inject(ecrpublictest.Fault{Probability: failing, Effect: ecrpublictest.Status(http.StatusServiceUnavailable)})
				start := time.Now()
				_, err = imagepush.Push(t.Context(), client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
				require.NoError(t, err)
				slowest = max(slowest, time.Since(start))
			})
		}
		return slowest
	}
	usual := slowest(1e-9)
	// Most pushes take less than twice the time, and three times at most. There is room
	// for the order in which calls happen to fail.
	assert.Less(t, slowest(0.3), 4*usual, "30 %% of the calls fail; without failures, a push takes %v", usual)
	assert.Less(t, slowest(0.5), 10*usual, "50 %% of the calls fail; without failures, a push takes %v", usual)
}

func TestMirrorEndsWhenNothingCanSucceed(t *testing.T) {
	t.Parallel()
	source := nTagged{newImages(t), 100}
	for i := range source.n {
		source.tag(source.image(fmt.Sprint(`{"i":`, i, `}`)), fmt.Sprintf("v%02d", i))
	}
	bubble.Test(t, func(t *testing.T) {
		f := newFake()
		client := &retried{fake: f, refuse: func() bool { return true }}
		result, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = 3 })
		require.Error(t, err)
		assert.LessOrEqual(t, result.Calls, int64(3))
		for _, image := range result.Images {
			assert.Error(t, image.Err)
		}
		assert.ErrorContains(t, result.Images[99].Err, "given up after tag v0")
	})
	f := newFake()
	f.before = func(any) error { return &types.RepositoryNotFoundException{} }
	_, err := imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = 3 })
	require.ErrorContains(t, err, "(create the repository first)")
	assert.LessOrEqual(t, len(f.calls), 3)
}

// nTagged is a source that lists so many tags.
type nTagged struct {
	images
	n int
}

func (s nTagged) Tags(_ context.Context, _ string, fn func([]string) error) error {
	var all []string
	for i := range s.n {
		all = append(all, fmt.Sprintf("v%02d", i))
	}
	return fn(all)
}

// retried is a client that tries its calls as the SDK does.
type retried struct {
	*fake
	refuse  func() bool
	refusal error // nil means 503
}

func (r *retried) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return try(ctx, r, optFns, func() (*ecrpublic.DescribeImagesOutput, error) { return r.fake.DescribeImages(ctx, in) })
}

func (r *retried) PutImage(ctx context.Context, in *ecrpublic.PutImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
	return try(ctx, r, optFns, func() (*ecrpublic.PutImageOutput, error) { return r.fake.PutImage(ctx, in) })
}

func try[Out any](ctx context.Context, r *retried, optFns []func(*ecrpublic.Options), run func() (*Out, error)) (*Out, error) {
	options := ecrpublic.New(ecrpublic.Options{}).Options()
	for _, fn := range optFns {
		fn(&options)
	}
	var out *Out
	_, _, err := retry.NewAttemptMiddleware(options.Retryer, func(in any) any { return in }).HandleFinalize(ctx, middleware.FinalizeInput{},
		middleware.FinalizeHandlerFunc(func(context.Context, middleware.FinalizeInput) (o middleware.FinalizeOutput, m middleware.Metadata, err error) {
			if r.refuse() {
				return o, m, cmp.Or(r.refusal, answered(http.StatusServiceUnavailable, errRefused))
			}
			out, err = run()
			return o, m, err
		}))
	return out, err
}

func TestTruncatedResponsesAreAskedForAgain(t *testing.T) {
	t.Parallel()
	retryer := optionsOfACall(t, ecrpublic.Options{Retryer: retry.NewStandard()}).Retryer
	unknown := &smithy.GenericAPIError{Code: "UnknownError", Message: "UnknownError"}
	page := &smithy.GenericAPIError{Code: "UnknownError", Message: "a page of a proxy"}
	for _, err := range []error{
		&smithy.DeserializationError{Err: io.ErrUnexpectedEOF},
		answered(http.StatusBadRequest, unknown),
		&smithy.GenericAPIError{Code: "ThrottlingException"},
	} {
		assert.True(t, retryer.IsErrorRetryable(err), err)
	}
	for _, err := range []error{
		&smithy.DeserializationError{Err: errors.New("a page of a proxy")},
		&types.InvalidLayerPartException{},
		&types.RepositoryNotFoundException{},
		answered(http.StatusForbidden, unknown), // from a proxy
		answered(http.StatusBadRequest, page),
		answered(http.StatusBadRequest, &types.RepositoryNotFoundException{}),
	} {
		assert.False(t, retryer.IsErrorRetryable(err), err)
	}
}

// What is no answer of the service is shown at once. A server that speaks HTTPS says 400
// to HTTP, for example.
func TestBodiesThatAreCutOffAreAskedForAgainAndOthersNot(t *testing.T) {
	t.Parallel()
	for body, attempts := range map[string]int{
		"Client sent an HTTP request to an HTTPS server.\n": 1,
		`{"message":"of another program"}`:                  1,
		`{"__type":"RepositoryNotFoundException"}`:          1,
		`{"__type":"RepositoryNotF`:                         2,
		`{`:                                                 2,
		"":                                                  2,
	} {
		var requests atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			answer := body
			if requests.Add(1) > 1 {
				answer = `{"__type":"RepositoryNotFoundException"}`
			}
			_, _ = io.WriteString(w, answer)
		}))
		client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: &server.URL, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}, nil
		})})
		images := newImages(t)
		images.tag(images.image("{}"), "v1")
		_, err := imagepush.Push(t.Context(), client, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
		failed, ok := errors.AsType[*imagepush.CallError](err)
		if assert.True(t, ok, "%q: %v", body, err) {
			assert.Equal(t, attempts, failed.Attempts, "%q", body)
		}
		server.Close()
	}
}

// answered is an error that came with a status.
func answered(status int, err error) error {
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: status}}
	return &smithyhttp.ResponseError{Response: response, Err: err}
}
