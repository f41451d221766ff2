package wire

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

const (
	signingAlgorithm = "AWS4-HMAC-SHA256"
	signingTerm      = "aws4_request"
	signingTime      = "20060102T150405Z"
	signingDay       = "20060102"

	// maxClockSkew is how far from the service's clock a request may be signed.
	maxClockSkew = 5 * time.Minute
)

// verifySignature passes only requests signed with version 4, for any region,
// with the given key pair and near the time of now.
func verifySignature(accessKey, secretKey string, now func(*http.Request) time.Time, next http.Handler) http.Handler {
	v := verifier{
		credentials: aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey},
		signer:      v4.NewSigner(),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := v.verify(r, now(r)); err != nil {
			WriteError(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type verifier struct {
	credentials aws.Credentials
	signer      *v4.Signer
}

func (v verifier) verify(r *http.Request, clock time.Time) smithy.APIError {
	s, err := parseSignature(r.Header)
	if err != nil {
		return err
	}
	if s.accessKey != v.credentials.AccessKeyID {
		return ClientError("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	if s.service != endpoints.Service {
		return refuseSignature("Credential should be scoped to correct service: '%s'.", endpoints.Service)
	}
	if err := s.checkTime(clock); err != nil {
		return err
	}
	want, err := v.sign(r, s)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(s.signature)) != 1 {
		return refuseSignature("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	return nil
}

// sign computes the signature that r should have, over the body as it arrived
// and the headers that the client says it signed.
func (v verifier) sign(r *http.Request, s signature) (string, smithy.APIError) {
	p, err := ReadPayload(r, nil)
	if err != nil {
		return "", notSerialized(err)
	}
	signed := http.Request{
		Method: r.Method,
		URL:    &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery},
		Host:   r.Host,
		Header: http.Header{},
	}
	for _, name := range s.headers {
		switch key := http.CanonicalHeaderKey(name); key {
		case "Host": // signed in any case
		case "Content-Length":
			signed.ContentLength = p.Size
		default:
			signed.Header[key] = slices.Clone(r.Header[key])
		}
	}
	err = v.signer.SignHTTP(r.Context(), v.credentials, &signed, p.sha256(), s.service, s.region, s.at)
	if err != nil {
		return "", refuseSignature("The request cannot be signed: %s.", err)
	}
	return parameters(signed.Header.Get("Authorization"))["Signature"], nil
}

// signature is what a request says about its own signing.
type signature struct {
	accessKey, day, region, service string

	headers   []string
	signature string
	at        time.Time
}

func parseSignature(header http.Header) (signature, smithy.APIError) {
	authorization := header.Get("Authorization")
	if !strings.HasPrefix(authorization, signingAlgorithm+" ") {
		return signature{}, ClientError("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	given := parameters(authorization)
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if given[name] == "" {
			return signature{}, refuseIncomplete("Authorization header requires '%s' parameter.", name)
		}
	}
	scope := strings.Split(given["Credential"], "/")
	if len(scope) != 5 || scope[4] != signingTerm {
		return signature{}, refuseIncomplete("Credential must have exactly 5 slash-delimited elements, the last of them '%s'.", signingTerm)
	}
	at, err := time.Parse(signingTime, header.Get("X-Amz-Date"))
	if err != nil {
		return signature{}, refuseIncomplete("Date must be in ISO-8601 'basic format' in header 'X-Amz-Date'.")
	}
	return signature{
		accessKey: scope[0], day: scope[1], region: scope[2], service: scope[3],
		headers:   strings.Split(given["SignedHeaders"], ";"),
		signature: given["Signature"],
		at:        at,
	}, nil
}

// parameters splits "ALGORITHM name=value, name=value".
func parameters(authorization string) map[string]string {
	found := map[string]string{}
	_, list, _ := strings.Cut(authorization, " ")
	for parameter := range strings.SplitSeq(list, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		found[name] = value
	}
	return found
}

func (s signature) checkTime(clock time.Time) smithy.APIError {
	clock = clock.UTC()
	at, now := s.at.Format(signingTime), clock.Format(signingTime)
	if earliest := clock.Add(-maxClockSkew); s.at.Before(earliest.Truncate(time.Second)) {
		return refuseSignature("Signature expired: %s is now earlier than %s (%s - %d min.)", at, earliest.Format(signingTime), now, maxClockSkew/time.Minute)
	}
	if latest := clock.Add(maxClockSkew); s.at.After(latest) {
		return refuseSignature("Signature not yet current: %s is still later than %s (%s + %d min.)", at, latest.Format(signingTime), now, maxClockSkew/time.Minute)
	}
	if day := s.at.Format(signingDay); s.day != day {
		return refuseSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", s.day, day, at)
	}
	return nil
}

func refuseSignature(format string, args ...any) smithy.APIError {
	return ClientError("InvalidSignatureException", fmt.Sprintf(format, args...))
}

func refuseIncomplete(format string, args ...any) smithy.APIError {
	return ClientError("IncompleteSignature", fmt.Sprintf(format, args...))
}
