package ecrpublic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// secrets must not appear in any output: a secret key, a session token, an
// authorization token, and a signature.
var secrets = regexp.MustCompile(`SECRETEXAMPLE|SESSIONEXAMPLE|TOKENEXAMPLE|PASSWORDEXAMPLE|Signature=[0-9a-f]`)

const tokenBody = `{"authorizationData":{"authorizationToken":"TOKENEXAMPLE","expiresAt":1}}`

// talkative logs everything that can be logged.
func talkative(log *lockedBuffer) func(*ecrpublic.Options) {
	return func(o *ecrpublic.Options) {
		o.ClientLogMode = aws.LogSigning | aws.LogRetries | aws.LogRequestWithBody | aws.LogResponseWithBody
		o.Logger = logging.NewStandardLogger(log)
		o.Credentials = staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}}
	}
}

func TestLogsShowNoSecret(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]answer{
		"success":    {{Status: 200, Body: tokenBody}},
		"refusal":    {{Status: 400, Body: `{"__type":"AccessDeniedException","message":"no"}`}},
		"retries":    {{Status: 500}, {Conn: "reset"}, {Status: 200, Body: tokenBody}},
		"cut off":    {{Status: 200, Body: tokenBody[:len(tokenBody)-20], DeclareExtra: 20}},
		"malformed":  {{Status: 200, Body: tokenBody + "x"}},
		"escaped":    {{Status: 200, Body: `{"authorizationData":{"authorization\u0054oken":"TOKENEXAMPLE"}}`}},
		"an object":  {{Status: 200, Body: `{"authorizationData":{"authorizationToken":{"a":"TOKENEXAMPLE"}}}`}},
		"unreadable": {{Status: 400, Body: tokenBody + "x"}},
		"spread":     {{Status: 200, Body: "{\"authorizationData\":{\"authorizationToken\" :\n\t\"TOKENEXAMPLE\"}}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			_, err := scripted(&script{answers: answers}, talkative(&log), ecrpublic.WithoutDelay).GetAuthorizationToken(t.Context(), nil)
			assert.NotRegexp(t, secrets, log.String())
			assert.Contains(t, log.String(), "X-Amz-Security-Token: [REDACTED]")
			assert.Contains(t, log.String(), "X-Amz-Target: SpencerFrontendService.GetAuthorizationToken")
			if err != nil {
				assert.NotRegexp(t, secrets, err.Error())
			}
		})
	}
}

func TestLoggingKeepsTheResponse(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	out, err := scripted(&script{answers: []answer{{Status: 200, Body: tokenBody}}}, talkative(&log)).GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "TOKENEXAMPLE", *out.AuthorizationData.AuthorizationToken)
	assert.Contains(t, log.String(), "\r\n\r\n[REDACTED]", "an answer with a token is not shown at all")
	_, err = scripted(&script{answers: []answer{{Status: 200, Body: `{"repositories":[]}`}}}, talkative(&log)).DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	assert.Contains(t, log.String(), `{"repositories":[]}`)
}

func TestFormattedValuesShowNoSecret(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		var log lockedBuffer
		s := &script{answers: []answer{
			{Status: 200, Body: tokenBody},
			{Status: 400, Body: `{"__type":"AccessDeniedException","message":"no"}`},
			{Status: 200, Body: tokenBody + "x"},
			{Status: 400, Body: tokenBody + "x"},
		}}
		client := scripted(s, append(options, func(o *ecrpublic.Options) {
			o.BaseEndpoint = aws.String("http://user:PASSWORDEXAMPLE@127.0.0.1")
			o.Credentials = staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}}
		})...)
		out, err := client.GetAuthorizationToken(t.Context(), nil)
		require.NoError(t, err)
		_, refused := client.GetAuthorizationToken(t.Context(), nil)
		require.Error(t, refused)
		_, broken := client.GetAuthorizationToken(t.Context(), nil)
		require.Error(t, broken)
		_, unreadable := client.GetAuthorizationToken(t.Context(), nil)
		require.Error(t, unreadable)

		values := []any{client, *client, []any{client, *client}, map[string]any{"client": client}, out, *out, out.ResponseMetadata, out.ResultMetadata}
		for e := range chain(refused, broken, unreadable) {
			values = append(values, e)
		}
		logger := slog.New(slog.NewTextHandler(&log, nil))
		for _, v := range values {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
				assert.NotRegexp(t, secrets, fmt.Sprintf(verb, v), "%s of a %T", verb, v)
			}
			logger.Info("value", "v", v)
		}
		slog.New(slog.NewJSONHandler(&log, nil)).Info("values", "client", client, "refused", refused, "broken", broken)
		assert.NotRegexp(t, secrets, log.String())
	})
}

// chain yields an error and all errors that it wraps.
func chain(errs ...error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		for _, e := range errs {
			for ; e != nil; e = errors.Unwrap(e) {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// panics are the panics of TestPanicsShowNoSecret.
var panics = map[string]func(*ecrpublic.Client){
	"client":    func(c *ecrpublic.Client) { panic(*c) },
	"transport": func(c *ecrpublic.Client) { c.GetAuthorizationToken(context.Background(), nil) },
}

const panicVariable = "ECRPUBLIC_PANIC"

// TestPanicsShowNoSecret runs programs that panic, with various values and inside a
// call, and searches what the runtime prints.
func TestPanicsShowNoSecret(t *testing.T) {
	t.Parallel()
	if do := panics[os.Getenv(panicVariable)]; do != nil {
		do(ecrpublic.New(ecrpublic.Options{
			HTTPClient:  panicking{},
			Credentials: staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: "SESSIONEXAMPLE"}},
		}))
	}
	for name := range panics {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPanicsShowNoSecret$")
			command.Env = append(os.Environ(), panicVariable+"="+name, "GOTRACEBACK=all")
			output, err := command.CombinedOutput()
			require.Error(t, err)
			assert.Contains(t, string(output), "panic:")
			assert.NotRegexp(t, secrets, string(output))
		})
	}
}

type panicking struct{}

func (panicking) Do(r *http.Request) (*http.Response, error) { panic(r.URL.String()) }

type staticCredentials struct{ Value aws.Credentials }

func (c staticCredentials) Retrieve(context.Context) (aws.Credentials, error) { return c.Value, nil }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
