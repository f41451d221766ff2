// Command errors shows what a program can find out from a failed call.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	app, nobodys := aws.String("app"), aws.String("nobodys")

	_, err = client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: nobodys})
	explain("a repository that is missing", err)
	_, err = client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: app})
	explain("a policy that is missing", err)
	_, err = client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: app})
	explain("a name that is taken", err)
	_, err = client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: app})
	explain("a repository with images", err)
	_, err = client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: app, ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v99")}}})
	explain("an image that is missing", err)
	_, err = client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: app, PolicyText: aws.String("{")})
	explain("a policy that is none", err)
	_, err = client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{RepositoryName: app, PartFirstByte: aws.Int64(0)})
	explain("members that are missing", err)
	_, err = client.DescribeRepositories(ctx, nil, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 1 })
	explain("a code that nobody knows", err)

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = client.DescribeRegistries(cancelled, nil)
	explain("a context that is over", err)

	_, err = client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) {
		o.BaseEndpoint = aws.String("http://127.0.0.1:1")
		o.Retryer = aws.NopRetryer{}
	})
	explain("nobody who listens", err)

	failures(ctx, client)
}

// explain prints all that an error says.
func explain(what string, err error) {
	fmt.Println("--", what)
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		fmt.Println("operation:", operation.Service(), operation.Operation())
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		fmt.Printf("API error: %T %s: %s (%s)\n", api, api.ErrorCode(), api.ErrorMessage(), api.ErrorFault())
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		fmt.Println("response:", response.HTTPStatusCode(), response.HTTPResponse().Header.Get("Content-Type"))
	}
	var withID *awshttp.ResponseError
	if errors.As(err, &withID) {
		text := err.Error()
		if id := withID.ServiceRequestID(); id != "" { // another one in each run
			text = strings.ReplaceAll(text, id, "ID")
		}
		fmt.Println("text:", text)
	}
	var invalid smithy.InvalidParamsError
	if errors.As(err, &invalid) {
		fmt.Println("invalid:", invalid.Len(), invalid.Errs(), invalid)
	}
	var canceled *smithy.CanceledError
	fmt.Println("cancelled:", errors.As(err, &canceled), errors.Is(err, context.Canceled))
	var sent *smithyhttp.RequestSendError
	var dial *net.OpError
	fmt.Println("send error:", errors.As(err, &sent), errors.As(err, &dial))
	var exhausted *retry.MaxAttemptsError
	fmt.Println("attempts used up:", errors.As(err, &exhausted))
	fmt.Println(sort(err))
}

// sort says what a program would do about an error.
func sort(err error) string {
	var (
		noRepository *types.RepositoryNotFoundException
		noPolicy     *types.RepositoryPolicyNotFoundException
		noImage      *types.ImageNotFoundException
		taken        *types.RepositoryAlreadyExistsException
		notEmpty     *types.RepositoryNotEmptyException
		parameter    *types.InvalidParameterException
	)
	switch {
	case errors.As(err, &noRepository):
		return "create it: " + noRepository.Error()
	case errors.As(err, &noPolicy):
		return "set it: " + aws.ToString(noPolicy.Message)
	case errors.As(err, &noImage):
		return "push it: " + noImage.ErrorCode()
	case errors.As(err, &taken):
		return "use it: " + taken.ErrorMessage()
	case errors.As(err, &notEmpty):
		return "force it: " + notEmpty.ErrorMessage()
	case errors.As(err, &parameter):
		return "mend it: " + parameter.ErrorFault().String()
	}
	return "give up"
}

// failures prints the failures in the output of a successful call.
func failures(ctx context.Context, client *ecrpublic.Client) {
	out, err := client.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{
		RepositoryName: aws.String("app"),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String("v1")}, {ImageTag: aws.String("v98")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range out.Failures {
		fmt.Println(*f.ImageId.ImageTag, f.FailureCode == types.ImageFailureCodeImageNotFound, *f.FailureReason)
	}
	fmt.Println("deleted:", len(out.ImageIds))
}
