package ecrpublictest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegistryDeletesByTheRulesOfTheAPI(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	child, parent := image("layer").String(), index(image("layer")).String()
	require.NoError(t, r.put(child, ""))
	require.NoError(t, r.put(parent, "a"))
	require.NoError(t, r.put(parent, "b"))

	assertEnvelope(t, 405, "UNSUPPORTED", "Requested image referenced by manifest list: ["+sha(parent)+"]", r.v2("DELETE", "manifests/"+sha(child), ""))
	require.Equal(t, 202, r.v2("DELETE", "manifests/a", "").status)
	assert.Equal(t, 404, r.v2("GET", "manifests/a", "").status)
	assert.Equal(t, 200, r.v2("GET", "manifests/"+sha(parent), "").status, "the other tag holds it")
	require.Equal(t, 202, r.v2("DELETE", "manifests/b", "").status)
	assert.Equal(t, 404, r.v2("GET", "manifests/"+sha(parent), "").status)
	require.Equal(t, 202, r.v2("DELETE", "manifests/"+sha(child), "").status)
	assert.Equal(t, 404, r.v2("DELETE", "manifests/"+sha(child), "").status)
	assertEnvelope(t, 405, "UNSUPPORTED", "The operation is unsupported.", r.v2("DELETE", "blobs/"+sha("layer"), ""))
	assert.Equal(t, 404, r.request("DELETE", "/v2/"+r.alias()+"/none/manifests/a", "", "Authorization", "Bearer "+r.login()).status)
}
