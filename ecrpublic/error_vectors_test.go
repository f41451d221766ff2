package ecrpublic_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// departures are the errors that this client deliberately reports differently from
// the official one, by vector or by exception.
var departures = map[string]struct {
	reason   string
	attempts int
	succeeds bool
	message  string
}{
	"LimitExceededException":             {reason: "a quota that is used up does not come back by waiting", attempts: 1},
	"sequence/short_body_then_ok":        {reason: "a response that broke off is a connection error", attempts: 2, succeeds: true},
	"sequence/redirect_307":              {reason: "a redirect without a message says where it leads", message: `redirected to "/other", which the client does not follow: check the endpoint`},
	"protocol/both_messages_lower_first": {reason: "message wins over Message, wherever it stands", message: "lower"},
}

// sinceRecorded adapts vectors, which were recorded with aws-sdk-go-v2 v1.47.8, to its
// current retry rule: since v1.48.0 its retryers retry a 429 unless its error is one
// of the service's own types.
func sinceRecorded(want records.Error, responses []answer) records.Error {
	const limit = 3 // attempts of the recorded calls
	if want.HTTPStatus != http.StatusTooManyRequests || want.Type != "smithy.GenericAPIError" || want.Attempts != 1 {
		return want
	}
	want.Attempts = 1 + slices.IndexFunc(responses, func(r answer) bool { return r.Status != http.StatusTooManyRequests })
	if want.Attempts == 0 {
		want.Attempts = limit
	}
	return want
}

func TestErrorVectors(t *testing.T) {
	t.Parallel()
	for way, options := range waysToRun {
		for _, v := range recorded(t, "errors.json") {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				want := expected(v)
				s := &script{answers: v.Responses}
				out, err := callOperation(scripted(s, append(options, ecrpublic.WithoutDelay)...), v.Operation, inputFor(v.Operation))
				assert.Equal(t, want.Attempts, len(s.requests), "attempts")
				last := v.Responses[min(len(s.requests), len(v.Responses))-1]
				switch {
				case last.Status == 200 && last.DeclareExtra == 0 && want.Kind != "deserialization":
					require.NoError(t, err)
					assert.Equal(t, len(s.requests)-1, retries(out))
				case want.Kind == "api":
					assertAPIError(t, want, err)
				case want.Kind == "deserialization" && want.HTTPStatus == 200:
					require.ErrorAs(t, err, new(*smithy.DeserializationError))
				case want.Kind == "deserialization":
					assertUnreadable(t, last, err)
				default:
					require.Error(t, err)
				}
			})
		}
	}
}

// expected is what the official client reported, with the departures applied.
func expected(v records.Vector) records.Error {
	want := sinceRecorded(v.Results["go"], v.Responses)
	if v.ID == "protocol/TYPE_shouting" { // keys are case-sensitive, as everywhere in the protocol
		want.Code, want.Fault, want.Type = "UnknownError", "unknown", "smithy.GenericAPIError"
	}
	departure, ok := departures[v.ID]
	if !ok {
		departure = departures[want.Code]
	}
	if departure.attempts > 0 {
		want.Attempts = departure.attempts
	}
	if departure.succeeds {
		want.Kind = ""
	}
	if departure.message != "" {
		want.Message = departure.message
	}
	return want
}

func retries(out any) int {
	return reflect.ValueOf(out).Elem().FieldByName("ResponseMetadata").FieldByName("RetryAttempts").Interface().(int)
}

func assertAPIError(t *testing.T, want records.Error, err error) {
	t.Helper()
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, want.Code, api.ErrorCode())
	if text, ok := want.Message.(string); ok {
		assert.Equal(t, text, api.ErrorMessage())
	}
	assert.Equal(t, want.Fault, api.ErrorFault().String())
	assert.Equal(t, want.Type, strings.TrimPrefix(reflect.TypeOf(api).String(), "*"))
	for name, value := range want.Members {
		assert.EqualValues(t, value, member(api, name), name)
	}
	var response *awshttp.ResponseError
	require.True(t, errors.As(err, &response))
	assert.Equal(t, want.HTTPStatus, response.HTTPStatusCode())
	assert.Equal(t, want.RequestID, response.ServiceRequestID())
}

// member reads a member of an exception by its wire name.
func member(e any, wire string) any {
	v := reflect.ValueOf(e).Elem().FieldByName(strings.ToUpper(wire[:1]) + wire[1:])
	if v.IsNil() {
		return nil
	}
	return v.Elem().Interface()
}

// assertUnreadable checks an error body that cannot be decoded. The official client
// returns a decoding error for it, this one an API error with status, code and a
// snippet.
func assertUnreadable(t *testing.T, last answer, err error) {
	t.Helper()
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	code := last.Headers["X-Amzn-ErrorType"]
	if code == "" {
		code = "UnknownError"
	}
	assert.Equal(t, code, api.ErrorCode())
	assert.Contains(t, api.ErrorMessage(), "unreadable body")
	var response *awshttp.ResponseError
	require.True(t, errors.As(err, &response))
	assert.Equal(t, last.Status, response.HTTPStatusCode())
}
