package compare

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// pages serves a number of pages of images over loopback, each after a delay.
func pages(b *testing.B, count, images int, delay time.Duration) aws.Config {
	b.Helper()
	var list []string
	for i := range images {
		list = append(list, fmt.Sprintf(`{"registryId":"123456789012","repositoryName":"app","imageDigest":"sha256:%064d","imageTags":["v%d"],`+
			`"imageSizeInBytes":%d,"imagePushedAt":1700000000.5,"imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json"}`, i, i, i+1))
	}
	body := `{"imageDetails":[` + strings.Join(list, ",") + `]`
	served := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(delay)
		served++
		fmt.Fprint(w, body)
		if served%count != 0 {
			fmt.Fprintf(w, `,"nextToken":"%d"`, served)
		}
		fmt.Fprint(w, "}")
	}))
	b.Cleanup(server.Close)
	return aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}, nil
	})}
}

// BenchmarkPrefetch spends ten milliseconds on each page, and the server as many to
// send it. It reports the ratio of the times with one page read ahead and with the
// official paginator.
func BenchmarkPrefetch(b *testing.B) {
	const count, work = 50, 10 * time.Millisecond
	cfg := pages(b, count, 10, work)
	theirs, ours := official.NewFromConfig(cfg), ecrpublic.NewFromConfig(cfg)
	var slow, fast time.Duration
	for b.Loop() {
		start := time.Now()
		p := official.NewDescribeImagesPaginator(theirs, &official.DescribeImagesInput{RepositoryName: aws.String("app")})
		for p.HasMorePages() {
			if _, err := p.NextPage(b.Context()); err != nil {
				b.Fatal(err)
			}
			time.Sleep(work)
		}
		slow += time.Since(start)

		start = time.Now()
		ahead := paginators.NewDescribeImagesPaginator(ours, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")}, func(o *paginators.Options) { o.Prefetch = 1 })
		for _, err := range ahead.Pages(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			time.Sleep(work)
		}
		fast += time.Since(start)
	}
	b.ReportMetric(float64(fast)/float64(slow), "of-the-official-time")
}

// BenchmarkIterate100k iterates over a hundred thousand images. It reports the largest
// live heap in pages, and the allocations for each image beyond those of decoding.
func BenchmarkIterate100k(b *testing.B) {
	const count, images = 100, 1000
	client := ecrpublic.NewFromConfig(pages(b, count, images, 0))
	in := &paginators.DescribeImagesInput{RepositoryName: aws.String("app")}
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	allocs := func(list func()) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		list()
		runtime.ReadMemStats(&after)
		return float64(after.Mallocs-before.Mallocs) / (count * images)
	}
	var peak, items, decode float64
	for b.Loop() {
		base, n := heap(), 0
		one, err := client.DescribeImages(b.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
		if err != nil {
			b.Fatal(err)
		}
		page := heap() - base
		runtime.KeepAlive(one)
		one = nil
		for p := 1; p < count; p++ { // up to the last page, after which the server starts again
			if _, err := client.DescribeImages(b.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")}); err != nil {
				b.Fatal(err)
			}
		}
		base = heap()
		for _, err := range paginators.NewDescribeImagesPaginator(client, in).Items(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n%(10*images) == images/2 {
				peak = max(peak, (heap()-base)/page)
			}
		}
		if n != count*images {
			b.Fatalf("%d items", n)
		}
		items = allocs(func() {
			for range paginators.NewDescribeImagesPaginator(client, in).Items(b.Context()) {
			}
		})
		decode = allocs(func() {
			p := ecrpublic.NewDescribeImagesPaginator(client, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
			for p.HasMorePages() {
				if _, err := p.NextPage(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.ReportMetric(peak, "pages-of-peak-heap")
	b.ReportMetric(items, "allocs/item")
	b.ReportMetric(decode, "allocs/item-of-pages-alone")
}
