package demo

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// advised is an error that ends with what to do about it.
type advised struct {
	err    error
	advice string // after a space or a new line
}

func (a *advised) Error() string { return a.err.Error() + ";" + a.advice }

func (a *advised) Unwrap() error { return a.err }

// Advise adds to an error what to do about it, once. It knows failures to connect and
// to log in; other errors stay as they are.
func Advise(err error) error {
	if _, ok := errors.AsType[*advised](err); ok || err == nil {
		return err
	}
	if advice := adviceFor(err); advice != "" {
		return &advised{err, " " + advice}
	}
	return err
}

func adviceFor(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "check the network and the host's name: it comes from -endpoint, from a reference, or with -live from the region (AWS_REGION), which should be us-east-1"
	}
	if failed, ok := errors.AsType[*net.OpError](err); ok && failed.Op == "dial" {
		return "check the network and -endpoint: is the emulator or service running there?"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "if the host may be trusted, name the file of its certificate authority in SSL_CERT_FILE"
	}
	if isOther(err) {
		return "check -endpoint: is this the address of an emulator or of ECR Public?"
	}
	if ecrpublic.IsUnauthenticated(err) {
		return `check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; "aws sts get-caller-identity" shows which credentials -live uses`
	}
	return ""
}

// FromService reports whether an error is a response of the service, which has a code,
// and not one of another program at its address, or none.
func FromService(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() != awsjson.NoCode
}

// isOther reports whether an error is a response that another program seems to have
// sent.
func isOther(err error) bool {
	if refused, ok := errors.AsType[*registry.Error](err); ok {
		return refused.Code == "" && refused.Method != http.MethodHead
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode() == awsjson.NoCode
	}
	_, undecodable := errors.AsType[*smithy.DeserializationError](err)
	return undecodable
}
