// Package readme keeps the code in README.md compiling: each function body below
// stands there word for word.
package readme

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func readmeUse(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := ecrpublic.NewFromConfig(cfg) // always us-east-1, where the service is
	images := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")})
	for image, err := range images.Items(ctx) {
		if err != nil {
			return err
		}
		fmt.Println(*image.ImageDigest, image.ImageTags)
	}
	// end
	return nil
}

func readmePaginate(ctx context.Context, client *ecrpublic.Client, token *string) (*ecrpublic.DescribeImagesOutput, *string, error) {
	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   aws.String("app"),
		PaginationConfig: &types.PaginatorConfig{MaxItems: aws.Int32(500), StartingToken: token},
	}, func(o *paginators.Options) { o.Prefetch = 1 })
	out, err := p.Collect(ctx) // one output with up to 500 images
	token = p.ResumeToken()    // where to go on, also for boto3 and the AWS CLI
	// end
	return out, token, err
}

func readmeTest() *ecrpublic.Client {
	server := ecrpublictest.NewServer()
	defer server.Close()
	client := server.Client()
	// end
	return client
}

func readmeLogin(client *ecrpublic.Client, repository *remote.Repository) error {
	host, err := registry.New(registry.Options{Login: login.NewProvider(client)})
	repository.Client = host // oras-go with renewed tokens; for crane: crane.WithTransport(host.Transport())
	// end
	return err
}

func readmePush(ctx context.Context, client *ecrpublic.Client) error {
	source, err := imagepush.Open(ctx, "image.tar") // OCI layout, as folder or tar, or docker save
	if err != nil {
		return err
	}
	result, err := imagepush.Push(ctx, client, source, imagepush.PushOptions{Repository: "app", Tag: "v1"})
	// end
	fmt.Println(result)
	return err
}

func readmePrune(ctx context.Context, client *ecrpublic.Client) error {
	old := housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 30 * 24 * time.Hour}
	plan, err := housekeeping.Prune(ctx, client, "app", housekeeping.Policy{Rules: []housekeeping.Rule{old}})
	if err != nil {
		return err
	}
	fmt.Print(plan) // a dry run; what is not known, or belongs to an image that stays, is kept
	deleted, err := plan.Apply(ctx, client)
	// end
	fmt.Println(deleted)
	return err
}

func TestReadmeHasThisCode(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "readme_test.go", source, 0)
	require.NoError(t, err)
	checked := 0
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "readme") {
			continue
		}
		body := string(source[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset])
		body, _, found := strings.Cut(body, "\t// end\n")
		require.True(t, found, f.Name.Name)
		assert.Contains(t, string(readme), strings.ReplaceAll(body, "\n\t", "\n"), f.Name.Name)
		checked++
	}
	assert.Equal(t, 6, checked)
	assert.NotNil(t, readmeTest())
	_, _, _, _, _ = readmeUse, readmePaginate, readmeLogin, readmePush, readmePrune
}
