package demo

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// Where selects the service that a program uses. The zero value means an
// emulator that the program starts itself.
type Where struct {
	// Live means AWS.
	Live bool

	// Endpoint is the address of an emulator, or with Live of a proxy.
	Endpoint string
}

// Emulated reports whether the program starts its own emulator, which is empty at
// first.
func (w Where) Emulated() bool { return !w.Live && w.Endpoint == "" }

// Service is the service that a program uses.
type Service struct {
	// Client calls the service.
	Client *ecrpublic.Client

	// URL is the address of an emulator, of its registry too; empty for AWS.
	URL string

	// Emulator is the program's own; nil if it has none.
	Emulator *ecrpublictest.Server

	registry registryClient
}

// Connect returns a client of AWS, of an endpoint, or of a new emulator, which runs
// until the service is closed.
func (w Where) Connect(ctx context.Context, options ...ecrpublictest.Option) (*Service, error) {
	if err := w.CheckEndpoint(ctx); err != nil {
		return nil, err
	}
	switch {
	case w.Live:
		cfg, err := awsConfig(ctx)
		if err != nil {
			return nil, err
		}
		if w.Endpoint != "" {
			cfg.BaseEndpoint = &w.Endpoint
		}
		return &Service{Client: ecrpublic.NewFromConfig(cfg)}, nil
	case w.Endpoint != "":
		return &Service{URL: w.Endpoint, Client: ecrpublic.New(ecrpublic.Options{
			BaseEndpoint: &w.Endpoint,
			HTTPClient:   httpClient(),
			Credentials:  aws.CredentialsProviderFunc(environment),
		})}, nil
	}
	emulator := ecrpublictest.NewServer(options...)
	return &Service{Client: emulator.Client(), URL: emulator.URL, Emulator: emulator}, nil
}

// CheckEndpoint connects to an endpoint on this machine, and returns an error if no
// program listens there, or if the endpoint is HTTPS and the program is not. Other
// endpoints may need a proxy and are not checked.
func (w Where) CheckEndpoint(ctx context.Context) error {
	u, err := url.Parse(w.Endpoint)
	if err != nil || u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback() {
		return nil
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), u.Scheme)))
	if err != nil {
		return fmt.Errorf("cannot connect to -endpoint %s: %w", w.Endpoint, err)
	}
	defer conn.Close()
	if u.Scheme == "https" {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		err := tls.Client(conn, &tls.Config{ServerName: u.Hostname()}).HandshakeContext(ctx)
		if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
			return fmt.Errorf("-endpoint %s does not serve HTTPS; try http://%s", w.Endpoint, u.Host)
		}
	}
	return nil
}

// awsConfig loads the settings that the AWS CLI uses, and fails early if they have no
// credentials or an impossible region.
func awsConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(httpClient()))
	if err != nil {
		return cfg, fmt.Errorf("-live: read the AWS configuration (AWS_PROFILE, ~/.aws/config): %w", err)
	}
	if cfg.Region != "" && !region.MatchString(cfg.Region) {
		return cfg, fmt.Errorf("-live: the region %q (AWS_REGION, or region in ~/.aws/config) must consist of letters, digits and hyphens; leave it out or set us-east-1", cfg.Region)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, &advised{
			fmt.Errorf("-live needs AWS credentials and found none that work: %w", err),
			`
get some with "aws configure" or "aws sso login", choose a profile with AWS_PROFILE, or set
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "aws sts get-caller-identity" shows which are used`,
		}
	}
	return cfg, nil
}

// region matches what can be part of a host name.
var region = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

// Close stops the emulator if there is one.
func (s *Service) Close() {
	if s.Emulator != nil {
		s.Emulator.Close()
	}
}

// RegistryHosts returns the hosts and ports that images are pulled from; nil
// means those of AWS.
func (s *Service) RegistryHosts() []string {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Host}
}

// httpClient keeps as many connections as the examples use at a time; the AWS SDK's own
// keeps ten and opens any further one anew for each request.
func httpClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = 64 })
}

// environment returns the credentials of the environment. If there are none, it
// makes some up, which emulators accept, as long as real ones: in Go's FIPS mode a
// shorter secret cannot sign.
func environment(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "AKIAEXAMPLEEXAMPLE00"),
		SecretAccessKey: cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "no-secret-of-anybody-0123456789-ABCDEFGH"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
	}, nil
}
