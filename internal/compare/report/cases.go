package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// benchmark is a call that both clients make.
type benchmark struct {
	name           string
	calls          int // in a round
	ours, official func()
}

// stub answers every request at once.
type stub struct {
	status int
	body   string
}

func (s stub) Do(r *http.Request) (*http.Response, error) {
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	header := http.Header{"X-Amzn-Requestid": {"request"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: s.status, Header: header, Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: int64(len(s.body))}, nil
}

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "TOKEN"}, nil
})

func config(s stub) aws.Config {
	return aws.Config{Region: "us-east-1", HTTPClient: s, Credentials: credentials}
}

func page(images int) string {
	var b strings.Builder
	b.WriteString(`{"imageDetails":[`)
	for i := range images {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"registryId":"123456789012","repositoryName":"team/app","imageDigest":"sha256:%064d","imageTags":["v1.%d","latest"],`+
			`"imageSizeInBytes":%d,"imagePushedAt":1700000000.123,"imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json",`+
			`"artifactMediaType":"application/vnd.oci.image.config.v1+json"}`, i, i, 1_000_000+i)
	}
	b.WriteString(`],"nextToken":"next"}`)
	return b.String()
}

func cases() []benchmark {
	small := stub{200, `{"repositories":[]}`}
	refused := stub{400, `{"__type":"RepositoryNotFoundException","message":"The repository with name 'x' does not exist"}`}
	nothing := func(*middleware.Stack) error { return nil }
	return []benchmark{
		describeRepositories("small call", small, nil),
		parallel(describeRepositories("small call, 8 goroutines", small, nil)),
		describeRepositories("call with an API option", small, nothing),
		describeRepositories("call that fails", refused, nil),
		describeImages("page of 100 images", 200, stub{200, page(100)}),
		describeImages("page of 1,000 images", 20, stub{200, page(1000)}),
		uploadPart("10 MiB part from a slice", false),
		uploadPart("10 MiB part from a reader", true),
		coldClient(small),
		iterate(),
	}
}

// must ends the program on an error that a case does not expect.
func must(err error) {
	if err != nil && !strings.Contains(err.Error(), "RepositoryNotFoundException") {
		log.Fatal(err)
	}
}

func describeRepositories(name string, s stub, option func(*middleware.Stack) error) benchmark {
	a, b := ecrpublic.NewFromConfig(config(s)), official.NewFromConfig(config(s))
	if option != nil {
		a = ecrpublic.NewFromConfig(config(s), ecrpublic.WithAPIOptions(option))
		b = official.NewFromConfig(config(s), official.WithAPIOptions(option))
	}
	return benchmark{name: name, calls: 1000,
		ours: func() {
			_, err := a.DescribeRepositories(context.Background(), &ecrpublic.DescribeRepositoriesInput{})
			must(err)
		},
		official: func() {
			_, err := b.DescribeRepositories(context.Background(), &official.DescribeRepositoriesInput{})
			must(err)
		},
	}
}

// parallel makes each call of a case from eight goroutines at once.
func parallel(c benchmark) benchmark {
	spread := func(call func()) func() {
		return func() {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 8 {
						call()
					}
				})
			}
			wg.Wait()
		}
	}
	c.calls, c.ours, c.official = c.calls/20, spread(c.ours), spread(c.official)
	return c
}

func describeImages(name string, calls int, s stub) benchmark {
	a, b := ecrpublic.NewFromConfig(config(s)), official.NewFromConfig(config(s))
	return benchmark{name: name, calls: calls,
		ours: func() {
			_, err := a.DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
			must(err)
		},
		official: func() {
			_, err := b.DescribeImages(context.Background(), &official.DescribeImagesInput{RepositoryName: aws.String("app")})
			must(err)
		},
	}
}

func uploadPart(name string, reader bool) benchmark {
	s := stub{200, "{}"}
	a, b := ecrpublic.NewFromConfig(config(s)), official.NewFromConfig(config(s))
	part := bytes.Repeat([]byte("0123456789abcdef"), 10<<20/16)
	return benchmark{name: name, calls: 4,
		ours: func() {
			in := &ecrpublic.UploadLayerPartInput{
				RepositoryName: aws.String("app"), UploadId: aws.String("upload"),
				PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(part)) - 1),
			}
			if reader {
				in.LayerPartReader = bytes.NewReader(part)
			} else {
				in.LayerPartBlob = part
			}
			_, err := a.UploadLayerPart(context.Background(), in)
			must(err)
		},
		official: func() {
			blob := part
			if reader { // it takes bytes only
				blob, _ = io.ReadAll(bytes.NewReader(part))
			}
			_, err := b.UploadLayerPart(context.Background(), &official.UploadLayerPartInput{
				RepositoryName: aws.String("app"), UploadId: aws.String("upload"),
				PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(part)) - 1), LayerPartBlob: blob,
			})
			must(err)
		},
	}
}

// coldClient makes a client and its first call.
func coldClient(s stub) benchmark {
	return benchmark{name: "new client, first call", calls: 500,
		ours: func() {
			_, err := ecrpublic.NewFromConfig(config(s)).DescribeRepositories(context.Background(), nil)
			must(err)
		},
		official: func() {
			_, err := official.NewFromConfig(config(s)).DescribeRepositories(context.Background(), nil)
			must(err)
		},
	}
}
