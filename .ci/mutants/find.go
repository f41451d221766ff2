package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is a file with a change.
type mutant struct {
	dir, file string
	line      int
	code      string // the line before the change
	change    string
	text      []byte // of the file, changed
}

// key names a mutant without its line number.
func (m mutant) key() string { return m.file + " | " + m.code + " | " + m.change }

// swaps are operators and what they turn into.
var swaps = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.LAND: "||", token.LOR: "&&", token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*",
}

// find lists all mutants of a package.
func find(dir string) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var found []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, text, 0)
		if err != nil {
			return nil, err
		}
		c := change{dir: dir, file: file, text: text, set: set}
		for _, decl := range tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				ast.Inspect(f, c.visit)
			}
		}
		found = append(found, c.found...)
	}
	return found, nil
}

// change collects the mutants of a file.
type change struct {
	dir, file string
	text      []byte
	set       *token.FileSet
	found     []mutant
}

func (c *change) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if to, ok := swaps[n.Op]; ok {
			c.replace(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to)
		}
	case *ast.IfStmt:
		c.replace(n.Cond.Pos(), n.Cond.End(), "!("+c.source(n.Cond)+")")
	case *ast.BasicLit:
		if i, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil {
			c.replace(n.Pos(), n.End(), strconv.Itoa(i+1))
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			c.replace(n.Pos(), n.End(), strconv.FormatBool(n.Name == "false"))
		}
	case *ast.BranchStmt:
		if n.Label == nil && n.Tok == token.CONTINUE {
			c.replace(n.Pos(), n.End(), "break")
		}
	case *ast.ExprStmt:
		c.replace(n.Pos(), n.End(), "")
	case *ast.DeferStmt:
		c.replace(n.Pos(), n.End(), "")
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			c.drop(n)
		}
	case *ast.ReturnStmt:
		for _, result := range n.Results {
			if id, ok := result.(*ast.Ident); ok && id.Name == "err" {
				c.replace(id.Pos(), id.End(), "nil")
			}
		}
	}
	return true
}

// drop leaves out an assignment but keeps its variables used.
func (c *change) drop(n *ast.AssignStmt) {
	var blanks, used []string
	for _, left := range n.Lhs {
		if c.source(left) == "_" {
			continue
		}
		blanks, used = append(blanks, "_"), append(used, c.source(left))
	}
	if len(used) > 0 {
		c.replace(n.Pos(), n.End(), strings.Join(blanks, ", ")+" = "+strings.Join(used, ", "))
	}
}

func (c *change) offset(p token.Pos) int { return c.set.Position(p).Offset }

func (c *change) source(n ast.Node) string {
	return string(c.text[c.offset(n.Pos()):c.offset(n.End())])
}

func (c *change) replace(from, to token.Pos, with string) {
	start, end := c.offset(from), c.offset(to)
	old := string(c.text[start:end])
	line := c.set.Position(from).Line
	text := append(append(append([]byte{}, c.text[:start]...), with...), c.text[end:]...)
	oneLine := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	c.found = append(c.found, mutant{
		dir: c.dir, file: c.file, line: line, text: text,
		code:   oneLine(strings.Split(string(c.text), "\n")[line-1]),
		change: fmt.Sprintf("%s => %s", oneLine(old), oneLine(with)),
	})
}
