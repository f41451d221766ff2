package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// TestEveryOperationIsEverywhere compares the lists of operations. That of the
// official client is compared in internal/compare.
func TestEveryOperationIsEverywhere(t *testing.T) {
	t.Parallel()
	lists := map[string][]string{
		"ecrpublic.Client":                     methods(reflect.TypeFor[*ecrpublic.Client](), "Options"),
		"ecrpublic.API":                        methods(reflect.TypeFor[ecrpublic.API]()),
		"the mock, ecrpublictest.Client,":      methods(reflect.TypeFor[*ecrpublictest.Client](), "Calls"),
		"the Func fields of the mock":          mockFuncs(),
		"the emulator's map[string]operation,": emulated(t),
	}
	all := map[string]bool{}
	for _, list := range lists {
		for _, operation := range list {
			all[operation] = true
		}
	}
	assert.Len(t, all, 23)
	for name, list := range lists {
		for operation := range all {
			assert.Contains(t, list, operation, "%s lacks operation %s, which another list has", name, operation)
		}
	}
}

// methods returns the names of a type's methods, except some.
func methods(t reflect.Type, without ...string) (names []string) {
	for method := range t.Methods() {
		if !slices.Contains(without, method.Name) {
			names = append(names, method.Name)
		}
	}
	return names
}

// mockFuncs returns the operations that the mock has a func for.
func mockFuncs() (names []string) {
	for field := range reflect.TypeFor[ecrpublictest.Client]().Fields() {
		if name, ok := strings.CutSuffix(field.Name, "Func"); ok {
			names = append(names, name)
		}
	}
	return names
}

// emulated returns the keys of the emulator's table of operations.
func emulated(t *testing.T) (names []string) {
	t.Helper()
	parseBelow(t, "ecrpublic/ecrpublictest", func(file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			table, ok := n.(*ast.CompositeLit)
			if !ok || table.Type == nil || types.ExprString(table.Type) != "map[string]operation" {
				return true
			}
			for _, element := range table.Elts {
				name, err := strconv.Unquote(element.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
				require.NoError(t, err)
				names = append(names, name)
			}
			return false
		})
	})
	return names
}

// TestEveryExceptionIsFound sends the code of every exception of package types, and
// expects an error of that type. The table of exceptions is in package ecrpublic.
func TestEveryExceptionIsFound(t *testing.T) {
	t.Parallel()
	var exceptions []string
	parseBelow(t, "types", func(file *ast.File) {
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if ok && method.Recv != nil && method.Name.Name == "ErrorCode" && ast.IsExported(receiver(method.Recv.List[0].Type)) {
				exceptions = append(exceptions, receiver(method.Recv.List[0].Type))
			}
		}
	})
	assert.GreaterOrEqual(t, len(exceptions), 24)
	for _, name := range exceptions {
		client := ecrpublic.New(ecrpublic.Options{
			Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{},
			HTTPClient: responder(func() *http.Response {
				return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"__type":"` + name + `"}`))}
			}),
		})
		_, err := client.GetAuthorizationToken(t.Context(), nil)
		var api smithy.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "*types."+name, reflect.TypeOf(api).String(),
			"the client makes no types.%s of its code: add it to the table of exceptions in ecrpublic/errors.go", name)
	}
}

type responder func() *http.Response

func (r responder) Do(*http.Request) (*http.Response, error) { return r(), nil }

// parseBelow parses the Go files below a folder, without the tests.
func parseBelow(t *testing.T, folder string, see func(*ast.File)) {
	t.Helper()
	set := token.NewFileSet()
	require.NoError(t, filepath.WalkDir(under(folder), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			see(file)
		}
		return err
	}))
}
