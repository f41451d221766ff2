package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"oras.land/oras-go/v2/registry/remote/auth"
)

// privateECR is a registry of private ECR.
type privateECR struct {
	host, account, region string
	fips                  bool
}

// parsePrivateECR reads hosts such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com,
// also of other partitions, dual-stack and FIPS.
func parsePrivateECR(host string) (privateECR, bool) {
	pattern := regexp.MustCompile(`^([0-9]{12})\.dkr[.-]ecr(-fips)?\.([a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$`)
	parts := pattern.FindStringSubmatch(host)
	if parts == nil {
		return privateECR{}, false
	}
	return privateECR{host, parts[1], parts[3], parts[2] != ""}, true
}

// client makes a client of private ECR with this machine's AWS settings, in the
// registry's own region.
func (p privateECR) client(ctx context.Context) (*ecr.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(p.region))
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration (AWS_PROFILE, ~/.aws/config): %w", err)
	}
	return ecr.NewFromConfig(cfg, func(o *ecr.Options) {
		if p.fips {
			o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
		}
	}), nil
}

// tokenGetter has the method that a login calls.
type tokenGetter interface {
	GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error)
}

// privateLogin gets a login of private ECR, which lives for twelve hours, and
// renews it before it expires.
type privateLogin struct {
	api     tokenGetter
	private privateECR

	mu    sync.Mutex
	have  auth.Credential
	until time.Time
}

// renewBefore is how long before its end a login is replaced.
const renewBefore = 15 * time.Minute

func (l *privateLogin) credential(ctx context.Context, host string) (auth.Credential, error) {
	if host != l.private.host {
		return auth.EmptyCredential, nil // the host that layers are redirected to
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Until(l.until) > renewBefore {
		return l.have, nil
	}
	out, err := l.api.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return auth.EmptyCredential, fmt.Errorf("log in to private ECR in %s: %w", l.private.region, err)
	}
	if len(out.AuthorizationData) != 1 {
		return auth.EmptyCredential, fmt.Errorf("log in to private ECR in %s: the service returned %d logins", l.private.region, len(out.AuthorizationData))
	}
	token, err := base64.StdEncoding.DecodeString(aws.ToString(out.AuthorizationData[0].AuthorizationToken))
	user, password, ok := strings.Cut(string(token), ":")
	if err != nil || !ok || password == "" {
		return auth.EmptyCredential, errors.New("log in to private ECR: the token is not user:password in base64") // which is not shown
	}
	l.have, l.until = auth.Credential{Username: user, Password: password}, aws.ToTime(out.AuthorizationData[0].ExpiresAt)
	return l.have, nil
}
