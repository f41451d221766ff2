package login

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the editor accepts it keeps, apart from our entry; it removes what it
// wrote; and it never panics.
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
	f.Add([]byte(`{"auths":{"":{}}}`), "")
	f.Add([]byte(`{}`), "\xffhost\"")
	f.Fuzz(func(t *testing.T, text []byte, host string) {
		host = unquote(quote(host)) // as JSON can hold it
		config, err := parseObject(text)
		if err != nil {
			return
		}
		before := split(t, config.encode(), host)
		if writeLogin(&config, []string{host}, secretPair()) != nil {
			return
		}
		_ = shadowed(config, []string{host})
		written, err := config.indented()
		require.NoError(t, err)
		after := split(t, written, host)
		require.Equal(t, before.config, after.config)
		require.Equal(t, before.auths, after.auths)
		require.Equal(t, before.entry, after.entry)
		require.Equal(t, "QVdTOmh1bnRlcjI=", after.login)

		again, err := parseObject(written)
		require.NoError(t, err)
		changed, err := removeLogin(&again, []string{host})
		require.NoError(t, err)
		require.True(t, changed)
		require.Equal(t, before.config, split(t, again.encode(), host).config)
	})
}

// parts are a configuration as another program understands it: without the
// entries, the entries of other hosts, our entry without a login, and our login.
type parts struct {
	config, auths, entry map[string]any
	login                any
}

func split(t *testing.T, text []byte, host string) parts {
	t.Helper()
	p := parts{config: map[string]any{}, auths: map[string]any{}, entry: map[string]any{}}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // 1e999 is JSON, too
	require.NoError(t, decoder.Decode(&p.config))
	if auths, ok := p.config[keyAuths].(map[string]any); ok {
		p.auths = auths
	}
	if entry, ok := p.auths[host].(map[string]any); ok {
		p.entry = entry
	}
	p.login = p.entry[keyAuth]
	delete(p.config, keyAuths)
	delete(p.auths, host)
	for _, key := range append(otherLoginKeys(), keyAuth) {
		delete(p.entry, key)
	}
	return p
}
