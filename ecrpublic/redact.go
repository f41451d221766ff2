package ecrpublic

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// redacted stands for a secret in a text.
const redacted = "[REDACTED]"

// hidesResponse reports whether the responses of an operation hold, or may hold, an
// authorization token.
func hidesResponse(operation string) bool { return operation == "GetAuthorizationToken" }

// redactor removes secrets from texts.
type redactor []secret

type secret struct {
	text string
	word string // its longest part that no escaping changes
}

func newSecret(text string) secret { return secret{text, longestWord(text)} }

// secretsOf returns the secrets of a request, which the service may repeat, for example
// in the canonical request of a rejected signature. A request that is not HTTP has
// none.
func secretsOf(request any) redactor {
	http, ok := request.(*smithyhttp.Request)
	if !ok || http.Request == nil {
		return nil
	}
	r := make(redactor, 0, len(awsjson.SecretHeaders))
	for _, name := range awsjson.SecretHeaders {
		for _, value := range http.Header[name] {
			r = append(r, newSecret(secretPart(value)))
		}
	}
	return r
}

// secretPart returns the signature of an Authorization header, or else what follows the
// name of its scheme. A token has neither, and is secret as a whole.
func secretPart(value string) string {
	if _, signature, ok := strings.Cut(value, "Signature="); ok {
		return signature
	}
	return value[strings.LastIndexByte(value, ' ')+1:]
}

// text returns a text without the secrets, and without those whose punctuation is
// escaped as JSON, URLs and HTML do it.
func (r redactor) text(s string) string {
	for _, secret := range r {
		if secret.word != "" && strings.Contains(s, secret.word) {
			s = escapedForms(secret.text).ReplaceAllLiteralString(s, redacted)
		}
	}
	return s
}

// bytes is like text, for bytes.
func (r redactor) bytes(b []byte) []byte {
	for _, secret := range r {
		if secret.word != "" && bytes.Contains(b, []byte(secret.word)) {
			b = escapedForms(secret.text).ReplaceAllLiteral(b, []byte(redacted))
		}
	}
	return b
}

// error returns an error whose text has no secrets: err itself if it is one.
func (r redactor) error(err error) error {
	if text := err.Error(); r.text(text) != text {
		return errors.New(r.text(text))
	}
	return err
}

// longestWord returns the longest run of letters and digits.
func longestWord(s string) string {
	start, longest := 0, ""
	for i := range len(s) + 1 {
		if i < len(s) && isWordChar(rune(s[i])) {
			continue
		}
		if i-start > len(longest) {
			longest = s[start:i]
		}
		start = i + 1
	}
	return longest
}

func isWordChar(c rune) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func escapedForms(secret string) *regexp.Regexp {
	var pattern strings.Builder
	for _, c := range secret {
		if isWordChar(c) {
			pattern.WriteRune(c)
			continue
		}
		fmt.Fprintf(&pattern, `(?:\\*%s|(?i:%%%02x|\\+u%04x|&#%d;|&#x0*%x;))`, regexp.QuoteMeta(string(c)), c, c, c, c)
	}
	return regexp.MustCompile(pattern.String())
}

// redactingLogger keeps secrets out of a log.
type redactingLogger struct {
	logging.Logger
	secrets redactor
}

func (l redactingLogger) Logf(classification logging.Classification, format string, v ...any) {
	l.Logger.Logf(classification, "%s", l.secrets.text(fmt.Sprintf(format, v...)))
}
