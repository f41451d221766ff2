package gallery

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// fake returns fixed results and records its calls.
type fake struct {
	repositories []types.Repository
	describeErr  error
	createErr    error
	created      *ecrpublic.CreateRepositoryInput
	described    *ecrpublic.PutRepositoryCatalogDataInput
	attempts     int
}

func (f *fake) DescribeRepositories(context.Context, *ecrpublic.DescribeRepositoriesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	if f.describeErr != nil {
		return nil, f.describeErr
	}
	return &ecrpublic.DescribeRepositoriesOutput{Repositories: f.repositories, ResultMetadata: middleware.Metadata{}}, nil
}

func (f *fake) CreateRepository(_ context.Context, in *ecrpublic.CreateRepositoryInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error) {
	f.created = in
	if f.createErr != nil {
		return nil, f.createErr
	}
	return &ecrpublic.CreateRepositoryOutput{Repository: &types.Repository{RepositoryUri: aws.String("public.ecr.aws/fake/" + *in.RepositoryName)}}, nil
}

func (f *fake) PutRepositoryCatalogData(_ context.Context, in *ecrpublic.PutRepositoryCatalogDataInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutRepositoryCatalogDataOutput, error) {
	f.described = in
	var o ecrpublic.Options
	for _, fn := range optFns {
		fn(&o)
	}
	f.attempts = o.RetryMaxAttempts
	return &ecrpublic.PutRepositoryCatalogDataOutput{CatalogData: &types.RepositoryCatalogData{MarketplaceCertified: aws.Bool(false)}}, nil
}

var page = &types.RepositoryCatalogDataInput{
	Description:      aws.String("a tool"),
	Architectures:    []string{"x86-64", "ARM 64"},
	OperatingSystems: []string{"Linux"},
}

func TestExisting(t *testing.T) {
	f := &fake{repositories: []types.Repository{{RepositoryName: aws.String("tool"), RepositoryUri: aws.String("public.ecr.aws/fake/tool")}}}
	uri, err := publish(context.Background(), f, "tool", "a tool")
	if err != nil || uri != "public.ecr.aws/fake/tool" {
		t.Fatal(uri, err)
	}
	want := &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: aws.String("tool"), CatalogData: page}
	if !reflect.DeepEqual(f.described, want) {
		t.Errorf("got %+v", f.described)
	}
	t.Log("attempts", f.attempts, "created", f.created != nil)
}

func TestMissing(t *testing.T) {
	f := &fake{describeErr: &types.RepositoryNotFoundException{Message: aws.String("no tool")}}
	uri, err := publish(context.Background(), f, "tool", "a tool")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f.created.CatalogData, page) {
		t.Errorf("got %+v", f.created.CatalogData)
	}
	t.Log(uri, *f.created.Tags[0].Key)
}

func TestFailures(t *testing.T) {
	refused := &types.LimitExceededException{Message: aws.String("too many"), ErrorCodeOverride: aws.String("Full")}
	for _, c := range []struct {
		name string
		fake *fake
	}{
		{"quota", &fake{describeErr: &types.RepositoryNotFoundException{}, createErr: refused}},
		{"throttled", &fake{describeErr: &smithy.GenericAPIError{Code: "ThrottlingException", Message: "slow down"}}},
		{"wrapped", &fake{describeErr: &smithy.OperationError{ServiceID: ecrpublic.ServiceID, OperationName: "DescribeRepositories", Err: &types.ServerException{Message: aws.String("oh")}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := publish(context.Background(), c.fake, "tool", "a tool")
			var api smithy.APIError
			if !errors.As(err, &api) {
				t.Fatal(err)
			}
			t.Log(err, "|", api.ErrorCode(), api.ErrorFault())
		})
	}
}

// TestForReal runs the same against a server.
func TestForReal(t *testing.T) {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	for range 2 { // create, then find
		uri, err := publish(context.Background(), client, "tools/tool", "a tool")
		if err != nil {
			t.Fatal(err)
		}
		t.Log(uri)
	}
	out, err := client.GetRepositoryCatalogData(context.Background(), &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: aws.String("tools/tool")})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(*out.CatalogData.Description, out.CatalogData.Architectures, out.CatalogData.OperatingSystems)
}
