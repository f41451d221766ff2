package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
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
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

const (
	account = "210987654321"
	alias   = "acme-team"
)

func newEmulator(t *testing.T, opts ...ecrpublictest.Option) *ecrpublictest.Server {
	t.Helper()
	emulator := ecrpublictest.NewServer(append([]ecrpublictest.Option{ecrpublictest.WithAccount(account)}, opts...)...)
	t.Cleanup(emulator.Close)
	return emulator
}

// small are the probes without the one that sends megabytes.
func small() []probes.Probe {
	return slices.DeleteFunc(probes.All(), func(p probes.Probe) bool { return p.Name == "parts/two parts, the first of 5 MiB" })
}

func noShow(string, int, int) {}

func TestEmulatorIsEqualToItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	stdout, _ := demotest.Run(t, run, "-markdown", filepath.Join(folder, "report.md"), "-json", filepath.Join(folder, "result.json"), "-journals", folder)
	assert.Contains(t, stdout, " probes of emulator compared with emulator, 0 differ\n")
	markdown, err := os.ReadFile(filepath.Join(folder, "report.md"))
	require.NoError(t, err)
	assert.Contains(t, string(markdown), "| host | ")

	stdout, _ = demotest.Run(t, run, "-result", filepath.Join(folder, "result.json"))
	assert.Contains(t, stdout, ", 0 differ\n")
	stdout, _ = demotest.Run(t, run, "-run", "^deletion/", "-compare", filepath.Join(folder, "result.json"), "-journals", folder)
	assert.Regexp(t, `(?m)^deletion +[1-9]\d* +0 +0$`, stdout)
	few := filepath.Join(folder, "few.json")
	demotest.Run(t, run, "-run", "^tokens/", "-json", few, "-journals", folder)
	stdout, _ = demotest.Run(t, run, "-run", "^(tokens|names)/", "-compare", few, "-journals", folder)
	assert.Regexp(t, `, 0 differ, \d\d not in the reference\n$`, stdout)
	demotest.Refuses(t, run, "-compare: open missing.json", "-compare", "missing.json", "-journals", folder)
	journals, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	require.NoError(t, err)
	assert.Empty(t, journals, "each run removes its own")
}

func TestFlags(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "add -yes", "-live")
	demotest.Refuses(t, run, "-run (: ", "-run", "(")
	demotest.Refuses(t, run, "matches no probe", "-run", "no such probe")
	demotest.Refuses(t, run, "-json missing/result.json: ", "-json", "missing/result.json")
	demotest.Refuses(t, run, "-result runs nothing", "-result", "main.go", "-run", "host")
	demotest.Refuses(t, run, "-result: open", "-result", "missing.json")
	demotest.Refuses(t, run, "-result: main.go is not a file of vectors", "-result", "main.go")
	demotest.Refuses(t, run, "is not the address of a server", "-registry-host", "public.ecr.aws")
	demotest.Refuses(t, run, "requests.json is not a result of -json", "-result", filepath.Join("..", "..", "ecrpublic", "testdata", "requests.json"))
	stdout, _ := demotest.Run(t, run, "-facts")
	assert.Contains(t, stdout, "not probed: a run calls one region")
	stdout, _ = demotest.Run(t, run, "-policy")
	assert.True(t, json.Valid([]byte(stdout)))
	assert.NotContains(t, stdout, "PutRegistryCatalogData")
	stdout, _ = demotest.Run(t, run, "-policy", "-registry-data")
	assert.Contains(t, stdout, "PutRegistryCatalogData")
}

