package ecrpublic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"reflect"
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
)

// The vectors in testdata were recorded from real clients. This file runs them;
// where this client departs from the official one on purpose, the case stands in
// a table with its reason.

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into))
}

var testCredentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}, nil
})

// waysToRun are options that send a call directly and over a stack.
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

// inputFor sets every required member of an operation to something.
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
		in = `{"repositoryName":"r"}` // operations without that member skip it
	}
	return []byte(in)
}

func TestRequestVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID, Operation  string
			Input          json.RawMessage
			MissingMembers []string `json:"missing_members"`
			Request        struct {
				Method, Path string
				Headers      map[string]string
				Body         json.RawMessage
			}
			DifferentBody map[string]json.RawMessage `json:"different_body"`
		}
	}
	readVectors(t, "requests.json", &file)
	for way, options := range waysToRun {
		for _, v := range file.Vectors {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				s := &script{answers: []answer{{Status: 200, Body: "{}"}}}
				_, err := callOperation(scripted(s, options...), v.Operation, v.Input)
				if v.MissingMembers != nil {
					assert.Equal(t, v.MissingMembers, missingMembers(t, err))
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
				assert.True(t, sameJSON(t, v.Request.Body, s.bodies[0]), "sent %s", s.bodies[0])
			})
		}
	}
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

// sameJSON compares documents with exact numbers. A false that is not sent
// counts as sent: a plain bool cannot tell.
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

// strict names the answers on which this client is stricter than the official
// one, or more exact, and why.
var strict = map[string]string{
	"trailing_garbage":        "what follows the document shows that something is wrong with it",
	"two_documents":           "what follows the document shows that something is wrong with it",
	"nul_byte_after_document": "what follows the document shows that something is wrong with it",
}

// inexact names the timestamps of which the official client makes something
// else: a panic, another year, or fewer digits.
var inexact = map[string]bool{"ts_nan_string": true, "ts_year9999": true, "ts_beyond_year9999": true, "ts_huge": true, "ts_ms_epoch_mistake": true, "ts_float_half_ms": true}

func TestResponseVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID, Operation, Variation string
			answer
			Outcomes []struct {
				Clients []string
				Output  map[string]any
				Error   *struct{ Kind string }
			}
			Tags []string
		}
	}
	readVectors(t, "responses.json", &file)
	for way, options := range waysToRun {
		for _, v := range file.Vectors {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				s := &script{answers: []answer{v.answer}}
				out, err := callOperation(scripted(s, options...), v.Operation, inputFor(v.Operation))
				var want map[string]any
				kind := ""
				for _, o := range v.Outcomes {
					for _, client := range o.Clients {
						if client == "go" {
							want = o.Output
							if o.Error != nil {
								kind = o.Error.Kind
							}
						}
					}
				}
				switch {
				case inexact[v.Variation]:
					return // TestTimestamps has them
				case kind == "api":
					var api smithy.APIError
					require.ErrorAs(t, err, &api)
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
			})
		}
	}
}

// normal brings recorded outputs and ours to one form: times as text of
// milliseconds, false flags as absent.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		n := map[string]any{}
		for key, value := range v {
			if value == false {
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
