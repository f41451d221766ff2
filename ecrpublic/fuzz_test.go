package ecrpublic_test

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// canned is a transport that returns the same response to every request.
type canned struct {
	status int
	header http.Header
	body   string
}

func (c *canned) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: c.status, Header: c.header.Clone(), ContentLength: int64(len(c.body)), Body: io.NopCloser(strings.NewReader(c.body))}, nil
}

// cannedClients returns a client for direct calls and one with a stack. Both make one
// attempt and share a transport.
func cannedClients(answers ecrpublic.HTTPClient) map[string]*ecrpublic.Client {
	clients := map[string]*ecrpublic.Client{}
	for way, options := range waysToRun {
		once := func(o *ecrpublic.Options) {
			o.HTTPClient, o.Credentials, o.Retryer = answers, testCredentials, aws.NopRetryer{}
		}
		clients[way] = ecrpublic.New(ecrpublic.Options{}, append(options, once)...)
	}
	return clients
}

// operationNames returns the names of all operations.
func operationNames() []string {
	var names []string
	api := reflect.TypeFor[ecrpublic.API]()
	for method := range api.Methods() {
		names = append(names, method.Name)
	}
	return names
}

// addRecorded adds the recorded responses of a file as seeds.
func addRecorded(f *testing.F, file string, add func(operation int, a answer)) {
	f.Helper()
	for _, v := range recorded(f, file) {
		for _, a := range append(v.Responses, v.Answer) {
			for i, name := range operationNames() {
				if name == v.Operation && a.Status != 0 {
					add(i, a)
				}
			}
		}
	}
}

// FuzzErrorResponse gives a call a random error response. The call must return an API
// error with operation, status and request ID; direct calls and the stack must agree.
func FuzzErrorResponse(f *testing.F) {
	addRecorded(f, "errors.json", func(_ int, a answer) {
		if a.Status >= 300 {
			f.Add(a.Status, a.Headers["X-Amzn-Errortype"], []byte(a.Body))
		}
	})
	f.Add(500, "", []byte("<html>\xff</html>"))
	f.Add(307, "A:b#c", []byte(`{"message":5}`))
	answers := &canned{}
	clients := cannedClients(answers)
	f.Fuzz(func(t *testing.T, status int, errorType string, body []byte) {
		answers.status = 300 + int(uint(status)%300)
		if 300 <= status && status < 600 {
			answers.status = status
		}
		answers.header = http.Header{"X-Amzn-Requestid": {"request-1"}, "X-Amzn-Errortype": {errorType}}
		answers.body = string(body)
		texts := map[string]string{}
		for way, client := range clients {
			out, err := client.DescribeRegistries(context.Background(), nil)
			require.Nil(t, out)
			var operation *smithy.OperationError
			require.ErrorAs(t, err, &operation)
			require.Equal(t, "DescribeRegistries", operation.Operation())
			var api smithy.APIError
			require.ErrorAs(t, err, &api)
			var response *awshttp.ResponseError
			require.ErrorAs(t, err, &response)
			require.Equal(t, answers.status, response.HTTPStatusCode())
			require.Equal(t, "request-1", response.ServiceRequestID())
			require.NotPanics(t, func() { _ = api.ErrorMessage() + api.ErrorCode() + api.ErrorFault().String() })
			texts[way] = err.Error()
		}
		require.Equal(t, texts["stack"], texts["plain"])
	})
}

// FuzzOutput gives a call a random response with status 200. The call must return an
// output that loses nothing when it is encoded and decoded again, or no output and a
// deserialization error; direct calls and the stack must agree.
func FuzzOutput(f *testing.F) {
	addRecorded(f, "responses.json", func(operation int, a answer) {
		if a.Status == 200 {
			f.Add(uint8(operation), []byte(a.Body))
		}
	})
	answers := &canned{status: 200, header: http.Header{"X-Amzn-Requestid": {"request-1"}}}
	clients, names := cannedClients(answers), operationNames()
	f.Fuzz(func(t *testing.T, operation uint8, body []byte) {
		name := names[int(operation)%len(names)]
		answers.body = string(body)
		results := map[string]string{}
		for way, client := range clients {
			out, err := callOperation(client, name, inputFor(name))
			if err != nil {
				require.Nil(t, reflect.ValueOf(out).Interface())
				requireBroken(t, err)
				results[way] = err.Error()
				continue
			}
			results[way] = reencoded(t, out)
		}
		require.Equal(t, results["stack"], results["plain"])
	})
}

func requireBroken(t *testing.T, err error) {
	t.Helper()
	var broken *smithy.DeserializationError
	require.ErrorAs(t, err, &broken)
	var response *awshttp.ResponseError
	require.ErrorAs(t, err, &response)
	require.Equal(t, "request-1", response.ServiceRequestID())
}

// reencoded returns an output as JSON, and checks that it decodes to the same output.
func reencoded(t *testing.T, out any) string {
	t.Helper()
	first, err := codec.Append(nil, out)
	require.NoError(t, err)
	again := reflect.New(reflect.TypeOf(out).Elem()).Interface()
	require.NoError(t, codec.Unmarshal(first, again))
	second, err := codec.Append(nil, again)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	return string(first)
}
