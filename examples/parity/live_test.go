package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

// A run on AWS says whose account it is, and does not begin where something would stay
// behind. The service is an emulator here, and the caller's identity a fixed one.
func TestLive(t *testing.T) {
	emulator := newEmulator(t)
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, err := io.WriteString(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::`+
			account+`:user/alice</Arn><UserId>AIDA</UserId><Account>`+account+`</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		assert.NoError(t, err)
	}))
	t.Cleanup(identity.Close)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "no-secret-of-anybody-0123456789-ABCDEFGH", "AWS_ENDPOINT_URL_STS": identity.URL,
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	args := []string{"-live", "-yes", "-endpoint", emulator.URL, "-run", "^identifiers/", "-journals", t.TempDir()}
	demotest.Refuses(t, run, "add -first-repository", args...)
	assert.Zero(t, emulator.Count("CreateRepository"))

	var stdout, stderr bytes.Buffer
	require.NoError(t, run(t.Context(), append(args, "-first-repository"), &stdout, &stderr))
	assert.Contains(t, stderr.String(), "account   "+account+"\nidentity  arn:aws:iam::"+account+":user/alice\n")
	assert.Contains(t, stdout.String(), "probes of ECR Public compared with emulator, 0 differ\n")
	assert.NotContains(t, stdout.String(), account)
	assert.Equal(t, []string{"display name "}, stateOf(t, emulator))

	demotest.Run(t, run, "-live", "-clean", "-endpoint", emulator.URL, "-journals", t.TempDir())
}
