package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// A mock says itself what the service answers: the way to reach every case of a
// function, such as images in an order that is hard to bring about.
func TestLatestWithMock(t *testing.T) {
	t.Parallel()
	image := func(day int, tags ...string) types.ImageDetail {
		return types.ImageDetail{ImageTags: tags, ImageDigest: aws.String("sha256:1"), ImagePushedAt: aws.Time(time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC))}
	}
	for name, c := range map[string]struct {
		images []types.ImageDetail
		want   string
	}{
		"the newest one":    {[]types.ImageDetail{image(1, "v1"), image(3, "v3"), image(2, "v2")}, "v3"},
		"not without a tag": {[]types.ImageDetail{image(1, "v1"), image(2)}, "v1"},
		"none":              {[]types.ImageDetail{image(1)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := &ecrpublictest.Client{
				DescribeImagesFunc: func(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
					return &ecrpublic.DescribeImagesOutput{ImageDetails: c.images}, nil
				},
			}
			found, err := latest(t.Context(), mock, "app")
			require.NoError(t, err)
			if c.want == "" {
				assert.Nil(t, found)
				return
			}
			assert.Equal(t, c.want, found.Tag)
			assert.Equal(t, "app", *mock.Calls()[0].Input.(*ecrpublic.DescribeImagesInput).RepositoryName)
		})
	}
}

// A script says which calls are expected, in their order and with their inputs, and what
// each answers: the way to hold what a function sends, page by page.
func TestLatestWithScript(t *testing.T) {
	t.Parallel()
	in := &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")}
	next := &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), NextToken: aws.String("more")}
	script := ecrpublictest.NewScript(t,
		ecrpublictest.Expect(ecrpublic.API.DescribeImages, in).Return(&ecrpublic.DescribeImagesOutput{NextToken: aws.String("more")}),
		ecrpublictest.Expect(ecrpublic.API.DescribeImages, next).Fail(&types.RepositoryNotFoundException{}),
	)
	_, err := latest(t.Context(), script, "app")
	assert.True(t, ecrpublic.IsNotFound(err))
}

// The emulator behaves as the service does: the way to test that the pieces fit,
// with requests, pages and errors as they are.
func TestServiceWithEmulator(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	digest, err := emulator.AddImage("team/app", "v1.0")
	require.NoError(t, err)
	service := newService(emulator.Client(), ignore)

	answer := get(t, service, "/latest/team/app")
	assert.Equal(t, http.StatusOK, answer.Code)
	assert.Contains(t, answer.Body.String(), digest)
	assert.Equal(t, http.StatusNotFound, get(t, service, "/latest/team/other").Code)
}

// Faults make the emulator behave as the service does on a bad day.
func TestServiceWithFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault ecrpublictest.Fault
		want  int
	}{
		"throttled for a moment": {ecrpublictest.Fault{Times: 2, Effect: ecrpublictest.Throttle()}, http.StatusOK},
		"throttled all the time": {ecrpublictest.Fault{Effect: ecrpublictest.Throttle()}, http.StatusServiceUnavailable},
		"half an answer":         {ecrpublictest.Fault{Times: 1, Effect: ecrpublictest.ResetMidway()}, http.StatusOK},
		"pages of one image":     {ecrpublictest.Fault{Effect: ecrpublictest.ShortPages(1)}, http.StatusOK},
		"the service is down":    {ecrpublictest.Fault{Effect: ecrpublictest.Status(503)}, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emulator := ecrpublictest.NewServer()
			t.Cleanup(emulator.Close)
			for range 3 {
				_, err := emulator.AddImage("app", "latest")
				require.NoError(t, err)
			}
			emulator.Inject(c.fault)
			assert.Equal(t, c.want, get(t, newService(impatient(emulator), ignore), "/latest/app").Code)
		})
	}
}

// impatient returns a client that tries again as any other, but at once.
func impatient(emulator *ecrpublictest.Server) *ecrpublic.Client {
	return ecrpublic.New(emulator.Client().Options(), func(o *ecrpublic.Options) {
		o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
	})
}

func ignore(error) {}

func get(t *testing.T, handler http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer
}
