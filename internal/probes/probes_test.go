package probes_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image/png"
	"io/fs"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// newSession is one on a server, with a client that does not retry.
func newSession(srv *ecrpublictest.Server, prefix string) *probes.Session {
	return &probes.Session{
		API:    srv.Client(func(o *ecrpublic.Options) { o.Retryer = aws.NopRetryer{} }),
		HTTP:   &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Host:   srv.URL,
		Prefix: prefix,
	}
}

func newServer(t *testing.T) *ecrpublictest.Server {
	t.Helper()
	srv := ecrpublictest.NewServer()
	t.Cleanup(srv.Close)
	return srv
}

func TestNamesAreUniqueAndInOrder(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	first, second := probes.All(), probes.All()
	for i, p := range first {
		assert.False(t, seen[p.Name], p.Name)
		seen[p.Name] = true
		assert.Equal(t, p.Name, second[i].Name)
		assert.Equal(t, strings.HasPrefix(p.Name, "registry/"), p.Registry, p.Name)
	}
	assert.GreaterOrEqual(t, len(seen), 150)
}

// A probe makes what it needs, so that each can be chosen alone.
func TestEveryProbeRunsByItself(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for i, p := range probes.All() {
		probes.Run(t.Context(), newSession(srv, fmt.Sprint("alone-", i)), []probes.Probe{p}, func(r probes.Result) {
			assert.Equal(t, probes.Equal, r.Outcome, "%s: %v", r.Name, r.Details)
		})
	}
}

// What the service does not say is no difference: with an operation that is denied or
// throttled, probes are equal or not run.
func TestRefusedOperationsAreNoDifferences(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	operations := map[string]bool{}
	probes.Run(t.Context(), newSession(srv, "all"), probes.All(), func(probes.Result) {})
	for _, r := range srv.Requests() {
		operations[r.Operation] = true
	}
	effects := []ecrpublictest.Effect{
		ecrpublictest.Fail(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized", Fault: smithy.FaultClient}),
		ecrpublictest.Throttle(), ecrpublictest.Status(503),
	}
	small := slices.DeleteFunc(probes.All(), func(p probes.Probe) bool { return strings.HasPrefix(p.Name, "parts/") })
	maps.DeleteFunc(operations, func(name string, _ bool) bool { return name == "" || strings.Contains(name, "/") }) // the registry host
	for n, operation := range slices.Sorted(maps.Keys(operations)) {
		srv.ClearFaults()
		srv.Inject(ecrpublictest.Fault{Operation: operation, Effect: effects[n%len(effects)]})
		notRun := 0
		probes.Run(t.Context(), newSession(srv, fmt.Sprint("refused-", n)), small, func(r probes.Result) {
			assert.NotEqual(t, probes.Differs, r.Outcome, "%s: %s: %v", operation, r.Name, r.Details)
			if r.Outcome == probes.NotRun {
				notRun++
				assert.NotEmpty(t, r.Details, r.Name)
			}
		})
		assert.Positive(t, notRun, operation)
	}
	assert.GreaterOrEqual(t, len(operations), 22)
}

// A call without a response ends with the probe's time, and the rest goes on.
func TestSilenceIsNoDifference(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Operation: "SetRepositoryPolicy", Effect: ecrpublictest.Delay(time.Hour)})
	s := newSession(srv, "silent")
	s.Timeout = 20 * time.Millisecond
	notRun := 0
	for _, p := range probes.All() {
		if strings.HasPrefix(p.Name, "policies/") {
			probes.Run(t.Context(), s, []probes.Probe{p}, func(r probes.Result) {
				if r.Outcome == probes.NotRun {
					notRun++
					assert.ErrorContains(t, fmt.Errorf("%v", r.Details), "deadline")
				}
			})
		}
	}
	assert.Positive(t, notRun)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	probes.Run(ctx, s, probes.All()[:1], func(r probes.Result) { assert.Equal(t, probes.NotRun, r.Outcome) })
}

// Changes that are not seen at once are waited for.
func TestChangesArePolledFor(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.HideNew(2)})
	s := newSession(srv, "hidden")
	polls := 0
	s.Poll = func(context.Context) { polls++ }
	probes.Run(t.Context(), s, probes.All()[:1], func(r probes.Result) {
		assert.Equal(t, probes.Equal, r.Outcome, r.Details)
		require.Len(t, r.Notes, 1)
		assert.Contains(t, r.Notes[0], "look")
	})
	assert.Positive(t, polls)
}

func TestPictureIsAPNG(t *testing.T) {
	t.Parallel()
	_, err := png.Decode(bytes.NewReader(probes.Picture()))
	require.NoError(t, err)
}

// Each fact is checked by a probe or says why not, and each probe's fact is there. What
// the emulator guesses stands where the fact says.
func TestFactsAreProbed(t *testing.T) {
	t.Parallel()
	probed := map[string]bool{}
	for _, p := range probes.All() {
		if p.Fact == "" {
			continue
		}
		probed[p.Fact] = true
		fact, ok := probes.FactOf(p.Fact)
		assert.True(t, ok, "%s: no fact %q", p.Name, p.Fact)
		assert.Empty(t, fact.NotProbed, "%s probes %s", p.Name, p.Fact)
	}
	declared := emulatorNames(t)
	before := ""
	for _, f := range probes.Facts() {
		assert.Less(t, before, f.ID, "sorted, and each once")
		before = f.ID
		assert.Contains(t, []string{"P", "I", "?"}, f.Mark, f.ID)
		assert.NotEmpty(t, f.Claim, f.ID)
		assert.NotEmpty(t, f.Source, f.ID)
		assert.Equal(t, f.NotProbed == "", probed[f.ID], "%s: a probe, or why there is none", f.ID)
		assert.True(t, f.Where == "" || declared[f.Where], "%s: the emulator has no %s", f.ID, f.Where)
	}
	assert.Greater(t, len(probes.Facts()), 100)
}

// emulatorNames are the functions, constants and variables of the emulator.
func emulatorNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	require.NoError(t, filepath.WalkDir(filepath.Join("..", "..", "ecrpublic", "ecrpublictest"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				names[decl.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if values, ok := spec.(*ast.ValueSpec); ok {
						for _, name := range values.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
		return nil
	}))
	return names
}
