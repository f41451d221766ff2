package ecrpublic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// TestSecretsThatTheServiceRepeats has the service respond with secrets that the client
// sent, in the forms that services and proxies use.
func TestSecretsThatTheServiceRepeats(t *testing.T) {
	t.Parallel()
	const token = "IQoJb3JpZ2lu/X2Vj+EXAMPLE=="
	escaped := func(pairs ...string) func(http.Header) string {
		return func(http.Header) string { return strings.NewReplacer(pairs...).Replace(token) }
	}
	for name, repeat := range map[string]func(http.Header) string{
		"token":         func(h http.Header) string { return "the token " + h.Get("X-Amz-Security-Token") + " is not valid" },
		"authorization": func(h http.Header) string { return "Authorization=" + h.Get("Authorization") + " is incomplete" },
		"canonical request": func(h http.Header) string {
			return "should have been\nx-amz-date:now\nx-amz-security-token:" + h.Get("X-Amz-Security-Token") + "\n\nx-amz-date"
		},
		"in a URL":           escaped("/", "%2F", "+", "%2b", "=", "%3D"),
		"as JSON of PHP":     escaped("/", `\/`),
		"as JSON with codes": escaped("/", `\u002F`, "+", `\u002b`, "=", `\u003d`),
		"in HTML":            escaped("/", "&#x2F;", "+", "&#43;", "=", "&#x3d;"),
	} {
		for form, body := range map[string]string{
			"message":    `{"__type":"InvalidSignatureException","message":%q}`,
			"code":       `{"__type":%q}`,
			"not quoted": `{"__type":"InvalidLayerPartException","message":"%s"}`,
			"no JSON":    `<html>` + strings.Repeat("x", 170) + `%s`,
		} {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
					server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.WriteHeader(http.StatusForbidden)
						_, err := io.WriteString(w, fmt.Sprintf(body, repeat(r.Header)))
						assert.NoError(t, err)
					}))
					defer server.Close()
					var log bytes.Buffer
					var sent http.Header
					client := ecrpublic.New(ecrpublic.Options{
						BaseEndpoint: &server.URL,
						HTTPClient: doFunc(func(r *http.Request) (*http.Response, error) {
							sent = r.Header.Clone()
							return server.Client().Do(r)
						}),
						Credentials: staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: token}},
						Logger:      logging.NewStandardLogger(&log),
					}, options...)
					_, err := client.DescribeRegistries(t.Context(), nil)
					require.Error(t, err)
					_, logged := client.DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) {
						o.ClientLogMode = aws.LogResponseWithBody | aws.LogRetries
					})
					require.Error(t, logged)
					_, signature, _ := strings.Cut(sent.Get("Authorization"), "Signature=")
					require.NotEmpty(t, signature)
					for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), logged.Error(), log.String()} {
						for _, secret := range []string{"X2Vj", "IQoJb3JpZ2lu", signature} {
							assert.NotContains(t, text, secret)
						}
					}
				})
			})
		}
	}
}

// TestSecretsInWhatIsNoResponse has the service repeat the token in the request ID, and
// in malformed responses, which a transport quotes in its errors.
func TestSecretsInWhatIsNoResponse(t *testing.T) {
	t.Parallel()
	const token = "IQoJb3JpZ2lu/X2Vj+EXAMPLE=="
	for name, response := range map[string]string{
		"header":            "HTTP/1.1 400 Bad\r\nyou sent " + token + "\r\n\r\n",
		"status":            "HTTP/1.1 " + token + "\r\n\r\n",
		"length":            "HTTP/1.1 400 Bad\r\nContent-Length: " + token + "\r\n\r\n",
		"transfer encoding": "HTTP/1.1 400 Bad\r\nTransfer-Encoding: " + token + "\r\n\r\n",
		"location":          "HTTP/1.1 302 Found\r\nLocation: http://x:" + token + "/\r\nContent-Length: 0\r\n\r\n",
		"trailer":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + token + "\r\n\r\n",
		"request ID":        "HTTP/1.1 400 Bad\r\nX-Amzn-Requestid: " + token + "\r\nContent-Length: 2\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
				var log bytes.Buffer
				service := serve(t, func(c net.Conn, _ <-chan struct{}) {
					readRequest(c)
					io.WriteString(c, response)
				})
				client := service.client(append(options, func(o *ecrpublic.Options) {
					o.Credentials = staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: token}}
					o.Logger = logging.NewStandardLogger(&log)
				})...)
				_, err := client.DescribeRegistries(t.Context(), nil)
				require.ErrorContains(t, err, "[REDACTED]")
				_, logged := client.DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) {
					o.ClientLogMode = aws.LogResponseWithBody | aws.LogRetries
				})
				require.Error(t, logged)
				for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), logged.Error(), log.String()} {
					assert.NotContains(t, text, "X2Vj")
				}
			})
		})
	}
}

type doFunc func(*http.Request) (*http.Response, error)

func (f doFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// TestShortSessionTokenIsNoSecret uses credentials of the kind that unit tests have.
func TestShortSessionTokenIsNoSecret(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"t", "test", "token", "SESSION"} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			client := scripted(&script{answers: []answer{{Status: 400, Body: `{"__type":"RepositoryNotFoundException","message":"no token, test or SESSION"}`}}}, append(options, func(o *ecrpublic.Options) {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq", SessionToken: token}, nil
				})
			})...)
			_, err := client.DescribeRegistries(t.Context(), nil)
			missing, ok := errors.AsType[*types.RepositoryNotFoundException](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, "no token, test or SESSION", missing.ErrorMessage())
		})
	}
}