// Only repositories of the run's own are touched, each is journaled before it is made,
// and none is left.
func TestOtherRepositoriesAreLeftAlone(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t)
	for _, name := range []string{"team/app", "parity", "parity-production/app"} {
		_, err := emulator.AddImage(name, "v1")
		require.NoError(t, err)
	}
	before := stateOf(t, emulator.Client())
	emulator.ResetRequests()
	folder := t.TempDir()
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-journals", folder)
	assert.Contains(t, stdout, ", 0 differ\n")
	for _, r := range emulator.Requests() {
		switch r.Operation {
		case "DescribeRegistries", "GetAuthorizationToken":
			continue
		}
		if strings.Contains(r.Operation, "/") {
			assert.True(t, r.Path == "/v2/" || r.Path == "/token/" || strings.Contains(r.Path, "/parity-"), r.Path)
			assert.NotContains(t, r.Path, "parity-production")
			continue
		}
		text := bodyOf(t, r)
		assert.Regexp(t, `(?i)"(repositoryName|repositoryNames|resourceArn)":\[?"[^"]*parity-[a-z0-9]{10}/`, text, r.Operation)
		assert.NotContains(t, text, "team/app")
	}
	assert.Equal(t, before, stateOf(t, emulator.Client()))
}

// stateOf is what an account has: repositories with their times and images, and the
// display name.
func stateOf(t *testing.T, client *ecrpublic.Client) []string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var state []string
	out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(1000)})
	require.NoError(t, err)
	for _, r := range out.Repositories {
		images, err := client.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: r.RepositoryName})
		require.NoError(t, err)
		state = append(state, fmt.Sprint(*r.RepositoryName, " ", r.CreatedAt, " ", len(images.ImageTagDetails)))
	}
	catalog, err := client.GetRegistryCatalogData(ctx, nil)
	require.NoError(t, err)
	return append(state, "display name "+aws.ToString(catalog.RegistryCatalogData.DisplayName))
}

func TestGuard(t *testing.T) {
	t.Parallel()
	g := &guard{prefix: "parity-abc", host: "https://public.ecr.aws", next: http.NewFileTransport(http.Dir("."))}
	request := func(operation, body, path string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://public.ecr.aws"+path, strings.NewReader(body))
		require.NoError(t, err)
		if operation != "" {
			r.Header.Set("X-Amz-Target", "SpencerFrontendService."+operation)
		}
		return g.check(r, operation, []byte(body))
	}
	for body, ok := range map[string]bool{
		`{"repositoryName":"parity-abc/app"}`: true, `{"repositoryName":"parity-abcd/app"}`: false, `{"repositoryName":"team/app"}`: false, `{}`: false, `[`: false,
		`{"repositoryNames":["parity-abc/app"]}`: true, `{"repositoryNames":["parity-abc/app","app"]}`: false, `{"repositoryNames":[]}`: false,
		`{"resourceArn":"arn:aws:ecr-public::1:repository/parity-abc/app"}`: true, `{"resourceArn":"arn:aws:ecr-public::1:repository/app"}`: false,
		`{"resourceArn":"arn:aws:ecr-public::1:registry/1"}`: false,
	} {
		assert.Equal(t, ok, request("DescribeRepositories", body, "/") == nil, body)
	}
	for path, ok := range map[string]bool{"/v2/": true, "/token/": true, "/v2/alias/parity-abc/app/tags/list": true, "/v2/alias/app/tags/list": false, "/v2/_catalog": false, "/other": false} {
		assert.Equal(t, ok, request("", "", path) == nil, path)
	}
	g.host = "http://127.0.0.1:4510"
	assert.ErrorContains(t, request("", "", "/v2/"), "the registry host is http://127.0.0.1:4510")
	assert.Error(t, request("PutRegistryCatalogData", "{}", "/"))
	g.registry = true
	assert.NoError(t, request("PutRegistryCatalogData", "{}", "/"))
	assert.Error(t, g.note("PutRegistryCatalogData", nil), "the name before is not known")
}

func TestCleanLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t)
	_, err := emulator.AddImage("team/app", "v1")
	require.NoError(t, err)
	here, err := connect(t.Context(), demo.Where{Endpoint: emulator.URL}, "")
	require.NoError(t, err)
	for name, c := range map[string]struct{ journal, says string }{
		"another account":                    {`{"account":"1","service":"` + emulator.URL + `","prefix":"parity-x"}`, ""},
		"another service":                    {`{"service":"https://other.example","prefix":"parity-x"}`, ""},
		"a repository that is not the run's": {`{"service":"` + emulator.URL + `","prefix":"parity-x"}` + "\n" + `{"repository":"team/app"}`, "not one of the run's"},
		"a prefix of somebody else":          {`{"service":"` + emulator.URL + `","prefix":"team"}` + "\n" + `{"repository":"team/app"}`, "not one of the run's"},
		"no JSON":                            {"{", "unexpected end"},
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, "parity-x.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(c.journal+"\n"), 0o600))
		err := clean(t.Context(), here, folder, io.Discard)
		if c.says == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, c.says, name)
		}
		assert.FileExists(t, path, name)
	}
	_, err = emulator.Client().DescribeRepositories(t.Context(), &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"team/app"}})
	assert.NoError(t, err)
}

