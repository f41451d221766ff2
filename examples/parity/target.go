package main

import (
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
	host     string // address of the registry host
	address  string // of the API, where it has one of its own
	prefix   string // of all repositories of this run

	settle time.Duration // until a repository whose creation was cut off is there, or never is

	client    *ecrpublic.Client
	transport http.RoundTripper // for the API and the registry host
	close     func()
}

// connect connects to the service, and on AWS finds the account.
func connect(ctx context.Context, where demo.Where) (*target, error) {
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
		t.name, t.live, t.host, t.address = "ECR Public", true, "https://"+imageref.Host, where.Endpoint
		t.settle = 15 * time.Second
		if t.account, t.identity, err = caller(ctx); err != nil {
			return nil, err
		}
	case where.Endpoint != "":
		t.name = "endpoint"
	}
	return t, nil
}

func caller(ctx context.Context) (account, arn string, err error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithDefaultRegion("us-east-1"))
	if err != nil {
		return "", "", fmt.Errorf("-live: read the AWS configuration: %w", err)
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", "", fmt.Errorf("-live: find out whose credentials these are: %w", err)
	}
	return aws.ToString(out.Account), aws.ToString(out.Arn), nil
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
