// Command middleware adds its own steps to every phase of a call, around the
// client's steps, and inspects the stack.
package main

import (
	"context"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithAPIOptions([]func(*middleware.Stack) error{
		awsmiddleware.AddUserAgentKeyValue("team", "registry"),
		smithyhttp.AddHeaderValue("X-Team", "registry"),
	}))
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg, ecrpublic.WithAPIOptions(watch))
	out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"app"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("repositories:", len(out.Repositories), "noted:", out.ResultMetadata.Get(noteKey{}))
	fmt.Println("-- inspect")
	inspect(ctx, cfg)
	fmt.Println("-- cached")
	cached(ctx, cfg)
	fmt.Println("-- interceptors")
	interceptors(ctx, cfg)
	fmt.Println("-- refused")
	refused(ctx, cfg)
}

type noteKey struct{}

// watch adds a step to each phase, next to steps of the client.
func watch(stack *middleware.Stack) error {
	begin := middleware.InitializeMiddlewareFunc("Begin", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		fmt.Printf("begin %s %s %s %T\n", awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx), awsmiddleware.GetRegion(ctx), in.Parameters)
		ctx = middleware.WithStackValue(ctx, noteKey{}, "a note")
		out, metadata, err := next.HandleInitialize(ctx, in)
		metadata.Set(noteKey{}, "end")
		fmt.Printf("end %T\n", out.Result)
		return out, metadata, err
	})
	serialized := middleware.SerializeMiddlewareFunc("Serialized", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
		request := in.Request.(*smithyhttp.Request)
		length, _, _ := request.StreamLength()
		fmt.Println("serialized", request.Method, request.URL.Path, request.Header.Get("X-Amz-Target"), request.Header.Get("Content-Type"), length)
		return next.HandleSerialize(ctx, in)
	})
	built := middleware.BuildMiddlewareFunc("Built", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
		request := in.Request.(*smithyhttp.Request)
		request.Header.Set("X-Built", fmt.Sprint(middleware.GetStackValue(ctx, noteKey{})))
		fmt.Println("built", request.ContentLength, strings.Contains(request.Header.Get("User-Agent"), "team/registry"))
		return next.HandleBuild(ctx, in)
	})
	resolved := middleware.FinalizeMiddlewareFunc("Resolved", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		request := in.Request.(*smithyhttp.Request)
		fmt.Println("resolved", request.URL.Scheme, request.Header.Get("Authorization") != "")
		return next.HandleFinalize(ctx, in)
	})
	signed := middleware.FinalizeMiddlewareFunc("Signed", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		request := in.Request.(*smithyhttp.Request)
		authorization := request.Header.Get("Authorization")
		fmt.Println("signed", strings.Contains(authorization, "/us-east-1/ecr-public/aws4_request"), strings.Contains(authorization, "x-built"), request.Header.Get("X-Team"))
		return next.HandleFinalize(ctx, in)
	})
	received := middleware.DeserializeMiddlewareFunc("Received", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		response := out.RawResponse.(*smithyhttp.Response)
		fmt.Println("received", response.StatusCode, out.Result != nil)
		return out, metadata, err
	})
	read := middleware.DeserializeMiddlewareFunc("Read", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		result, ok := out.Result.(*ecrpublic.DescribeRepositoriesOutput)
		fmt.Println("read", ok, len(result.Repositories))
		return out, metadata, err
	})
	for _, err := range []error{
		stack.Initialize.Add(begin, middleware.Before),
		stack.Serialize.Insert(serialized, "OperationSerializer", middleware.After),
		stack.Build.Insert(built, "UserAgent", middleware.After),
		stack.Finalize.Insert(resolved, "ResolveEndpointV2", middleware.After),
		stack.Finalize.Insert(signed, "Signing", middleware.After),
		stack.Deserialize.Insert(received, "OperationDeserializer", middleware.After),
		stack.Deserialize.Insert(read, "OperationDeserializer", middleware.Before),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// inspect prints where the official steps are, and moves and removes some.
func inspect(ctx context.Context, cfg aws.Config) {
	client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			fmt.Println(stack.ID())
			for _, phase := range [][]string{stack.Initialize.List(), stack.Serialize.List(), stack.Build.List(), stack.Finalize.List(), stack.Deserialize.List()} {
				fmt.Println(known(phase))
			}
			signing, ok := stack.Finalize.Get("Signing")
			fmt.Println(signing.ID(), ok)
			if _, err := stack.Finalize.Remove("Retry"); err != nil {
				return err
			}
			_, err := stack.Finalize.Remove("NoSuchStep")
			fmt.Println("no such step:", err != nil)
			_, err = stack.Build.Swap("UserAgent", middleware.BuildMiddlewareFunc("UserAgent", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				in.Request.(*smithyhttp.Request).Header.Set("User-Agent", "mine/1")
				return next.HandleBuild(ctx, in)
			}))
			return err
		})
	})
	_, err := client.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")})
	fmt.Println("without retries:", err)
}

var wellKnown = []string{
	"OperationInputValidation", "OperationSerializer", "ClientRequestID", "ComputeContentLength", "UserAgent", "Retry", "RetryMetricsHeader",
	"ResolveAuthScheme", "GetIdentity", "ResolveEndpointV2", "ComputePayloadHash", "Signing",
	"AddRawResponseToMetadata", "OperationDeserializer", "RequestIDRetriever", "RequestResponseLogger", "RecordResponseTiming", "ResponseErrorWrapper",
}

func known(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(wellKnown, id) })
}

// cached returns a result from memory, without a request.
func cached(ctx context.Context, cfg aws.Config) {
	client := ecrpublic.NewFromConfig(cfg)
	out, err := client.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("remembered")}, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Cache", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, _ middleware.Metadata, _ error) {
			name := in.Parameters.(*ecrpublic.DescribeImageTagsInput).RepositoryName
			out.Result = &ecrpublic.DescribeImageTagsOutput{NextToken: aws.String("from memory: " + *name)}
			return out, middleware.Metadata{}, nil
		}), middleware.After)
	}))
	fmt.Println(*out.NextToken, err)
}

type spy struct{}

func (spy) BeforeTransmit(_ context.Context, in *smithyhttp.InterceptorContext) error {
	fmt.Println("before transmit", in.Request.Method, in.Request.Header.Get("X-Amz-Target"))
	return nil
}

func (spy) AfterDeserialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	fmt.Printf("after deserialization %d %T\n", in.Response.StatusCode, in.Output)
	return nil
}

func interceptors(ctx context.Context, cfg aws.Config) {
	client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
		o.Interceptors.AddBeforeTransmit(spy{})
		o.Interceptors.AddAfterDeserialization(spy{})
	})
	_, err := client.DescribeRegistries(ctx, &ecrpublic.DescribeRegistriesInput{})
	fmt.Println(err)
}

// refused shows that what a step returns ends the call.
func refused(ctx context.Context, cfg aws.Config) {
	client := ecrpublic.NewFromConfig(cfg, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("ReadOnly", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			if name := middleware.GetOperationName(ctx); !strings.HasPrefix(name, "Describe") {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("%s is not allowed here", name)
			}
			return next.HandleFinalize(ctx, in)
		}), middleware.Before)
	}))
	_, err := client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("app"), Force: true})
	fmt.Println(err)
}
