package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// A record answers as the service did, without an account. The one in testdata was made
// with the emulator; this makes it anew with AWS, from a repository that the account has:
//
//	RECORD=team/app go -C examples test -run TestServiceWithRecord ./unit-testing
func TestServiceWithRecord(t *testing.T) {
	repository, record := os.LookupEnv("RECORD")
	if !record {
		repository = "team/app"
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "no-secret-of-anybody-0123456789-ABCDEFGH")
	}
	mode := map[bool]recorder.Mode{false: recorder.ModeReplayOnly, true: recorder.ModeRecordOnly}[record]
	transport, err := newRecorder(filepath.Join("testdata", "latest"), mode, http.DefaultTransport)
	require.NoError(t, err)
	defer func() { assert.NoError(t, transport.Stop()) }()
	cfg, err := config.LoadDefaultConfig(t.Context())
	require.NoError(t, err)
	service := newService(ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) { o.HTTPClient = &http.Client{Transport: transport} }), ignore)

	answer := get(t, service, "/latest/"+repository)
	assert.Equal(t, http.StatusOK, answer.Code, answer.Body)
	assert.Equal(t, http.StatusNotFound, get(t, service, "/latest/"+repository+"-missing").Code)
}

// A session is recorded, and answered from the file in another account.
func TestRecordAndReplay(t *testing.T) {
	t.Parallel()
	const account, alias = "210987654321", "acme-team"
	emulator := ecrpublictest.NewServer(ecrpublictest.WithAccount(account), ecrpublictest.WithAlias(alias))
	t.Cleanup(emulator.Close)
	_, err := emulator.AddImage("team/app", "v1.0")
	require.NoError(t, err)

	file := filepath.Join(t.TempDir(), "session")
	session := func(mode recorder.Mode, transport http.RoundTripper) (first, second string) {
		recording, err := newRecorder(file, mode, transport)
		require.NoError(t, err)
		client := emulator.Client(func(o *ecrpublic.Options) { o.HTTPClient = &http.Client{Transport: recording} })
		service := newService(client, ignore)
		first = get(t, service, "/latest/team/app").Body.String()
		second = get(t, service, "/latest/team/missing").Body.String()
		require.NoError(t, recording.Stop())
		return first, second
	}
	first, second := session(recorder.ModeRecordOnly, http.DefaultTransport)
	requests := emulator.Count("")
	again, missing := session(recorder.ModeReplayOnly, nil)
	assert.Equal(t, []string{first, second}, []string{again, missing})
	assert.Equal(t, requests, emulator.Count(""), "the file answered")

	content, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	for _, secret := range []string{account, alias, "Credential", emulator.RegistryHost()} {
		assert.NotContains(t, string(content), secret)
	}
}
