package login

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/types"
)

// GetAuthorizationTokenAPIClient is what this package calls; [ecrpublic.Client] is
// one.
type GetAuthorizationTokenAPIClient interface {
	GetAuthorizationToken(context.Context, *ecrpublic.GetAuthorizationTokenInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetAuthorizationTokenOutput, error)
}

// ErrMalformed is returned, wrapped, for a response of the service that is not a
// login. The message says what is wrong without revealing the token.
var ErrMalformed = errors.New("malformed authorizationData")

// RegistryHosts returns the hosts that accept the credentials: public.ecr.aws and
// ecr-public.aws.com. The slice is the caller's own.
func RegistryHosts() []string { return []string{imageref.Host, imageref.DualStackHost} }

// Get asks the service for new credentials. If access is denied, the error
// names the required permissions and still satisfies
// [ecrpublic.IsAccessDenied].
func Get(ctx context.Context, client GetAuthorizationTokenAPIClient) (Credentials, error) {
	c, _, err := get(ctx, client)
	return c, err
}

// get returns the Date of the response as well, zero if it has none that can be
// read.
func get(ctx context.Context, client GetAuthorizationTokenAPIClient) (c Credentials, date time.Time, err error) {
	if client == nil {
		return c, date, errors.New("log in to ECR Public: no client")
	}
	out, err := client.GetAuthorizationToken(ctx, &ecrpublic.GetAuthorizationTokenInput{})
	if err != nil {
		return c, date, explain(err)
	}
	if out == nil || out.AuthorizationData == nil {
		return c, date, malformed("it is missing")
	}
	if c, err = decode(out.AuthorizationData); err != nil {
		return c, date, err
	}
	date, _ = http.ParseTime(out.ResponseMetadata.HTTPHeaders.Get("Date"))
	return c, date, nil
}

// explain adds all required permissions to a denial, because the service's
// own text names only the first missing one.
func explain(err error) error {
	if ecrpublic.IsAccessDenied(err) {
		return fmt.Errorf("log in to ECR Public, which needs the IAM permissions"+
			` ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on resource "*": %w`, err)
	}
	return fmt.Errorf("log in to ECR Public: %w", err)
}

func decode(data *types.AuthorizationData) (Credentials, error) {
	if data.AuthorizationToken == nil || data.ExpiresAt == nil {
		return Credentials{}, malformed("authorizationToken or expiresAt is missing")
	}
	plain, err := base64.StdEncoding.DecodeString(*data.AuthorizationToken)
	if err != nil {
		return Credentials{}, malformed("authorizationToken is not base64")
	}
	username, password, _ := strings.Cut(string(plain), ":")
	if username == "" || password == "" {
		return Credentials{}, malformed("authorizationToken is not a user name, a colon and a password")
	}
	return Credentials{Username: username, Password: password, ExpiresAt: *data.ExpiresAt}, nil
}

func malformed(what string) error {
	return fmt.Errorf("log in to ECR Public: %w: %s", ErrMalformed, what)
}
