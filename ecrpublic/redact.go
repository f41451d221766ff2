package ecrpublic

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/redact"
)

// redacted stands for a secret in a text.
const redacted = "[REDACTED]"

// hidesResponse reports whether the responses of an operation hold, or may hold, an
// authorization token.
func hidesResponse(operation string) bool { return operation == "GetAuthorizationToken" }

// redactor removes secrets from texts.
type redactor []redact.Secret

// secretsOf returns the secrets of a request, which the service may repeat, for example
// in the canonical request of a rejected signature. A request that is not HTTP has
// none.
func secretsOf(request any) redactor {
	r, ok := request.(*smithyhttp.Request)
	if !ok || r.Request == nil {
		return nil
	}
	return secretsIn(r.Header)
}

// secretsIn returns the secrets in the headers of a request.
func secretsIn(header http.Header) redactor {
	r := make(redactor, 0, len(awsjson.SecretHeaders))
	for _, name := range awsjson.SecretHeaders {
		for _, value := range header[name] {
			r = append(r, newSecret(secretPart(value)))
		}
	}
	return r
}

// newSecret returns a secret, or the zero value for a text that is too short for one: the
// "token" of a test's credentials is a word of many messages.
func newSecret(text string) redact.Secret {
	const shortest = 8 // bytes; those of AWS are far longer
	if len(text) < shortest {
		return redact.Secret{}
	}
	return redact.NewSecret(text)
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
		s = secret.Text(s, redacted)
	}
	return s
}

// bytes is like text, for bytes.
func (r redactor) bytes(b []byte) []byte {
	for _, secret := range r {
		b = secret.Bytes(b, redacted)
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

// redactingLogger keeps secrets out of a log.
type redactingLogger struct {
	logging.Logger
	secrets redactor
}

func (l redactingLogger) Logf(classification logging.Classification, format string, v ...any) {
	l.Logger.Logf(classification, "%s", l.secrets.text(fmt.Sprintf(format, v...)))
}
