package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEverythingExportedIsDocumented requires a comment on every package, and on every
// exported function, type, method, field, constant and variable. The methods of an
// interface may be described by the comment of the interface.
func TestEverythingExportedIsDocumented(t *testing.T) {
	t.Parallel()
	names := 0
	for dir, files := range parseModule(t) {
		documented := false
		for _, f := range files.syntax {
			documented = documented || f.Doc.Text() != ""
			for _, decl := range f.Decls {
				for _, n := range exported(decl) {
					names++
					position := files.set.Position(n.pos)
					switch text := n.doc.Text(); {
					case text == "":
						assert.Failf(t, "no comment", "%s: %s", position, n.name)
					case n.leads && !leads(text, n.name):
						assert.Failf(t, "the comment begins with another word", "%s: %s", position, n.name)
					}
				}
			}
		}
		assert.True(t, documented, "%s: no package comment", dir)
	}
	assert.Greater(t, names, 900)
}

// packageFiles holds the files of one package, without its tests.
type packageFiles struct {
	set    *token.FileSet
	syntax []*ast.File
}

// parseModule returns the packages of this module by directory.
func parseModule(t *testing.T) map[string]packageFiles {
	t.Helper()
	root, packages, set := filepath.Join("..", ".."), map[string]packageFiles{}, token.NewFileSet()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(filepath.ToSlash(name), d.Name())
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(name)
		packages[dir] = packageFiles{set, append(packages[dir].syntax, file)}
		return nil
	}))
	return packages
}

// skip skips packages that other modules cannot import, and directories without code.
func skip(path, base string) error {
	if path == "examples" || base == "internal" || base == "testdata" || path != "." && strings.HasPrefix(base, ".") {
		return fs.SkipDir
	}
	return nil
}

// named is an exported name.
type named struct {
	name  string
	pos   token.Pos
	doc   *ast.CommentGroup
	leads bool // whether its comment must begin with it
}

func exported(decl ast.Decl) []named {
	if f, ok := decl.(*ast.FuncDecl); ok {
		if !f.Name.IsExported() || f.Recv != nil && !ast.IsExported(receiver(f.Recv.List[0].Type)) {
			return nil
		}
		return []named{{f.Name.Name, f.Pos(), f.Doc, true}}
	}
	group := decl.(*ast.GenDecl)
	var found []named
	for _, spec := range group.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				found = append(found, named{spec.Name.Name, spec.Pos(), first(spec.Doc, alone(group)), true})
				found = append(found, fields(spec)...)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() {
					found = append(found, named{name.Name, name.Pos(), first(spec.Doc, alone(group)), false})
				}
			}
		}
	}
	return found
}

// fields returns the exported fields of a struct, including embedded ones.
func fields(spec *ast.TypeSpec) (found []named) {
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	for _, field := range structure.Fields.List {
		names := field.Names
		if names == nil { // embedded
			names = []*ast.Ident{ast.NewIdent(receiver(field.Type))}
		}
		for _, name := range names {
			if name.IsExported() {
				found = append(found, named{spec.Name.Name + "." + name.Name, field.Pos(), first(field.Doc, field.Comment), false})
			}
		}
	}
	return found
}

// receiver returns the name of a type without pointer, package and parameters.
func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.IndexListExpr:
		return receiver(expr.X)
	case *ast.SelectorExpr:
		return expr.Sel.Name
	case *ast.Ident:
		return expr.Name
	}
	return ""
}

// alone returns the comment of a declaration without parentheses, which describes its
// only name.
func alone(group *ast.GenDecl) *ast.CommentGroup {
	if group.Lparen.IsValid() {
		return nil
	}
	return group.Doc
}

func first(a, b *ast.CommentGroup) *ast.CommentGroup {
	if a != nil {
		return a
	}
	return b
}

// leads reports whether a text begins with a name, possibly after an article.
func leads(text, name string) bool {
	words := strings.Fields(text)
	if len(words) > 1 && (words[0] == "A" || words[0] == "An") {
		words = words[1:]
	}
	return strings.TrimRight(words[0], ",:") == name
}

// TestNextPageShowsItsResult requires that every paginator of package ecrpublic
// declares NextPage. For a promoted method, godoc shows a type parameter as the result.
func TestNextPageShowsItsResult(t *testing.T) {
	t.Parallel()
	paginators, declared := map[string]bool{}, map[string]bool{}
	for _, file := range parseModule(t)["ecrpublic"].syntax {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "NextPage" {
				declared[receiver(f.Recv.List[0].Type)] = true
				continue
			}
			for _, n := range exported(decl) {
				if strings.HasSuffix(n.name, "Paginator") && !strings.HasPrefix(n.name, "New") {
					paginators[n.name] = true
				}
			}
		}
	}
	assert.Len(t, paginators, 4)
	assert.Equal(t, paginators, declared)
}
