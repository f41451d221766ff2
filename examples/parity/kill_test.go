package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// inProcess is a transport that calls an emulator without a connection.
type inProcess struct{ emulator http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (_ *http.Response, err error) {
	defer func() {
		if cause := recover(); cause == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
			err = io.ErrUnexpectedEOF // the connection ended
		} else if cause != nil {
			panic(cause)
		}
	}()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	received := r.Clone(r.Context())
	if received.Body == nil {
		received.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	p.emulator.ServeHTTP(w, received)
	response := w.Result()
	response.Request = r
	return response, nil
}

// dying is a connection that ends with the process: at its nth request, before it was
// sent or before its response was read.
type dying struct {
	next     http.RoundTripper
	n        int
	sent     bool
	kill     func()
	requests []string // their operations
}

func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	at := len(d.requests)
	d.requests = append(d.requests, records.OperationOf(r)+" "+r.Method+" "+placeOf(r))
	if at < d.n {
		return d.next.RoundTrip(r)
	}
	d.kill()
	if at == d.n && d.sent {
		if response, err := d.next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context()))); err == nil {
			response.Body.Close()
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// placeOf is where on the registry host a request goes: "manifests", "blobs".
func placeOf(r *http.Request) string {
	for _, place := range []string{"/manifests/", "/blobs/uploads/", "/blobs/", "/tags/", "/referrers/"} {
		if strings.Contains(r.URL.Path, place) {
			return place
		}
	}
	return r.URL.Path
}

// killing is an account in which runs are killed.
type killing struct {
	t        *testing.T
	emulator *ecrpublictest.Server
	folder   string
	before   []string
}

// target is a run's, through a transport.
func (k *killing) target(ctx context.Context, transport http.RoundTripper) *target {
	k.t.Helper()
	target, err := connect(ctx, demo.Where{Endpoint: k.emulator.URL}, "")
	require.NoError(k.t, err)
	target.transport = transport
	target.client = ecrpublic.New(target.client.Options(), func(o *ecrpublic.Options) {
		o.HTTPClient, o.Retryer = &http.Client{Transport: transport}, aws.NopRetryer{}
	})
	return target
}

// run runs probes until the connection dies, and then -clean: the account is as it was.
func (k *killing) run(d *dying, list []probes.Probe) {
	k.t.Helper()
	ctx, cancel := context.WithCancel(k.t.Context())
	defer cancel()
	d.next, d.kill = inProcess{k.emulator}, cancel
	_, err := probeAll(ctx, k.target(ctx, d), k.folder, true, list, noShow)
	left, readErr := os.ReadDir(k.folder)
	require.NoError(k.t, readErr)
	require.Equal(k.t, len(left) > 0, err != nil, "a run that could not clean up says so: %v", err)
	after := k.target(k.t.Context(), inProcess{k.emulator})
	require.NoError(k.t, clean(k.t.Context(), after, k.folder, io.Discard))
	require.Equal(k.t, k.before, stateOf(k.t, after.client), "%s killed at request %d, sent: %t", list[0].Name, d.n, d.sent)
	journals, err := os.ReadDir(k.folder)
	require.NoError(k.t, err)
	require.Empty(k.t, journals)
}

// every kills runs of a list at every request, before and after it was sent. With skip, a
// request is skipped if another list had the same operations up to it. It returns how
// many requests there are, and at how many runs were killed.
func (k *killing) every(list []probes.Probe, skip map[string]bool) (requests, killed int) {
	whole := &dying{n: 1 << 30}
	k.run(whole, list)
	for n := range whole.requests {
		path := strings.Join(whole.requests[:n+1], "\n")
		if skip[path] {
			continue
		}
		if skip != nil {
			skip[path] = true
		}
		k.run(&dying{n: n}, list)
		k.run(&dying{n: n, sent: true}, list)
		killed++
	}
	return len(whole.requests), killed
}

// folderInMemory is a folder for journals, which are synced with every entry: in memory,
// where the system has one.
func folderInMemory(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "parity-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(folder)) })
	return folder
}

// Killed at any request, a run is undone by -clean: the account is as it was. Each probe
// runs by itself here and is killed at each of its requests, those that clean up after
// it included, unless another was killed after the same operations. Set PARITY_EVERY to
// kill a run of all probes at each request, too, which takes minutes.
func TestCleanAfterAKill(t *testing.T) {
	t.Parallel()
	k := &killing{t: t, emulator: newEmulator(t), folder: folderInMemory(t)}
	_, err := k.emulator.AddImage("team/app", "v1")
	require.NoError(t, err)
	_, err = k.emulator.Client().PutRegistryCatalogData(t.Context(), &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("Mine")})
	require.NoError(t, err)
	k.before = stateOf(t, k.emulator.Client())
	killed, skip := 0, map[string]bool{}
	for _, p := range small() {
		_, n := k.every([]probes.Probe{p}, skip)
		killed += n
	}
	assert.Greater(t, killed, 200)
	if os.Getenv("PARITY_EVERY") != "" {
		requests, killed := k.every(small(), nil)
		assert.Equal(t, requests, killed)
		t.Log("killed at each of", requests, "requests")
	}
	t.Log("killed at", killed)
}

// cancelling ends a run's context with its nth response.
type cancelling struct {
	next   http.RoundTripper
	n      int
	cancel func()
}

func (c *cancelling) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if c.n--; c.n == 0 {
		c.cancel()
	}
	return response, err
}

// Ctrl-C at any request makes no difference: what was cut off is not run.
func TestInterruptedProbesAreNotRun(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(small(), func(p probes.Probe) bool {
		return !strings.HasPrefix(p.Name, "deletion/") && !strings.HasPrefix(p.Name, "host/")
	})
	reference := newEmulator(t)
	whole := probed(t, reference, list)
	for n := 1; n <= len(whole.Vectors); n += 5 {
		emulator := newEmulator(t)
		ctx, cancel := context.WithCancel(t.Context())
		target, err := connect(ctx, demo.Where{Endpoint: emulator.URL}, "")
		require.NoError(t, err)
		target.transport = &cancelling{inProcess{emulator}, n, cancel}
		out, err := probeAll(ctx, target, "", true, list, noShow)
		cancel()
		require.NoError(t, err)
		for _, row := range newReport(out, whole).rows {
			assert.False(t, row.Differs(), "%s after request %d: %v", row.Name, n, lines(row))
		}
	}
}
