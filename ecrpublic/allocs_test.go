//go:build !race

package ecrpublic_test

import (
	"context"
	"crypto/fips140"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// cheap returns the same text for every request, with five allocations.
type cheap struct {
	status int
	body   string
}

func (c cheap) Do(r *http.Request) (*http.Response, error) {
	io.Copy(io.Discard, r.Body)
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body)), ContentLength: int64(len(c.body))}, nil
}

func cheapConfig(status int, body string) aws.Config {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "TOKEN"}, nil
	})
	return aws.Config{HTTPClient: cheap{status, body}, Credentials: credentials}
}

// imagePage is a response of DescribeImages.
func imagePage(images int) string {
	var list []string
	for i := range images {
		list = append(list, fmt.Sprintf(`{"registryId":"123456789012","repositoryName":"app","imageDigest":"sha256:%064d","imageTags":["v1.%d","latest"],"imageSizeInBytes":%d,"imagePushedAt":1700000000.5}`, i, i, i))
	}
	return `{"imageDetails":[` + strings.Join(list, ",") + `]}`
}

// TestAllocations limits the allocations of the hot paths. They include five by the
// transport and 58 by the signer, and some slack, because garbage collection empties
// pools. A limit may be lowered; raising one needs a reason.
func TestAllocations(t *testing.T) {
	ctx := context.Background()
	option := func(*middleware.Stack) error { return nil }
	describe := func(client *ecrpublic.Client) func() error {
		return func() error {
			_, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
			return err
		}
	}
	part := make([]byte, 10<<20)
	upload := ecrpublic.NewFromConfig(cheapConfig(200, "{}"))
	for name, tc := range map[string]struct {
		most float64
		call func() error
	}{
		"small call":            {91, describe(ecrpublic.NewFromConfig(cheapConfig(200, "{}")))},
		"with an API option":    {184, describe(ecrpublic.NewFromConfig(cheapConfig(200, "{}"), ecrpublic.WithAPIOptions(option)))},
		"error":                 {110, describe(ecrpublic.NewFromConfig(cheapConfig(400, `{"__type":"ImageNotFoundException","message":"no"}`)))},
		"page of 100 images":    {310, describe(ecrpublic.NewFromConfig(cheapConfig(200, imagePage(100))))},
		"page of 1,000 images":  {2166, describe(ecrpublic.NewFromConfig(cheapConfig(200, imagePage(1000))))},
		"client and first call": {174, func() error { return describe(ecrpublic.NewFromConfig(cheapConfig(200, "{}")))() }},
		"part of 10 MiB": {99, func() error {
			_, err := upload.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
				RepositoryName: aws.String("app"), UploadId: aws.String("upload"),
				PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(10<<20 - 1), LayerPartBlob: part,
			})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, name == "error", tc.call() != nil)
			if fips140.Enabled() {
				tc.most += 8 // for its hashes
			}
			if strconv.IntSize == 32 {
				tc.most += 4 // for what does not fit a word
			}
			assert.LessOrEqual(t, testing.AllocsPerRun(20, func() { tc.call() }), tc.most)
		})
	}
}

// TestAllocationsOfStallTimeout compares attempts with and without a stall timeout,
// which costs a timer and one more allocation.
func TestAllocationsOfStallTimeout(t *testing.T) {
	for way, options := range waysToRun {
		allocations := func(timeout time.Duration) float64 {
			client := ecrpublic.NewFromConfig(cheapConfig(200, "{}"), append(options, func(o *ecrpublic.Options) { o.StallTimeout = timeout })...)
			return testing.AllocsPerRun(100, func() {
				_, err := client.DescribeRegistries(t.Context(), nil)
				require.NoError(t, err)
			})
		}
		assert.LessOrEqual(t, allocations(0)-allocations(-1), 2.0, way)
	}
}
