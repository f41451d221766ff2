package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
	awsEnvironment(t, identity.URL)
	args := []string{"-live", "-yes", "-endpoint", emulator.URL, "-run", "^(identifiers/an account has one registry|host/a manifest)$", "-journals", t.TempDir()}
	demotest.Refuses(t, run, "add -first-repository", args...)
	assert.Zero(t, emulator.Count("CreateRepository"))

	var stdout, stderr bytes.Buffer
	args = append(args, "-first-repository", "-registry-host", emulator.URL)
	require.NoError(t, run(t.Context(), args, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "account   "+account+"\nidentity  arn:aws:iam::"+account+":user/alice\nregistry  "+emulator.URL+"\n")
	assert.Contains(t, stdout.String(), "probes of ECR Public compared with emulator, 0 differ\n")
	assert.NotContains(t, stdout.String(), account)
	assert.NotContains(t, stdout.String(), "not run\n")
	assert.Equal(t, []string{"display name "}, stateOf(t, emulator.Client()))

	demotest.Run(t, run, "-live", "-clean", "-endpoint", emulator.URL, "-journals", t.TempDir())
}

// Beside a proxy, no host is called that nobody named: the probes of the registry host
// are not run, and STS is not asked whose credentials these are.
func TestLiveCallsOnlyNamedHosts(t *testing.T) {
	emulator := newEmulator(t)
	_, err := emulator.AddImage("team/app", "v1")
	require.NoError(t, err)
	awsEnvironment(t, "")
	others := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = others })
	http.DefaultTransport = onlyTo{strings.TrimPrefix(emulator.URL, "http://"), others}
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-live", "-yes", "-endpoint", emulator.URL, "-run", "^(tokens/a login is valid for twelve hours|host/a manifest)$", "-journals", t.TempDir()}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "account   "+account+"\nidentity  not asked for: ")
	assert.Contains(t, stderr.String(), "\nregistry  not probed: -registry-host names none\n")
	assert.Regexp(t, `(?m)^host +0 +0 +1$`, stdout.String())
	assert.Regexp(t, `(?m)^tokens +1 +0 +0$`, stdout.String())
	assert.Contains(t, stdout.String(), ": not run\n  no registry host was named for this run\n")
}

// onlyTo is a transport that lets requests through to one host.
type onlyTo struct {
	host string
	next http.RoundTripper
}

func (o onlyTo) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != o.host {
		return nil, fmt.Errorf("%s was called", r.URL.Host)
	}
	return o.next.RoundTrip(r)
}

// awsEnvironment sets credentials, and the address of STS.
func awsEnvironment(t *testing.T, sts string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "no-secret-of-anybody-0123456789-ABCDEFGH", "AWS_ENDPOINT_URL_STS": sts,
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_PROFILE": "", "AWS_ENDPOINT_URL": "",
	} {
		t.Setenv(name, value)
	}
}
