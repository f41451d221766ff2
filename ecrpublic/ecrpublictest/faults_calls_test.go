package ecrpublictest_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestHideNew(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.HideNew(2)})
	create(t, srv, "app")
	for _, want := range []int{400, 400, 200} {
		got, err := call(t, srv, "DescribeImages", `{"repositoryName":"app"}`)
		require.NoError(t, err)
		assert.Equal(t, want, got.status, got.body)
	}

	create(t, srv, "other")
	assert.Equal(t, []string{"app"}, repositories(t, srv))
	srv.ClearFaults()
	assert.ElementsMatch(t, []string{"app", "other"}, repositories(t, srv))
}

func TestHideNewHidesOnlyWhatWasCreated(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	create(t, srv, "app")
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.HideNew(100)})
	got, err := call(t, srv, "CreateRepository", `{"repositoryName":"app"}`)
	require.NoError(t, err)
	assert.Equal(t, 400, got.status)
	assert.Equal(t, []string{"app"}, repositories(t, srv))
}

// page is one response of DescribeRepositories.
func page(t *testing.T, srv *ecrpublictest.Server, token string) (names int, next string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"maxResults": 3, "nextToken": token})
	require.NoError(t, err)
	if token == "" {
		body = []byte(`{"maxResults":3}`)
	}
	got, err := call(t, srv, "DescribeRepositories", string(body))
	require.NoError(t, err)
	require.Equal(t, 200, got.status, got.body)
	var out struct {
		Repositories []json.RawMessage
		NextToken    string
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	return len(out.Repositories), out.NextToken
}

func TestShortPages(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, name := range []string{"aa", "bb", "cc", "dd"} {
		create(t, srv, name)
	}
	srv.Inject(ecrpublictest.Fault{Operation: "DescribeRepositories", After: 1, Times: 1, Effect: ecrpublictest.ShortPages(2)})
	srv.Inject(ecrpublictest.Fault{Operation: "DescribeImages", Effect: ecrpublictest.ShortPages(1)})
	srv.Inject(ecrpublictest.Fault{After: 2, Effect: ecrpublictest.ShortPages(100)})
	for _, want := range []int{3, 2, 3} {
		n, next := page(t, srv, "")
		assert.Equal(t, want, n)
		assert.NotEmpty(t, next)
	}
}

func TestRepeatToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, name := range []string{"aa", "bb", "cc", "dd"} {
		create(t, srv, name)
	}
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.RepeatToken()})
	_, first := page(t, srv, "")
	n, second := page(t, srv, first)
	assert.Equal(t, 1, n)
	assert.Equal(t, first, second)
	srv.ClearFaults()
	_, end := page(t, srv, first)
	assert.Empty(t, end)
}
