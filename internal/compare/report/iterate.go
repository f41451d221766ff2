package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// iterate walks over 100,000 images, a thousand on a page, of a server on
// loopback. The process ends with it.
func iterate() benchmark {
	const pages = 100
	images := strings.TrimSuffix(page(1000), `,"nextToken":"next"}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ NextToken string }
		must(json.NewDecoder(r.Body).Decode(&in))
		end := "}"
		if n, _ := strconv.Atoi(in.NextToken); n+1 < pages { // no token is page 0
			end = fmt.Sprintf(`,"nextToken":"%d"}`, n+1)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(images)+len(end)))
		io.WriteString(w, images)
		io.WriteString(w, end)
	}))
	cfg := aws.Config{Region: "us-east-1", Credentials: credentials, BaseEndpoint: &server.URL}
	a, b := ecrpublic.NewFromConfig(cfg), official.NewFromConfig(cfg)
	ctx := context.Background()
	return benchmark{name: "iterate over 100,000 images", calls: 1,
		ours: func() {
			n := 0
			for _, err := range paginators.NewDescribeImagesPaginator(a, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")}).Items(ctx) {
				must(err)
				n++
			}
			mustCount(n)
		},
		official: func() {
			n := 0
			p := official.NewDescribeImagesPaginator(b, &official.DescribeImagesInput{RepositoryName: aws.String("app")})
			for p.HasMorePages() {
				out, err := p.NextPage(ctx)
				must(err)
				n += len(out.ImageDetails)
			}
			mustCount(n)
		},
	}
}

func mustCount(n int) {
	if n != 100_000 {
		log.Fatalf("%d images where 100,000 are", n)
	}
}
