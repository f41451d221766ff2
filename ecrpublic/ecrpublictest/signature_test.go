package ecrpublictest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const accessKey, secretKey = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// emulated is the time of the servers of these tests.
var emulated = time.Date(2026, 5, 4, 3, 2, 1, 500e6, time.UTC)

func signingServer(t *testing.T) *ecrpublictest.Server {
	t.Helper()
	return newServer(t, ecrpublictest.WithCredentials(accessKey, secretKey), ecrpublictest.WithClock(func() time.Time { return emulated }))
}

// signed is a request that is right; a test spoils one thing of it.
type signed struct {
	credentials     aws.Credentials
	service, region string
	at              time.Time
	body            string
	before, after   func(*http.Request) // signing
}

func rightly() signed {
	return signed{
		credentials: aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey},
		service:     "ecr-public", region: "us-east-1", at: emulated, body: "{}",
	}
}

func (s signed) send(t *testing.T, srv *ecrpublictest.Server) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(s.body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "SpencerFrontendService.DescribeRegistries")
	if s.before != nil {
		s.before(req)
	}
	hash := sha256.Sum256([]byte(s.body))
	require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), s.credentials, req, hex.EncodeToString(hash[:]), s.service, s.region, s.at))
	if s.after != nil {
		s.after(req)
	}
	got, err := send(t, req)
	require.NoError(t, err)
	return got
}

func TestSignature(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*signed)
		code   string // "" passes
		text   string
	}{
		"right":                   {func(*signed) {}, "", ""},
		"a region without ECR":    {func(s *signed) { s.region = "eu-west-1" }, "InvalidSignatureException", "the host api.ecr-public.eu-west-1.amazonaws.com does not exist"},
		"the region that refuses": {func(s *signed) { s.region = "us-west-2" }, "UnsupportedCommandException", "DescribeRegistries command is only supported in us-east-1."},
		"session token":           {func(s *signed) { s.credentials.SessionToken = "session" }, "", ""},
		"further headers":         {func(s *signed) { s.before = setHeader("X-Custom", "  a   b ") }, "", ""},
		"query":                   {func(s *signed) { s.before = func(r *http.Request) { r.URL.RawQuery = "b=2&a=1%202" } }, "", ""},
		"unsigned header added":   {func(s *signed) { s.after = setHeader("X-Custom", "late") }, "", ""},
		"no spaces":               {func(s *signed) { s.after = replaceAuthorization(", ", ",") }, "", ""},
		"five minutes early":      {func(s *signed) { s.at = emulated.Add(-5 * time.Minute) }, "", ""},
		"five minutes late":       {func(s *signed) { s.at = emulated.Add(5 * time.Minute) }, "", ""},
		"no header":               {func(s *signed) { s.after = deleteHeader("Authorization") }, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		"another scheme":          {func(s *signed) { s.after = setHeader("Authorization", "Bearer x") }, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		"no signature":            {func(s *signed) { s.after = replaceAuthorization("Signature=", "Other=") }, "IncompleteSignature", "'Signature'"},
		"no signed headers":       {func(s *signed) { s.after = replaceAuthorization("SignedHeaders=", "Other=") }, "IncompleteSignature", "'SignedHeaders'"},
		"no credential":           {func(s *signed) { s.after = replaceAuthorization("Credential=", "Other=") }, "IncompleteSignature", "'Credential'"},
		"short scope":             {func(s *signed) { s.after = replaceAuthorization("/us-east-1", "") }, "IncompleteSignature", "5 slash-delimited"},
		"another scope's end":     {func(s *signed) { s.after = replaceAuthorization("aws4_request", "aws5_request") }, "IncompleteSignature", "5 slash-delimited"},
		"no date":                 {func(s *signed) { s.after = deleteHeader("X-Amz-Date") }, "IncompleteSignature", "X-Amz-Date"},
		"unknown access key":      {func(s *signed) { s.credentials.AccessKeyID = "AKIDOTHER" }, "UnrecognizedClientException", "The security token included in the request is invalid."},
		"wrong secret":            {func(s *signed) { s.credentials.SecretAccessKey = "SECRETEXAMPLE0123456789abcdefghijklmnopq" }, "InvalidSignatureException", "does not match"},
		"another service":         {func(s *signed) { s.service = "ecr" }, "InvalidSignatureException", "correct service: 'ecr-public'"},
		"signed header changed":   {func(s *signed) { s.after = setHeader("X-Amz-Target", "SpencerFrontendService.DescribeImages") }, "InvalidSignatureException", "does not match"},
		"body changed":            {func(s *signed) { s.after = setBody("[]") }, "InvalidSignatureException", "does not match"},
		"body shorter":            {func(s *signed) { s.after = setBody("") }, "InvalidSignatureException", "does not match"},
		"a signed header's name":  {func(s *signed) { s.after = replaceAuthorization("x-amz-target", "x-amz-other") }, "InvalidSignatureException", "does not match"},
		"the scope's day":         {func(s *signed) { s.after = replaceAuthorization("/20260504/", "/20260505/") }, "InvalidSignatureException", "'20260505' != '20260504', from '20260504T030201Z'"},
		"an empty day":            {func(s *signed) { s.after = replaceAuthorization("/20260504/", "//") }, "InvalidSignatureException", "'' != '20260504'"},
		"more than 5 minutes old": {func(s *signed) { s.at = emulated.Add(-301 * time.Second) }, "InvalidSignatureException", "Signature expired: 20260504T025700Z is now earlier than 20260504T025701Z (20260504T030201Z - 5 min.)"},
		"from the future":         {func(s *signed) { s.at = emulated.Add(302 * time.Second) }, "InvalidSignatureException", "Signature not yet current: 20260504T030703Z is still later than 20260504T030701Z (20260504T030201Z + 5 min.)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := rightly()
			tc.change(&s)
			got := s.send(t, signingServer(t))
			if tc.code == "" {
				assert.Equal(t, 200, got.status, got.body)
				return
			}
			var body struct {
				Type    string `json:"__type"`
				Message string
			}
			require.NoError(t, json.Unmarshal([]byte(got.body), &body))
			assert.Equal(t, 400, got.status)
			assert.Equal(t, tc.code, body.Type)
			assert.Contains(t, body.Message, tc.text)
			assert.Equal(t, "Mon, 04 May 2026 03:02:01 GMT", got.header.Get("Date"))
		})
	}
}

func setHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func deleteHeader(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

func setBody(body string) func(*http.Request) {
	return func(r *http.Request) {
		r.GetBody = nil
		r.Body = http.NoBody
		r.ContentLength = 0
		if body != "" {
			r.Body = readCloser{bytes.NewReader([]byte(body))}
			r.ContentLength = int64(len(body))
		}
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func replaceAuthorization(old, replacement string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, -1))
	}
}

func TestSignatureOfLargestPart(t *testing.T) {
	t.Parallel()
	s := rightly()
	s.body = `{"layerPartBlob":"` + base64.StdEncoding.EncodeToString(make([]byte, 20<<20)) + `"}`
	assert.Equal(t, 200, s.send(t, signingServer(t)).status)
}

func TestSignatureOfTooLargeBody(t *testing.T) {
	t.Parallel()
	s := rightly()
	s.body = strings.Repeat(" ", tooLarge) + "{}"
	assert.Equal(t, 400, s.send(t, signingServer(t)).status)
}

func TestSignatureFollowsClockOffset(t *testing.T) {
	t.Parallel()
	srv := signingServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ClockOffset(time.Hour)})

	got := rightly().send(t, srv)
	assert.Equal(t, 400, got.status)
	assert.Contains(t, got.body, "Signature expired")

	date, err := http.ParseTime(got.header.Get("Date"))
	require.NoError(t, err)
	s := rightly()
	s.at = date
	assert.Equal(t, 200, s.send(t, srv).status)
}

func TestSignatureIsNotAskedForWithoutCredentials(t *testing.T) {
	t.Parallel()
	s := rightly()
	s.credentials = aws.Credentials{AccessKeyID: "any", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}
	assert.Equal(t, 200, s.send(t, newServer(t)).status)
}

func staticCredentials(accessKey, secretKey string) func(context.Context) (aws.Credentials, error) {
	return func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
	}
}
