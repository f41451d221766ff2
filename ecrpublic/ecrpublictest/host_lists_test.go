package ecrpublictest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestTagsAreListedInPages(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var tags []string
	for i := range 120 {
		tags = append(tags, fmt.Sprintf("v%03d", i))
	}
	_, err := r.srv.AddImage("app", tags...)
	require.NoError(t, err)
	list := func(path string) (found []string, link string) {
		got := r.v2("GET", path, "")
		require.Equal(t, 200, got.status, got.body)
		var response struct {
			Name string
			Tags []string
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &response))
		assert.Equal(t, r.alias()+"/app", response.Name)
		return response.Tags, got.header.Get("Link")
	}
	found, link := list("tags/list")
	assert.Len(t, found, 100)
	assert.False(t, slices.IsSorted(found), "in no order")
	next, ok := strings.CutPrefix(link, "<"+r.srv.URL+"/v2/"+r.alias()+"/app/tags/list?")
	require.True(t, ok, link)
	query, ok := strings.CutSuffix(next, `>; rel="next"`)
	require.True(t, ok, link)
	assert.NotContains(t, query, found[99], "last is opaque")
	rest, link := list("tags/list?" + query)
	assert.ElementsMatch(t, tags, append(found, rest...))
	assert.Empty(t, link)
	found, _ = list("tags/list?n=1000")
	assert.ElementsMatch(t, tags, found)
	for query, text := range map[string]string{
		"n=1001":    "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
		"n=0":       "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value greater than or equal to 1'",
		"n=many":    "The number of tags is not valid",
		"last=v099": "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid pagination token provided'",
	} {
		assertEnvelope(t, 405, "UNSUPPORTED", text, r.v2("GET", "tags/list?"+query, ""))
	}
	create(t, r.srv, "empty")
	got := r.request("GET", "/v2/"+r.alias()+"/empty/tags/list", "", "Authorization", "Bearer "+r.login())
	assert.JSONEq(t, `{"name":"`+r.alias()+`/empty","tags":[]}`, got.body)
}

func TestTagsAreSortedByTheSpecification(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	_, err := r.srv.AddImage("app", "c", "a", "b")
	require.NoError(t, err)
	name := r.alias() + "/app"
	for query, want := range map[string]struct{ tags, link string }{
		"":               {`["a","b","c"]`, ""},
		"?n=0":           {`[]`, ""},
		"?n=2":           {`["a","b"]`, `</v2/` + name + `/tags/list?last=b&n=2>; rel="next"`},
		"?n=2&last=b":    {`["c"]`, ""},
		"?last=aa":       {`["b","c"]`, ""},
		"?n=2000":        {`["a","b","c"]`, ""},
		"?n=1&last=zzzz": {`[]`, ""},
	} {
		got := r.v2("GET", "tags/list"+query, "")
		assert.JSONEq(t, `{"name":"`+name+`","tags":`+want.tags+`}`, got.body, query)
		assert.Equal(t, want.link, got.header.Get("Link"), query)
	}
	assert.Equal(t, 400, r.v2("GET", "tags/list?n=-1", "").status)
}

func TestReferrers(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	subject := image("layer")
	signature := image("{}").with("subject", descriptor(ociManifest, subject.String())).with("artifactType", "application/x.signature").with("annotations", object{"by": "me"})
	report := image("{}").with("subject", descriptor(ociManifest, subject.String()))
	got := r.v2("PUT", "manifests/"+sha(signature.String()), signature.String(), "Content-Type", ociManifest)
	require.Equal(t, 201, got.status, "before its subject")
	assert.Equal(t, sha(subject.String()), got.header.Get("OCI-Subject"))
	require.NoError(t, r.put(report.String(), ""))
	require.NoError(t, r.put(subject.String(), "v1"))

	list := func(query string) (found []object) {
		var response struct{ Manifests []object }
		got := r.v2("GET", "referrers/"+sha(subject.String())+query, "")
		assert.Equal(t, ociIndex, got.header.Get("Content-Type"))
		require.NoError(t, json.Unmarshal([]byte(got.body), &response))
		return response.Manifests
	}
	assert.Len(t, list(""), 2)
	found := list("?artifactType=application/x.signature")
	require.Len(t, found, 1)
	assert.Equal(t, sha(signature.String()), found[0]["digest"])
	assert.Equal(t, map[string]any{"by": "me"}, found[0]["annotations"])
	assert.Empty(t, list("?artifactType=application/x.none"))
	assert.Contains(t, r.v2("GET", "referrers/"+unknownDigest, "").body, `"manifests":[]`)
}
