// Command percall changes the client's options for one call, and reads a call's
// metadata.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithAppID("percall"))
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	settings(client)
	headers(ctx, client)
	logs(ctx, client)
	metadata(ctx, client)
	timeouts(ctx, client)
	anonymous(ctx, client)
}

// settings shows that options are copies.
func settings(client *ecrpublic.Client) {
	o := client.Options()
	o.Region = "eu-west-1"
	o.APIOptions = append(o.APIOptions, nil)
	fmt.Println(client.Options().Region, len(client.Options().APIOptions), o.AppID, o.Credentials != nil, o.Retryer.MaxAttempts())
	second := o.Copy()
	second.APIOptions = nil
	fmt.Println(len(o.APIOptions), len(second.APIOptions))
}

// seen is an HTTP client that remembers the last request.
type seen struct{ last *http.Request }

func (s *seen) Do(r *http.Request) (*http.Response, error) {
	s.last = r
	return http.DefaultClient.Do(r)
}

func headers(ctx context.Context, client *ecrpublic.Client) {
	var s seen
	listen := func(o *ecrpublic.Options) { o.HTTPClient = &s }
	add := ecrpublic.WithAPIOptions(smithyhttp.SetHeaderValue("X-Purpose", "test"), awsmiddleware.AddUserAgentKey("once"))
	if _, err := client.DescribeRegistries(ctx, nil, listen, add); err != nil {
		log.Fatal(err)
	}
	agent := s.last.Header.Get("User-Agent")
	fmt.Println(s.last.Header.Get("X-Purpose"), strings.Contains(agent, "once"), strings.Contains(agent, "app/percall"), strings.Contains(agent, "api/ecrpublic#"))
	if _, err := client.DescribeRegistries(ctx, nil, listen); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %v\n", s.last.Header.Get("X-Purpose"), strings.Contains(s.last.Header.Get("User-Agent"), "once"))
	fmt.Println(s.last.Method, s.last.URL.Path, s.last.Header.Get("Content-Type"), s.last.Header.Get("X-Amz-Target"), s.last.Header.Get("Amz-Sdk-Request"))
}

// logs counts what is logged for one call.
func logs(ctx context.Context, client *ecrpublic.Client) {
	var lines []string
	logger := logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
		lines = append(lines, string(class)+" "+fmt.Sprintf(format, v...))
	})
	_, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"app"}}, func(o *ecrpublic.Options) {
		o.Logger, o.ClientLogMode = logger, aws.LogRequestWithBody|aws.LogResponse
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range lines {
		first, _, _ := strings.Cut(line, "\r\n")
		fmt.Println(strings.TrimSpace(strings.ReplaceAll(first, "\n", " ")), strings.Contains(line, `{"repositoryNames":["app"]}`))
	}
}

func metadata(ctx context.Context, client *ecrpublic.Client) {
	out, err := client.DescribeRegistries(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	id, ok := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
	response, isHTTP := awsmiddleware.GetRawResponse(out.ResultMetadata).(*smithyhttp.Response)
	at, timed := awsmiddleware.GetResponseAt(out.ResultMetadata)
	server, dated := awsmiddleware.GetServerTime(out.ResultMetadata)
	fmt.Println(ok, id == response.Header.Get("X-Amzn-Requestid"), isHTTP, response.StatusCode, timed, dated, at.Sub(server).Abs() < time.Hour)
}

func timeouts(ctx context.Context, client *ecrpublic.Client) {
	slow := smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_, err := client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) { o.HTTPClient = slow })
	fmt.Println(err)
}

// anonymous makes a call without credentials, which the server refuses.
func anonymous(ctx context.Context, client *ecrpublic.Client) {
	var signed bool
	_, err := client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) {
		o.Credentials = aws.AnonymousCredentials{}
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("Look", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				signed = in.Request.(*smithyhttp.Request).Header.Get("Authorization") != ""
				return next.HandleDeserialize(ctx, in)
			}), middleware.After)
		})
	})
	fmt.Println("signed:", signed, "refused:", err != nil)
}