// Throttles, denials and silence are no differences, and the rest goes on.
func TestRefusalsAreNotRun(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ecrpublictest.Fault{
		"denied":    {Operation: "PutImage", Effect: ecrpublictest.Fail(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized"})},
		"throttled": {Operation: "SetRepositoryPolicy", Effect: ecrpublictest.Throttle()},
		"slow":      {Operation: "TagResource", Effect: ecrpublictest.Delay(time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emulator := newEmulator(t)
			emulator.Inject(fault)
			stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-journals", t.TempDir(), "-run", "^(images|policies|tags|names)/")
			assert.Contains(t, stdout, ", 0 differ\n")
			if name != "slow" {
				assert.Contains(t, stdout, ": not run\n")
			}
			assert.Contains(t, stdout, "AREA      EQUAL  DIFFERS  NOT RUN\n")
			assert.Equal(t, []string{"display name "}, stateOf(t, emulator.Client()))
		})
	}
}

// bodyOf is the request's input as JSON.
func bodyOf(t *testing.T, r ecrpublictest.Request) string {
	t.Helper()
	text, err := json.Marshal(r.Input)
	require.NoError(t, err)
	return string(text)
}

// Ctrl-C ends the run early; what it made is deleted, and what it found is reported.
func TestInterruption(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	folder := t.TempDir()
	target, err := connect(ctx, demo.Where{Endpoint: emulator.URL}, "")
	require.NoError(t, err)
	out, err := probeAll(ctx, target, folder, true, small(), func(_ string, done, _ int) {
		if done == 30 {
			cancel()
		}
	})
	require.NoError(t, err)
	outcomes := map[probes.Outcome]int{}
	for _, p := range out.Header.Probes {
		outcomes[p.Outcome]++
	}
	assert.Equal(t, map[probes.Outcome]int{probes.Equal: 30, probes.NotRun: len(small()) - 30}, outcomes)
	assert.Equal(t, []string{"display name "}, stateOf(t, emulator.Client()))
	journals, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, journals)
}

// late makes a repository after the first attempt to delete it.
type late struct {
	make func()
	done bool
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if records.OperationOf(r) == "DeleteRepository" && !l.done {
		l.done = true
		l.make()
	}
	return response, err
}

// A creation that got no response may come true after -clean has looked for it.
func TestCleanWaitsForWhatIsUnknown(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t)
	for _, answered := range []bool{false, true} {
		here, err := connect(t.Context(), demo.Where{Endpoint: emulator.URL}, "")
		require.NoError(t, err)
		name := here.prefix + "/app"
		transport := &late{make: func() {
			if !answered {
				_, err := emulator.AddImage(name, "v1")
				assert.NoError(t, err)
			}
		}}
		here.client = ecrpublic.New(here.client.Options(), func(o *ecrpublic.Options) { o.HTTPClient = &http.Client{Transport: transport} })
		folder := t.TempDir()
		j, err := newJournal(folder, here)
		require.NoError(t, err)
		require.NoError(t, j.add(entry{Repository: name}))
		if answered {
			require.NoError(t, j.add(entry{Answered: name}))
		}
		require.NoError(t, j.close())
		emulator.ResetRequests()
		require.NoError(t, clean(t.Context(), here, folder, io.Discard))
		assert.Equal(t, map[bool]int{false: 2, true: 1}[answered], emulator.Count("DeleteRepository"))
		assert.Equal(t, []string{"display name "}, stateOf(t, emulator.Client()))
	}
}

func TestFailures(t *testing.T) {
	args := []string{"-journals", t.TempDir()}
	demotest.Failures(t, run, args, append(args, "-yes"))
}
