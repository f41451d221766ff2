package registry

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseChallenge(t *testing.T) {
	t.Parallel()
	origins := []string{"https://public.ecr.aws", "http://127.0.0.1:5000"}
	for header, want := range map[string]string{
		`Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"`:       "https://public.ecr.aws/token/?scope=aws&service=public.ecr.aws",
		`bearer realm=https://public.ecr.aws/token/, service=x`:                                   "https://public.ecr.aws/token/?service=x",
		`Bearer realm = "https://public.ecr.aws/token/" , scope = "a b"`:                          "https://public.ecr.aws/token/?scope=a&scope=b",
		`Bearer REALM="https://public.ecr.aws/token/?x=1#y",scope="repository:a/b:pull,push"`:     "https://public.ecr.aws/token/?scope=repository%3Aa%2Fb%3Apull%2Cpush&x=1",
		`Bearer realm="https://public.ecr.aws/token/",error="a\"b",realm="https://evil.test/"`:    "https://public.ecr.aws/token/",
		`Bearer realm="http://127.0.0.1:5000/token/"`:                                             "http://127.0.0.1:5000/token/",
		`Bearer realm="https://127.0.0.1:5000/token/"`:                                            "https://127.0.0.1:5000/token/",
		`Bearer realm="https://public.ecr.aws/token/",service="unterminated`:                      "https://public.ecr.aws/token/?service=unterminated",
		`Bearer realm="https://public.ecr.aws/token/",service="a&scope=evil",junk,,;=;"x",last="`: "https://public.ecr.aws/token/?service=a%26scope%3Devil",
	} {
		resp := &http.Response{Header: http.Header{"Www-Authenticate": {`Negotiate`, header}}}
		asked, err := parseChallenge(resp, origins)
		require.NoError(t, err, header)
		require.NotNil(t, asked, header)
		assert.Equal(t, want, asked.tokenURL(), header)
	}
	for _, header := range []string{"", "Basic realm=x", "Bearer", `Bearerrealm="https://public.ecr.aws/"`} {
		resp := &http.Response{Header: http.Header{"Www-Authenticate": {header}}}
		asked, err := parseChallenge(resp, origins)
		assert.Nil(t, asked, header)
		assert.Equal(t, header == "Bearer", err != nil, header)
	}
}

func FuzzParseChallenge(f *testing.F) {
	f.Add(`Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"`)
	f.Add(`Bearer realm="a\`)
	f.Fuzz(func(t *testing.T, header string) {
		asked, err := parseChallenge(&http.Response{Header: http.Header{"Www-Authenticate": {header}}}, []string{"https://public.ecr.aws"})
		if err == nil && asked != nil {
			assert.Equal(t, "https://public.ecr.aws", originOf(asked.realm))
			_, err := http.NewRequest(http.MethodGet, asked.tokenURL(), nil)
			assert.NoError(t, err)
		}
	})
}

func TestLoopsAreFound(t *testing.T) {
	t.Parallel()
	for lead := range 20 {
		for length := 1; length < 20; length++ {
			var seen loops
			i := 0
			for ; !seen.again(string(rune('a' + min(i, lead) + max(0, i-lead)%length))); i++ {
				require.Less(t, i, 200, "%d values, then a circle of %d", lead, length)
			}
			assert.GreaterOrEqual(t, i, length, "not before a value repeats")
		}
	}
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	current, err := url.Parse("https://public.ecr.aws/v2/a/b/tags/list?n=1000")
	require.NoError(t, err)
	const path = "https://public.ecr.aws/v2/a/b/tags/list?last=x%2Fy"
	for link, want := range map[string]string{
		"":                           "",
		`<` + path + `>; rel="next"`: path,
		`<` + path + `>;rel=next`:    path,
		`<` + path + `>; title="x"; REL = "NEXT"`:         path,
		`<?last=x%2Fy>; rel="next"`:                       path,
		`</v2/a/b/tags/list?last=x%2Fy>;rel=next`:         path,
		`</other>; rel="prev", <?last=x%2Fy>; rel="next"`: path,
		`</other>; rel="prev"`:                            "",
		`</other>`:                                        "",
		path + `; rel="next"`:                             "",
		`<` + path:                                        "",
		`<HTTPS://PUBLIC.ECR.AWS:443/v2/a/b/tags/list?last=1>; rel="next"`: "https://PUBLIC.ECR.AWS:443/v2/a/b/tags/list?last=1",
	} {
		next, err := nextPage(current, http.Header{"Link": {link}})
		require.NoError(t, err, link)
		if want == "" {
			assert.Nil(t, next, link)
			continue
		}
		require.NotNil(t, next, link)
		assert.Equal(t, want, next.String(), link)
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://Public.ECR.aws:443/x":  "https://public.ecr.aws",
		"http://public.ecr.aws:80":      "http://public.ecr.aws",
		"http://public.ecr.aws:443":     "http://public.ecr.aws:443",
		"HTTPS://[::1]:5000":            "https://[::1]:5000",
		"http://[::1]":                  "http://[::1]",
		"https://user@public.ecr.aws/":  "https://public.ecr.aws",
		"https://public.ecr.aws.evil/x": "https://public.ecr.aws.evil",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, originOf(u), address)
	}
}
