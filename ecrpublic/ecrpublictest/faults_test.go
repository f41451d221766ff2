package ecrpublictest_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// reply is the response to a request, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

// call sends an unsigned request to the API.
func call(t *testing.T, srv *ecrpublictest.Server, operation, body string) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "SpencerFrontendService."+operation)
	return send(t, req)
}

// get sends a request to the registry.
func get(t *testing.T, srv *ecrpublictest.Server, path string) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
	require.NoError(t, err)
	return send(t, req)
}

func send(t *testing.T, req *http.Request) (reply, error) {
	t.Helper()
	// A connection of its own keeps the transport from trying again.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body), err}, nil
}

// status calls an operation that always works and returns what comes of it.
func status(t *testing.T, srv *ecrpublictest.Server, operation string) int {
	t.Helper()
	got, err := call(t, srv, operation, "{}")
	require.NoError(t, err)
	return got.status
}

func newServer(t *testing.T, opts ...ecrpublictest.Option) *ecrpublictest.Server {
	t.Helper()
	srv := ecrpublictest.NewServer(opts...)
	t.Cleanup(srv.Close)
	return srv
}

func TestFaultZeroDoesNothing(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{}, ecrpublictest.Fault{Operation: "DescribeRegistries"})
	srv.Inject()
	assert.Equal(t, 200, status(t, srv, "DescribeRegistries"))
}

func TestFaultChoosesRequests(t *testing.T) {
	t.Parallel()
	const op = "DescribeRegistries"
	teapot := ecrpublictest.Status(http.StatusTeapot)
	for name, tc := range map[string]struct {
		faults []ecrpublictest.Fault
		want   []int
	}{
		"all":             {[]ecrpublictest.Fault{{Effect: teapot}}, []int{418, 418, 418}},
		"the operation's": {[]ecrpublictest.Fault{{Operation: op, Effect: teapot}}, []int{418, 418, 418}},
		"another's":       {[]ecrpublictest.Fault{{Operation: "DescribeImages", Effect: teapot}}, []int{200, 200, 200}},
		"the first":       {[]ecrpublictest.Fault{{Times: 1, Effect: teapot}}, []int{418, 200, 200}},
		"all but one":     {[]ecrpublictest.Fault{{After: 1, Effect: teapot}}, []int{200, 418, 418}},
		"the second":      {[]ecrpublictest.Fault{{After: 1, Times: 1, Effect: teapot}}, []int{200, 418, 200}},
		"one after the other": {[]ecrpublictest.Fault{
			{Times: 1, Effect: teapot},
			{Times: 1, Effect: ecrpublictest.Status(http.StatusGone)},
		}, []int{418, 410, 200}},
		"surely": {[]ecrpublictest.Fault{{Probability: 1, Effect: teapot}}, []int{418, 418, 418}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(tc.faults...)
			var got []int
			for range tc.want {
				got = append(got, status(t, srv, op))
			}
			assert.Equal(t, tc.want, got)

			srv.ClearFaults()
			assert.Equal(t, 200, status(t, srv, op))
		})
	}
}

func TestFaultNamesRegistryRequests(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(
		ecrpublictest.Fault{Operation: "GET /v2/", Effect: ecrpublictest.Status(http.StatusTeapot)},
		ecrpublictest.Fault{Operation: "GET /token/", Effect: ecrpublictest.Status(http.StatusGone)},
	)
	for path, want := range map[string]int{"/v2/": 418, "/v2/alias/app/tags/list": 418, "/token/": 410} {
		got, err := get(t, srv, path)
		require.NoError(t, err)
		assert.Equal(t, want, got.status, path)
	}
	assert.Equal(t, 200, status(t, srv, "DescribeRegistries"))
}

// drawn reports which of n requests a fault happened to.
func drawn(t *testing.T, srv *ecrpublictest.Server, operation string, n int) []bool {
	t.Helper()
	list := make([]bool, n)
	for i := range list {
		list[i] = status(t, srv, operation) != 200
	}
	return list
}

func TestFaultProbabilityRepeats(t *testing.T) {
	t.Parallel()
	const n = 300
	lots := func(seed uint64, operation string) []bool {
		srv := newServer(t, ecrpublictest.WithSeed(seed))
		srv.Inject(ecrpublictest.Fault{Probability: 0.3, Effect: ecrpublictest.Status(http.StatusGone)})
		return drawn(t, srv, operation, n)
	}
	first := lots(1, "DescribeRegistries")
	assert.Equal(t, first, lots(1, "DescribeRegistries"))
	assert.NotEqual(t, first, lots(2, "DescribeRegistries"), "another seed")
	assert.NotEqual(t, first, lots(1, "GetRegistryCatalogData"), "another operation")

	happened := 0
	for _, yes := range first {
		if yes {
			happened++
		}
	}
	assert.InDelta(t, 0.3*n, happened, 0.1*n)
}

func TestFaultProbabilityRepeatsInParallel(t *testing.T) {
	t.Parallel()
	operations := []string{"DescribeRegistries", "GetRegistryCatalogData", "DescribeRepositories"}
	run := func() map[int]int {
		srv := newServer(t, ecrpublictest.WithSeed(7))
		srv.Inject(
			ecrpublictest.Fault{Probability: 0.2, Effect: ecrpublictest.Status(http.StatusGone)},
			ecrpublictest.Fault{Probability: 0.2, Effect: ecrpublictest.Status(http.StatusTeapot)},
		)
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				for range 20 {
					_, err := call(t, srv, operations[i%len(operations)], "{}")
					assert.NoError(t, err)
				}
			})
		}
		wg.Wait()
		counts := map[int]int{}
		for _, r := range srv.Requests() {
			counts[r.Status]++
		}
		return counts
	}
	first := run()
	assert.Equal(t, first, run())
	assert.Len(t, first, 3)
}
