package soak

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// traffic is the client's default transport, and counts requests.
type traffic struct {
	http.Client
	mu         sync.Mutex
	operations map[string]*counts
}

// counts has the calls of an operation, their requests, and how many of the requests
// failed or got no response.
type counts struct{ calls, requests, broken, failed int }

func newTraffic() *traffic {
	t := &traffic{operations: map[string]*counts{}}
	t.Transport = awshttp.NewBuildableClient().GetTransport()
	api := reflect.TypeFor[ecrpublic.API]()
	for method := range api.Methods() {
		t.operations[method.Name] = &counts{}
	}
	return t
}

func (t *traffic) Do(r *http.Request) (*http.Response, error) {
	response, err := t.Client.Do(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.operations[strings.TrimPrefix(r.Header.Get(awsjson.TargetHeader), awsjson.TargetPrefix)]
	c.requests++
	if strings.HasPrefix(r.Header.Get("Amz-Sdk-Request"), "attempt=1;") {
		c.calls++
	}
	switch {
	case err != nil:
		c.broken++
	case response.StatusCode != http.StatusOK:
		c.failed++
	}
	return response, err
}

func (t *traffic) totals() (calls, requests int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.operations {
		calls += c.calls
		requests += c.requests
	}
	return calls, requests
}

// requireAll requires that every operation was called.
func (t *traffic) requireAll(tb testing.TB) {
	tb.Helper()
	for name, c := range t.operations {
		require.Positive(tb, c.calls, "no call of %s", name)
	}
}

// table lists the operations.
func (t *traffic) table() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	row := "%-28s %9v %9v %9v %9v\n"
	fmt.Fprintf(&b, row, "operation", "calls", "requests", "broken", "failed")
	var sum counts
	for _, name := range slices.Sorted(maps.Keys(t.operations)) {
		c := t.operations[name]
		fmt.Fprintf(&b, row, name, c.calls, c.requests, c.broken, c.failed)
		sum = counts{sum.calls + c.calls, sum.requests + c.requests, sum.broken + c.broken, sum.failed + c.failed}
	}
	fmt.Fprintf(&b, row, "all", sum.calls, sum.requests, sum.broken, sum.failed)
	return b.String()
}

// tally counts the steps of the workers.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (t *tally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.counts[what]++
}

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(t.counts)) {
		parts = append(parts, fmt.Sprint(what, " ", t.counts[what]))
	}
	return strings.Join(parts, "  ")
}
