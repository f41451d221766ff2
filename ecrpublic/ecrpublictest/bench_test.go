package ecrpublictest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const (
	many     = 10_000
	pageSize = 1_000
)

func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ecrpublictest.NewServer().Close()
	}
}

// BenchmarkSeed begins with nothing and puts images there, by way of the API.
func BenchmarkSeed(b *testing.B) {
	const images = 100
	b.ReportAllocs()
	for b.Loop() {
		srv := ecrpublictest.NewServer()
		seed(b, srv, images)
		srv.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/images, "µs/image")
}

// seed pushes images that differ in their annotations only.
func seed(b *testing.B, srv *ecrpublictest.Server, images int) {
	b.Helper()
	ctx, api := b.Context(), srv.Client()
	_, err := api.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(b, err)
	require.NoError(b, pushLayer(ctx, api, "app", "{}"))
	for i := range images {
		_, err := api.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName: aws.String("app"),
			ImageManifest:  aws.String(image().with("annotations", object{"n": fmt.Sprint(i)}).String()),
			ImageTag:       aws.String(fmt.Sprint("v", i)),
		})
		require.NoError(b, err)
	}
}

// BenchmarkImagePages reads the first and the last page of 10,000 images.
func BenchmarkImagePages(b *testing.B) {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	seed(b, srv, many)
	benchmarkPages(b, func(ctx context.Context, token *string) (items int, next *string, err error) {
		out, err := srv.Client().DescribeImages(ctx, &ecrpublic.DescribeImagesInput{
			RepositoryName: aws.String("app"), MaxResults: aws.Int32(pageSize), NextToken: token,
		})
		if err != nil {
			return 0, nil, err
		}
		return len(out.ImageDetails), out.NextToken, nil
	})
}

// BenchmarkRepositoryPages reads the first and the last page of 10,000
// repositories.
func BenchmarkRepositoryPages(b *testing.B) {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	api := srv.Client()
	for i := range many {
		_, err := api.CreateRepository(b.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String(fmt.Sprint("repository-", i))})
		require.NoError(b, err)
	}
	benchmarkPages(b, func(ctx context.Context, token *string) (items int, next *string, err error) {
		out, err := api.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(pageSize), NextToken: token})
		if err != nil {
			return 0, nil, err
		}
		return len(out.Repositories), out.NextToken, nil
	})
}

func benchmarkPages(b *testing.B, page func(ctx context.Context, token *string) (items int, next *string, err error)) {
	b.Helper()
	var last *string // the token of the last page
	for token := last; ; {
		_, next, err := page(b.Context(), token)
		require.NoError(b, err)
		if next == nil {
			last = token
			break
		}
		token = next
	}
	for name, token := range map[string]*string{"first": nil, "last": last} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				items, _, err := page(b.Context(), token)
				require.NoError(b, err)
				require.Equal(b, pageSize, items)
			}
		})
	}
}

// BenchmarkLayer uploads a layer of 10 MiB in one part.
func BenchmarkLayer(b *testing.B) {
	for name, opts := range map[string][]ecrpublictest.Option{
		"memory":    nil,
		"directory": {ecrpublictest.WithDataDir(b.TempDir())},
	} {
		b.Run(name, func(b *testing.B) {
			srv := ecrpublictest.NewServer(opts...)
			defer srv.Close()
			api := srv.Client()
			layer := make([]byte, 10<<20)
			b.SetBytes(int64(len(layer)))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				name := fmt.Sprint("layer-", n)
				copy(layer, name)
				_, err := api.CreateRepository(b.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
				require.NoError(b, err)
				require.NoError(b, pushLayer(b.Context(), api, name, string(layer)))
				_, err = api.DeleteRepository(b.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: &name})
				require.NoError(b, err)
			}
		})
	}
}
