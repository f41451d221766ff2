package compare

import (
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

const (
	officialPath = "github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	ourPath      = "github.com/ecr-public/ecr-public-go"
)

// omitted lists the official names that this package does not have, and why.
var omitted = map[string]string{
	"TypeRegistry":               "plumbing of the code generator",
	"Options.Protocol":           "plumbing of the code generator",
	"Serialize":                  "plumbing of the code generator",
	"SerializeMembers":           "plumbing of the code generator",
	"Deserialize":                "plumbing of the code generator",
	"EndpointResolver":           "deprecated in favour of EndpointResolverV2",
	"EndpointResolverFunc":       "deprecated in favour of EndpointResolverV2",
	"EndpointResolverFromURL":    "deprecated in favour of BaseEndpoint",
	"NewDefaultEndpointResolver": "deprecated in favour of NewDefaultEndpointResolverV2",
	"WithEndpointResolver":       "deprecated in favour of WithEndpointResolverV2",
	"Options.EndpointResolver":   "deprecated in favour of Options.EndpointResolverV2",
	"ResolveEndpoint":            "deprecated middleware",
}

// additional lists the methods that official types have only here, and why.
var additional = map[string]string{}

// TestExportedAPI checks that every exported name of the official packages exists here
// with the same type.
func TestExportedAPI(t *testing.T) {
	t.Parallel()
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps},
		officialPath, officialPath+"/types", ourPath+"/ecrpublic", ourPath+"/types")
	require.NoError(t, err)
	byPath := map[string]*types.Package{}
	for _, p := range loaded {
		require.Empty(t, p.Errors)
		byPath[p.PkgPath] = p.Types
	}
	compared := 0
	for official, ours := range map[string]string{officialPath: ourPath + "/ecrpublic", officialPath + "/types": ourPath + "/types"} {
		have := surface(byPath[ours])
		for name, want := range surface(byPath[official]) {
			owner, member, _ := strings.Cut(name, ".")
			if omitted[name] != "" || omitted[owner] != "" || omitted[member] != "" {
				continue
			}
			assert.Equal(t, want, have[name], "%s: what the official package has, and what this one has", name)
			compared++
		}
		requireNoMoreMethods(t, byPath[official], byPath[ours])
	}
	t.Logf("%d names compared", compared)
	assert.Greater(t, compared, 500)
}

// requireNoMoreMethods looks for methods that types with official names have only here.
// They could conflict with an interface or an embedding type of a program.
func requireNoMoreMethods(t *testing.T, official, ours *types.Package) {
	t.Helper()
	for _, name := range ours.Scope().Names() {
		counterpart, ok := official.Scope().Lookup(name).(*types.TypeName)
		if !ok || !counterpart.Exported() {
			continue
		}
		theirs := methodSet(counterpart.Type())
		for m := range methodSet(ours.Scope().Lookup(name).Type()).Methods() {
			if m.Obj().Exported() && theirs.Lookup(official, m.Obj().Name()) == nil {
				assert.NotEmpty(t, additional[name+"."+m.Obj().Name()], "%s has method %s, which the official type lacks", name, m.Obj().Name())
			}
		}
	}
}

func methodSet(t types.Type) *types.MethodSet {
	if types.IsInterface(t) {
		return types.NewMethodSet(t)
	}
	return types.NewMethodSet(types.NewPointer(t))
}

// surface flattens a package's exported API into names and types.
func surface(p *types.Package) map[string]string {
	out := map[string]string{}
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		out[name] = describe(object.Type())
		if t, ok := object.(*types.TypeName); ok {
			out[name] = "type"
			if t.IsAlias() && !strings.Contains(types.Unalias(t.Type()).String(), "/internal/") { // programs cannot name it
				out[name] = "type = " + describe(types.Unalias(t.Type()))
			}
			addMembers(out, name, object.Type())
		}
	}
	return out
}

func addMembers(out map[string]string, name string, t types.Type) {
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() && !f.Embedded() {
				out[name+"."+f.Name()] = describe(f.Type())
			}
		}
	}
	for m := range methodSet(t).Methods() {
		if m.Obj().Exported() {
			out[name+"."+m.Obj().Name()] = describe(m.Type())
		}
	}
}

// describe formats a type, with the same package paths for both modules.
func describe(t types.Type) string {
	text := types.TypeString(t, func(p *types.Package) string {
		path := strings.TrimPrefix(strings.TrimPrefix(p.Path(), ourPath+"/"), officialPath+"/")
		return strings.TrimPrefix(path, "github.com/aws/aws-sdk-go-v2/service/")
	})
	return strings.ReplaceAll(text, "interface{}", "any")
}
