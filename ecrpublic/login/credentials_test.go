package login_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

func secret() login.Credentials {
	return login.Credentials{Username: "AWS", Password: "hunter2", ExpiresAt: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
}

func TestCredentialsFormatRedacted(t *testing.T) {
	t.Parallel()
	c := secret()
	const want = "AWS:[redacted] until 2026-05-01T12:00:00Z"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10.3s"} {
		assert.Equal(t, want, fmt.Sprintf(verb, c), verb)
		assert.Equal(t, want, fmt.Sprintf(verb, &c), verb)
		assert.NotContains(t, fmt.Sprintf(verb, []any{c, &c, map[string]login.Credentials{"": c}, struct{ C login.Credentials }{c}}), "hunter2", verb)
	}
	assert.Equal(t, want, c.String())
	assert.NotContains(t, fmt.Errorf("wrapped: %v", c).Error(), "hunter2")
}

func TestCredentialsMarshalRedacted(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(map[string]any{"login": secret(), "pointer": new(login.Credentials)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"login": "AWS:[redacted] until 2026-05-01T12:00:00Z", "pointer": ":[redacted] until 0001-01-01T00:00:00Z"}`, string(text))

	text, err = xml.Marshal(secret())
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2")

	text, err = secret().MarshalText()
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2")
}

func TestCredentialsLogRedacted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("login", "credentials", secret())
	}
	assert.NotContains(t, out.String(), "hunter2")
	assert.Contains(t, out.String(), "credentials.username=AWS")
	assert.Contains(t, out.String(), "credentials.expiresAt=2026-05-01T12:00:00.000Z")
	assert.Contains(t, out.String(), `"password":"[redacted]"`)
}

func TestProviderDoesNotPrintItsCredentials(t *testing.T) {
	t.Parallel()
	p := login.NewProvider(always(token("hunter2", time.Now().Add(time.Hour)), nil))
	_, err := p.Credentials(t.Context())
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.NotContains(t, fmt.Sprintf(verb, p), "hunter2", verb)
	}
}
