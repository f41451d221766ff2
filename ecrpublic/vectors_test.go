package ecrpublic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// The vectors in testdata were recorded from real clients. This file runs them. Where
// this client deliberately differs from the official one, a table lists the case and
// the reason.

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into))
}

var testCredentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}, nil
})

// waysToRun are options for direct calls and for calls through a stack.
var waysToRun = map[string][]func(*ecrpublic.Options){
	"plain": nil,
	"stack": {ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return nil })},
}

// callOperation calls an operation by its name.
func callOperation(c *ecrpublic.Client, operation string, input []byte) (any, error) {
	method := reflect.ValueOf(c).MethodByName(operation)
	in := reflect.New(method.Type().In(1).Elem())
	if input != nil {
		if err := codec.Unmarshal(input, in.Interface()); err != nil {
			return nil, err
		}
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	err, _ := results[1].Interface().(error)
	return results[0].Interface(), err
}

// inputFor sets every required member of an operation's input.
func inputFor(operation string) []byte {
	in, ok := map[string]string{
		"CompleteLayerUpload":         `{"repositoryName":"r","uploadId":"u","layerDigests":["d"]}`,
		"BatchCheckLayerAvailability": `{"repositoryName":"r","layerDigests":["d"]}`,
		"BatchDeleteImage":            `{"repositoryName":"r","imageIds":[{"imageTag":"t"}]}`,
		"PutImage":                    `{"repositoryName":"r","imageManifest":"m"}`,
		"PutRepositoryCatalogData":    `{"repositoryName":"r","catalogData":{}}`,
		"SetRepositoryPolicy":         `{"repositoryName":"r","policyText":"p"}`,
		"ListTagsForResource":         `{"resourceArn":"a"}`,
		"TagResource":                 `{"resourceArn":"a","tags":[]}`,
		"UntagResource":               `{"resourceArn":"a","tagKeys":[]}`,
		"UploadLayerPart":             `{"repositoryName":"r","uploadId":"u","partFirstByte":0,"partLastByte":0,"layerPartBlob":"YQ=="}`,
	}[operation]
	if !ok {
		in = `{"repositoryName":"r"}` // operations without that member ignore it
	}
	return []byte(in)
}

func TestRequestVectors(t *testing.T) {
	t.Parallel()
	for way, options := range waysToRun {
		for _, v := range recorded(t, "requests.json") {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				holdsRequest(t, v, options...)
			})
		}
	}
}

// recorded reads the vectors of a file in testdata.
func recorded(t testing.TB, name string) []records.Vector {
	t.Helper()
	file, err := records.Read(filepath.Join("testdata", name))
	require.NoError(t, err)
	require.NotEmpty(t, file.Vectors)
	return file.Vectors
}

// holdsRequest checks what the client sends for a vector's input.
func holdsRequest(t *testing.T, v records.Vector, options ...func(*ecrpublic.Options)) {
	t.Helper()
	s := &script{answers: []answer{{Status: 200, Body: "{}"}}}
	_, err := callOperation(scripted(s, options...), v.Operation, v.Input)
	if v.Missing != nil {
		assert.Equal(t, v.Missing, missingMembers(t, err))
		assert.Empty(t, s.requests)
		return
	}
	require.NoError(t, err)
	require.Len(t, s.requests, 1)
	r := s.requests[0]
	assert.Equal(t, v.Request.Method, r.Method)
	assert.Equal(t, v.Request.Path, r.URL.Path)
	assert.EqualValues(t, len(s.bodies[0]), r.ContentLength)
	for name, value := range v.Request.Headers {
		assert.Equal(t, value, r.Header.Get(name), name)
	}
	body, err := v.Request.Text()
	require.NoError(t, err)
	assert.True(t, sameJSON(t, []byte(body), s.bodies[0]), "sent %s", s.bodies[0])
}

