package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// target is a service to probe.
type target struct {
	name     string // for reports
	live     bool
	account  string // of AWS; empty elsewhere
	identity string // the ARN of the caller
	host     string // address of the registry host; empty leaves out its probes
	address  string // of the API, where it has one of its own
	prefix   string // of all repositories of this run

	settle time.Duration // until a repository whose creation was cut off is there, or never is

	client    *ecrpublic.Client
	transport http.RoundTripper // for the API and the registry host
	close     func()
}

// connect connects to the service, and on AWS finds the account. The registry host is
// the named one, or that of the service; beside a proxy for the API only a named one.
func connect(ctx context.Context, where demo.Where, registryHost string) (*target, error) {
	service, err := where.Connect(ctx)
	if err != nil {
		return nil, err
	}
	t := &target{
		name: "emulator", host: service.URL, address: service.URL, client: service.Client, close: service.Close,
		transport: http.DefaultTransport, prefix: "parity-" + strings.ToLower(rand.Text()[:10]),
	}
	switch {
	case where.Live:
		t.name, t.live, t.address = "ECR Public", true, where.Endpoint
		t.settle = 15 * time.Second
		if where.Endpoint == "" {
			t.host = "https://" + imageref.Host
		}
		if err := t.identify(ctx); err != nil {
			return nil, err
		}
	case where.Endpoint != "":
		t.name = "endpoint"
		if _, err := t.hasRegistry(ctx); err != nil && (!demo.FromService(err) || ecrpublic.IsUnauthenticated(err)) { // as every probe would
			return nil, fmt.Errorf("-endpoint %s: %w", where.Endpoint, err)
		}
	}
	t.host = strings.TrimSuffix(cmp.Or(registryHost, t.host), "/")
	return t, nil
}

// identify finds out whose credentials these are. Beside a proxy, STS is only asked at an
// address that the AWS settings name, and otherwise the account is the registry's.
func (t *target) identify(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithDefaultRegion("us-east-1"))
	if err != nil {
		return fmt.Errorf("-live: read the AWS configuration: %w", err)
	}
	client := sts.NewFromConfig(cfg)
	if t.address != "" && client.Options().BaseEndpoint == nil {
		t.identity = "not asked for: -endpoint is set, and AWS_ENDPOINT_URL_STS is not"
		out, err := t.client.DescribeRegistries(ctx, nil)
		if err != nil {
			return fmt.Errorf("-live: look for the account's registry: %w", err)
		}
		if len(out.Registries) > 0 {
			t.account = aws.ToString(out.Registries[0].RegistryId)
		}
		return nil
	}
	out, err := client.GetCallerIdentity(ctx, nil)
	if err != nil {
		return fmt.Errorf("-live: find out whose credentials these are: %w", err)
	}
	t.account, t.identity = aws.ToString(out.Account), aws.ToString(out.Arn)
	return nil
}

// hasRegistry reports whether the account has a registry, and so an alias.
func (t *target) hasRegistry(ctx context.Context) (bool, error) {
	out, err := t.client.DescribeRegistries(ctx, nil)
	if err != nil {
		return false, err
	}
	return len(out.Registries) > 0, nil
}

// pace is the time between two requests: on AWS well below its quotas.
func (t *target) pace() time.Duration {
	if t.live {
		return 150 * time.Millisecond
	}
	return 0
}

// patience is the time between two looks at a change that is not visible yet.
func (t *target) patience() time.Duration {
	if t.live {
		return 2 * time.Second
	}
	return 0
}
