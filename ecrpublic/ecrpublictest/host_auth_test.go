package ecrpublictest_test

import (
	"encoding/base64"
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestRegistryAuthorization(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	r := newRepo(t, ecrpublictest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	r.layers("layer")
	other := newRepo(t)
	blob := "/v2/" + r.alias() + "/app/blobs/" + sha("layer")
	uploads := "/v2/" + r.alias() + "/app/blobs/uploads/"
	token := func(headers ...string) string {
		got := r.request("GET", "/token/?service=public.ecr.aws&scope=repository:x/app:pull", "", headers...)
		require.Equal(t, 200, got.status, got.body)
		var response struct{ Token string }
		require.NoError(t, json.Unmarshal([]byte(got.body), &response))
		return response.Token
	}
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	login := r.login()
	pull, push := token(), token("Authorization", basic("AWS", password(t, login)))

	const none = ""
	for name, tt := range map[string]struct {
		method, path, authorization string
		status                      int
		text                        string
	}{
		"ping without a token":       {"GET", "/v2/", none, 401, "Not Authorized"},
		"pull without a token":       {"GET", blob, none, 401, "Not Authorized"},
		"pull anonymously":           {"GET", blob, "Bearer " + pull, 200, ""},
		"look anonymously":           {"HEAD", blob, "Bearer " + pull, 401, ""},
		"look with a token":          {"HEAD", blob, "Bearer " + push, 200, ""},
		"a bearer as a password":     {"GET", "/token/", basic("AWS", push), 400, "Your Authorization Token is invalid."},
		"a password as a bearer":     {"GET", blob, "Bearer " + password(t, login), 400, "Your Authorization Token is invalid."},
		"pull with a login":          {"GET", blob, "Bearer " + login, 200, ""},
		"pull in lower case":         {"GET", blob, "bearer " + login, 200, ""},
		"ping with a token":          {"GET", "/v2/", "Bearer " + pull, 200, ""},
		"push anonymously":           {"POST", uploads, "Bearer " + pull, 401, "Not Authorized"},
		"push with a token":          {"POST", uploads, "Bearer " + push, 202, ""},
		"push with a login":          {"POST", uploads, "Bearer " + login, 202, ""},
		"basic":                      {"GET", blob, "Basic " + login, 400, "Your Authorization Token is invalid."},
		"a foreign login":            {"GET", blob, "Bearer " + other.login(), 400, "Your Authorization Token is invalid."},
		"no base64":                  {"GET", blob, "Bearer %", 400, "Your Authorization Token is invalid."},
		"no ticket":                  {"GET", blob, "Bearer eA==", 400, "Your Authorization Token is invalid."},
		"a token for another user":   {"GET", "/token/", basic("me", password(t, login)), 400, "Your Authorization Token is invalid."},
		"a token for a wrong login":  {"GET", "/token", basic("AWS", "x"), 400, "Your Authorization Token is invalid."},
		"a token for a foreign one":  {"GET", "/token/", basic("AWS", password(t, other.login())), 400, "Your Authorization Token is invalid."},
		"a token posted for":         {"POST", "/token/", none, 405, ""},
		"something else than either": {"GET", "/v1/", none, 401, "Not Authorized"},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if tt.authorization != none {
				headers = []string{"Authorization", tt.authorization}
			}
			got := r.request(tt.method, tt.path, "", headers...)
			assert.Equal(t, tt.status, got.status)
			if tt.text != "" {
				assert.JSONEq(t, envelope("DENIED", tt.text), got.body)
			}
			if tt.status == 401 {
				assert.Equal(t, `Bearer realm="`+r.srv.URL+`/token/",service="public.ecr.aws",scope="aws"`, got.header.Get("WWW-Authenticate"))
			}
		})
	}

	const invalid, expired = "Your Authorization Token is invalid.", "Your authorization token has expired. Reauthenticate and try again."
	get := func(path, authorization string) reply {
		return r.request("GET", path, "", "Authorization", authorization)
	}
	ahead.Store(int64(59 * time.Minute))
	for _, token := range []string{pull, push, login} {
		assert.Equal(t, 200, get(blob, "Bearer "+token).status)
	}
	ahead.Store(int64(time.Hour))
	for _, token := range []string{pull, push} {
		got := get(blob, "Bearer "+token)
		assertEnvelope(t, 400, "DENIED", invalid, got)
		assert.Empty(t, got.header.Get("WWW-Authenticate"), "clients that renew on 401 alone never renew")
	}
	assert.Equal(t, 200, get("/token/", basic("AWS", password(t, login))).status)
	assert.Equal(t, 200, get(blob, "Bearer "+login).status)
	ahead.Store(int64(12 * time.Hour))
	assertEnvelope(t, 403, "DENIED", expired, get(blob, "Bearer "+login))
	assertEnvelope(t, 403, "DENIED", expired, get("/token/", basic("AWS", password(t, login))))
}

func TestLivesOfTokens(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	r := newRepo(t, ecrpublictest.WithLoginLife(time.Hour), ecrpublictest.WithBearerLife(time.Minute),
		ecrpublictest.WithClock(func() time.Time { return time.Unix(1e9, 0).Add(time.Duration(ahead.Load())) }))
	out, err := r.api.GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, time.Unix(1e9, 0).Add(time.Hour).UTC(), *out.AuthorizationData.ExpiresAt)
	var response struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &response))
	text, err := base64.StdEncoding.DecodeString(response.Token)
	require.NoError(t, err)
	var content struct{ Expiration int64 }
	require.NoError(t, json.Unmarshal(text, &content))
	assert.Equal(t, int64(1e9+60), content.Expiration)
	for after, status := range map[time.Duration]int{59 * time.Second: 200, time.Minute: 400} {
		ahead.Store(int64(after))
		assert.Equal(t, status, r.request("GET", "/v2/", "", "Authorization", "Bearer "+response.Token).status)
	}
}

func TestAnonymousHeadOfABlobByTheSpecification(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	r.layers("layer")
	var response struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &response))
	got := r.request("HEAD", "/v2/"+r.alias()+"/app/blobs/"+sha("layer"), "", "Authorization", "Bearer "+response.Token)
	assert.Equal(t, 200, got.status)
}
