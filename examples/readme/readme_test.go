// Package readme keeps the code in README.md compiling. Each function body below
// appears there word for word, and the program at its top is run.
package readme

import (
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func readmePaginate(ctx context.Context, client *ecrpublic.Client, token *string) (*ecrpublic.DescribeImagesOutput, *string, error) {
	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   new("app"),
		PaginationConfig: &types.PaginatorConfig{MaxItems: new(int32(500)), StartingToken: token},
	})
	out, err := p.Collect(ctx) // one output with up to 500 images
	token = p.ResumeToken()    // resume here later, in Go, boto3 or the AWS CLI
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

func readmeRegistry(ctx context.Context, client *ecrpublic.Client, repository *remote.Repository) error {
	host, err := registry.New(registry.Options{Login: login.NewProvider(client)}) // without Login: anonymous
	if err != nil {
		return err
	}
	repository.Client = host // authenticates an oras-go remote.Repository; for go-containerregistry, use host.Transport()
	for tag, err := range host.Tags(ctx, imageref.Reference{Alias: "docker", RepositoryName: "library/alpine"}) {
		if err != nil {
			return err
		}
		fmt.Println(tag)
	}
	// end
	return nil
}

func readmePush(ctx context.Context, client *ecrpublic.Client) error {
	source, err := imagepush.Open(ctx, "image.tar") // an OCI layout (directory or tar) or a docker save archive
	if err != nil {
		return err
	}
	defer source.Close()
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
	fmt.Print(plan) // nothing is deleted yet; the plan keeps children and referrers of kept images
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
	assert.Equal(t, 5, checked)
	assert.NotNil(t, readmeTest())
	_, _, _, _ = readmePaginate, readmeRegistry, readmePush, readmePrune
}

// TestReadmeProgram runs the program at the top of the README against the emulator.
func TestReadmeProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, program, found := strings.Cut(string(readme), "```go\npackage main\n")
	require.True(t, found)
	program, _, found = strings.Cut(program, "```\n")
	require.True(t, found)
	main := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(main, []byte("package main\n"+program), 0o600))
	formatted, err := format.Source([]byte(program))
	require.NoError(t, err)
	assert.Equal(t, string(formatted), program, "gofmt")

	server := ecrpublictest.NewServer()
	defer server.Close()
	image, err := server.AddImage("app", "v1", "latest")
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "go", "run", main)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_ECR_PUBLIC="+server.URL, "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AWS_REGION=us-east-1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, image+" [v1 latest]\n", string(out))
}
