package ecrpublic_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// The client must agree with the records of the service in testdata. A run of
// examples/parity with -live -json makes one, which is copied there unchanged;
// ecrpublictest compares the emulator with it.
func TestRecords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "records", "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		holdsRecord(t, file)
	}
}

// A record of the emulator is read and checked like one of the service.
func TestRecordOfTheEmulator(t *testing.T) {
	t.Parallel()
	srv := ecrpublictest.NewServer()
	t.Cleanup(srv.Close)
	file := filepath.Join(t.TempDir(), "emulator.json")
	written := records.Emulate(t.Context(), srv, http.DefaultTransport, probes.All())
	require.NoError(t, written.Write(file))
	read := holdsRecord(t, file)
	assert.Len(t, read.Vectors, len(written.Vectors))
	operations := map[string]bool{}
	for _, v := range read.Vectors {
		operations[v.Operation] = true
	}
	assert.Len(t, operations, len(operationNames())+1, "all operations, and the registry host")
}

// holdsRecord checks what the client sends for each input of a record and what it
// returns for each response, with direct calls and through a stack. Then it checks each
// probe's sequence of calls.
func holdsRecord(t *testing.T, path string) *records.File {
	t.Helper()
	file, err := records.Read(path)
	require.NoError(t, err)
	require.NotEmpty(t, file.Vectors)
	for way, options := range waysToRun {
		once := append(options, func(o *ecrpublic.Options) { o.Retryer = aws.NopRetryer{} })
		for _, v := range file.Vectors {
			if v.Operation == "" {
				continue // the registry host, which is checked with the sequences
			}
			t.Run(filepath.Base(path)+"/"+way+"/"+v.ID, func(t *testing.T) {
				holdsRequest(t, v, once...)
				if v.Status != 0 { // 0 if there was no response
					holdsResponse(t, v, once...)
				}
			})
		}
		was := map[string]probes.Outcome{}
		for _, p := range file.Header.Probes {
			was[p.Name] = p.Outcome
		}
		for _, again := range file.Replay(t.Context(), once...) {
			assert.Equal(t, was[again.Name], again.Outcome, "%s: %s: %v", path, again.Name, again.Details)
		}
	}
	return file
}

// assertSaysWhatWasSent checks that an error agrees with its response.
func assertSaysWhatWasSent(t *testing.T, sent answer, err error) {
	t.Helper()
	var body struct {
		Type    string `json:"__type"`
		Message string
	}
	require.NoError(t, json.Unmarshal([]byte(sent.Body), &body))
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, body.Type[strings.LastIndexByte(body.Type, '#')+1:], api.ErrorCode())
	assert.Equal(t, body.Message, api.ErrorMessage())
	var response *awshttp.ResponseError
	require.ErrorAs(t, err, &response)
	assert.Equal(t, sent.Status, response.HTTPStatusCode())
	assert.Equal(t, sent.Headers["X-Amzn-Requestid"], response.ServiceRequestID())
}
