package login

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Editing keeps everything except our entry, removes what it wrote, and never panics.
func FuzzDockerConfig(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"auths":null}`, `{"auths":{"public.ecr.aws":{}}}`,
		"{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t},\n\t\"credsStore\": \"desktop\"\n}",
		`{"auths":{"ghcr.io":{"identitytoken":"x"},"public.ecr.aws":{"auth":"b2xk","email":"a@b","username":"u"}},"credHelpers":{"public.ecr.aws":"ecr-login"}}`,
		`{"a":[1e999,2.50,{"b":"\u003c\ud83d\ude00"}],"auths":{"\u0070ublic.ecr.aws":{}}}`,
		`{"auths":{"public.ecr.aws":null}}`, `{"auths":[]}`, `{"a":1}{"b":2}`, `{"a":1,"a":2}`, "\xff", `{"\ud800":1}`,
	} {
		f.Add([]byte(seed), "public.ecr.aws")
	}
	f.Add([]byte(`{"Auths":{"https://a/v1/":{"AUTH":"b2xk","Auth":"b2xk"},"a/b":{"Username":"x"}},"auths":null,"auth\u017f":{"a:443":{}}}`), "a")
	f.Add([]byte(`{}`), "\xffhost\"")
	f.Fuzz(func(t *testing.T, text []byte, host string) {
		host = unquote(quote(host)) // as JSON can express it
		if host == "" || strings.Contains(host, "/") {
			return // refused earlier
		}
		config, err := parseObject(text)
		if err != nil {
			return
		}
		before := split(t, config.encode(), host)
		_ = shadowed(config, []string{host})
		if writeLogin(&config, []string{host}, secretPair()) != nil {
			return
		}
		written, err := config.indented()
		require.NoError(t, err)
		after := split(t, written, host)
		require.Equal(t, before.config, after.config)
		require.Equal(t, before.foreign, after.foreign)
		for key, entry := range before.entries {
			require.Equal(t, entry, after.entries[key])
		}
		require.LessOrEqual(t, len(after.entries), len(before.entries)+1)
		for _, login := range after.logins {
			require.Equal(t, "QVdTOmh1bnRlcjI=", login)
		}
		require.Len(t, after.logins, len(after.entries))
		require.NotEmpty(t, after.logins)

		again, err := parseObject(written)
		require.NoError(t, err)
		changed, err := removeLogin(&again, []string{host})
		require.NoError(t, err)
		require.True(t, changed)
		removed := split(t, again.encode(), host)
		require.Equal(t, before.config, removed.config)
		require.Equal(t, before.foreign, removed.foreign)
		require.Empty(t, removed.entries)
	})
}

// parts are a configuration as another program understands it: without the
// entries, the entries of other hosts, our entries without a login, and our
// logins. Entries are called by the name of their member and their own.
type parts struct {
	config, foreign map[string]any
	entries         map[string]map[string]any
	logins          []any
}

func split(t *testing.T, text []byte, host string) parts {
	t.Helper()
	p := parts{config: map[string]any{}, foreign: map[string]any{}, entries: map[string]map[string]any{}}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // 1e999 is JSON, too
	require.NoError(t, decoder.Decode(&p.config))
	for member, value := range p.config {
		if !strings.EqualFold(member, keyAuths) {
			continue
		}
		delete(p.config, member)
		auths, _ := value.(map[string]any)
		for key, value := range auths {
			name := member + " " + key
			if matches, _ := keyOf(host, key); !matches {
				p.foreign[name] = value
				continue
			}
			entry, _ := value.(map[string]any)
			p.entries[name] = map[string]any{}
			for member, value := range entry {
				switch {
				case strings.EqualFold(member, keyAuth):
					p.logins = append(p.logins, value)
				case !slices.ContainsFunc(otherLoginKeys(), func(key string) bool { return strings.EqualFold(key, member) }):
					p.entries[name][member] = value
				}
			}
		}
	}
	return p
}
