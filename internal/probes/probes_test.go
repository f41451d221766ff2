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
	"reflect"
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

// kind is what a request is refused by: its operation, or its method and its place on
// the registry host.
func kind(operation, method, path string) string {
	if !strings.Contains(operation, "/") {
		return operation
	}
	for _, place := range []string{"/manifests/", "/blobs/uploads/", "/blobs/", "/tags/", "/referrers/"} {
		if strings.Contains(path, place) {
			return method + " " + place
		}
	}
	return method + " " + path
}

// refuse responds to one kind of request on the registry host.
func refuse(of string, status int, code, text string) ecrpublictest.Effect {
	return ecrpublictest.Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" || kind("/", r.Method, r.URL.Path) != of {
				next.ServeHTTP(w, r)
				return
			}
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, text)
		})
	})
}

// What the service does not say is no difference: where one kind of request is denied,
// throttled or fails, the probes that send it are not run and say why. The rest goes on.
func TestRefusedRequestsAreNotRun(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	small := slices.DeleteFunc(probes.All(), func(p probes.Probe) bool { return strings.HasPrefix(p.Name, "parts/") })
	senders := map[string]map[string]bool{} // by kind, the probes that send it when they run alone
	for n, p := range small {
		srv.ResetRequests()
		probes.Run(t.Context(), newSession(srv, fmt.Sprint("alone-", n)), []probes.Probe{p}, func(probes.Result) {})
		for _, r := range srv.Requests() {
			k := kind(r.Operation, r.Method, r.Path)
			if senders[k] == nil {
				senders[k] = map[string]bool{}
			}
			senders[k][p.Name] = true
		}
	}
	host := slices.DeleteFunc(slices.Sorted(maps.Keys(senders)), func(k string) bool { return !strings.Contains(k, "/") })
	assert.Len(t, senders, reflect.TypeFor[probes.API]().NumMethod()+len(host), "all operations, and the registry host")
	assert.Equal(t, []string{
		"GET /blobs/", "GET /manifests/", "GET /referrers/", "GET /tags/", "GET /token/", "GET /v2/", "HEAD /blobs/", "HEAD /manifests/",
		"PATCH /blobs/uploads/", "POST /blobs/uploads/", "PUT /blobs/uploads/", "PUT /manifests/",
	}, host)

	for name, refusal := range map[string]struct {
		api    ecrpublictest.Effect
		status int // of the registry host
		says   string
	}{
		"denied":    {ecrpublictest.Fail(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized"}), http.StatusForbidden, "not authorized"},
		"throttled": {ecrpublictest.Throttle(), http.StatusTooManyRequests, "Rate exceeded"},
		"failing":   {ecrpublictest.Status(503), http.StatusServiceUnavailable, "503"},
	} {
		for n, k := range slices.Sorted(maps.Keys(senders)) {
			srv.ClearFaults()
			fault, says := ecrpublictest.Fault{Operation: k, Effect: refusal.api}, refusal.says
			if strings.Contains(k, "/") {
				fault = ecrpublictest.Fault{Effect: refuse(k, refusal.status, "CODE", says)}
			}
			if strings.HasPrefix(k, "HEAD") { // which has no body
				says = fmt.Sprint(refusal.status)
			}
			srv.Inject(fault)
			first := 0 // of the probes that do not send it
			list := slices.DeleteFunc(slices.Clone(small), func(p probes.Probe) bool {
				if !senders[k][p.Name] {
					first++
				}
				return !senders[k][p.Name] && first > 1
			})
			probes.Run(t.Context(), newSession(srv, fmt.Sprint(name, n)), list, func(r probes.Result) {
				if !senders[k][r.Name] {
					assert.Equal(t, probes.Equal, r.Outcome, "%s %s: %s: %v", k, name, r.Name, r.Details)
					return
				}
				assert.Equal(t, probes.NotRun, r.Outcome, "%s %s: %s: %v", k, name, r.Name, r.Details)
				assert.Contains(t, fmt.Sprint(r.Details), says, "%s %s: %s", k, name, r.Name)
			})
		}
	}
}

// A call without a response ends with the probe's time, and the rest goes on.
func TestSilenceIsNotRun(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Operation: "SetRepositoryPolicy", Effect: ecrpublictest.Delay(time.Hour)})
	s := newSession(srv, "silent")
	outcomes := map[probes.Outcome]int{}
	for _, p := range probes.All() {
		if !strings.HasPrefix(p.Name, "policies/") {
			continue
		}
		s.Timeout = time.Minute
		if _, slow := strings.CutPrefix(p.Name, "policies/a new repository"); !slow {
			s.Timeout = 20 * time.Millisecond
		}
		probes.Run(t.Context(), s, []probes.Probe{p}, func(r probes.Result) {
			outcomes[r.Outcome]++
			assert.True(t, r.Outcome == probes.Equal || strings.Contains(fmt.Sprint(r.Details), "deadline"), "%s: %v", r.Name, r.Details)
		})
	}
	assert.Equal(t, 1, outcomes[probes.Equal])
	assert.Positive(t, outcomes[probes.NotRun])
	assert.Zero(t, outcomes[probes.Differs])

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	probes.Run(ctx, s, probes.All()[:1], func(r probes.Result) { assert.Equal(t, probes.NotRun, r.Outcome) })
}

// On an endpoint that is slow with everything, each probe says so.
func TestSlowEndpointIsNotRun(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Delay(time.Hour)})
	s := newSession(srv, "slow")
	s.Timeout = time.Millisecond
	probes.Run(t.Context(), s, probes.All(), func(r probes.Result) {
		assert.Equal(t, probes.NotRun, r.Outcome, r.Name)
		assert.Contains(t, fmt.Sprint(r.Details), "deadline", r.Name)
	})
	srv.ClearFaults()
	s = newSession(srv, "slow") // a delay changes nothing while responses come in time
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Delay(time.Millisecond)})
	probes.Run(t.Context(), s, probes.All()[:20], func(r probes.Result) { assert.Equal(t, probes.Equal, r.Outcome, "%s: %v", r.Name, r.Details) })
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