func missingMembers(t *testing.T, err error) []string {
	t.Helper()
	var invalid smithy.InvalidParamsError
	require.ErrorAs(t, err, &invalid)
	var names []string
	for _, e := range invalid.Errs() {
		_, name, _ := strings.Cut(e.(*smithy.ParamRequiredError).Field(), ".") //nolint:errorlint // an entry of the list
		names = append(names, name)
	}
	return names
}

// sameJSON compares documents, with exact numbers. An absent false counts as present: a
// plain bool cannot distinguish the two.
func sameJSON(t *testing.T, want, got []byte) bool {
	t.Helper()
	parse := func(data []byte) (v map[string]any) {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		require.NoError(t, d.Decode(&v))
		if v["force"] == false {
			delete(v, "force")
		}
		return v
	}
	return reflect.DeepEqual(parse(want), parse(got))
}

// strict names the responses that this client reads more strictly or more exactly than
// the official one, and says why.
var strict = map[string]string{
	"trailing_garbage":        "what follows the document shows that something is wrong with it",
	"two_documents":           "what follows the document shows that something is wrong with it",
	"nul_byte_after_document": "what follows the document shows that something is wrong with it",
}

// inexact names the timestamps that make the official client panic, or that it returns
// with another year or fewer digits.
var inexact = map[string]bool{"ts_nan_string": true, "ts_year9999": true, "ts_beyond_year9999": true, "ts_huge": true, "ts_ms_epoch_mistake": true, "ts_float_half_ms": true}

func TestResponseVectors(t *testing.T) {
	t.Parallel()
	for way, options := range waysToRun {
		for _, v := range recorded(t, "responses.json") {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				holdsResponse(t, v, options...)
			})
		}
	}
}

// holdsResponse checks what the client returns for a vector's response.
func holdsResponse(t *testing.T, v records.Vector, options ...func(*ecrpublic.Options)) {
	t.Helper()
	s := &script{answers: []answer{v.Answer}}
	out, err := callOperation(scripted(s, options...), v.Operation, inputFor(v.Operation))
	want, kind := outcome(t, v)
	switch {
	case inexact[v.Variation]:
		return // TestTimestamps has them
	case kind == "api":
		var api smithy.APIError
		require.ErrorAs(t, err, &api)
		if v.Outcomes == nil {
			assertSaysWhatWasSent(t, v.Answer, err)
		}
		return
	case kind != "" || strict[v.Variation] != "":
		var broken *smithy.DeserializationError
		require.ErrorAs(t, err, &broken)
		require.Nil(t, reflect.ValueOf(out).Interface(), "no half-filled output")
		return
	}
	require.NoError(t, err)
	encoded, err := codec.Append(nil, out)
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(encoded, &got))
	assert.Equal(t, normal(want), normal(got))
}

// outcome is what the official client returned for a response, or else the content of
// the response.
func outcome(t *testing.T, v records.Vector) (output map[string]any, kind string) {
	t.Helper()
	for _, o := range v.Outcomes {
		if slices.Contains(o.Clients, "go") {
			output = o.Output
			if o.Error != nil {
				kind = o.Error.Kind
			}
		}
	}
	switch {
	case v.Outcomes != nil:
		return output, kind
	case v.Status != http.StatusOK:
		return nil, "api"
	}
	require.NoError(t, json.Unmarshal([]byte(v.Body), &output), v.ID)
	return output, ""
}

// normal converts recorded outputs and ours to the same form: times as text in
// milliseconds, without flags that are false.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		n := map[string]any{}
		for key, value := range v {
			if value == false || value == nil {
				continue
			}
			if key == "createdAt" || key == "expiresAt" || key == "imagePushedAt" {
				value = instant(value)
			}
			n[key] = normal(value)
		}
		return n
	case []any:
		n := []any{}
		for _, e := range v {
			n = append(n, normal(e))
		}
		return n
	}
	return v
}

func instant(v any) any {
	switch v := v.(type) {
	case string:
		t, err := time.Parse(time.RFC3339Nano, v)
		if err != nil {
			return err.Error()
		}
		return t.UnixMilli()
	case float64:
		return int64(math.Floor(v * 1000))
	}
	return v
}
