package demo

import (
	"cmp"
	"context"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// Where chooses the service that a program works with. The zero value stands for
// an emulator in the program's own process.
type Where struct {
	// Live means AWS.
	Live bool

	// Endpoint is the address of an emulator, or with Live of a proxy.
	Endpoint string
}

// Emulated tells whether the program has an emulator of its own, which is empty
// at first.
func (w Where) Emulated() bool { return !w.Live && w.Endpoint == "" }

// Service is what a program works with.
type Service struct {
	// Client calls the service.
	Client *ecrpublic.Client

	// URL is the address of an emulator, of its registry too; empty for AWS.
	URL string

	// Emulator is the program's own; nil if it has none.
	Emulator *ecrpublictest.Server
}

// Connect returns a client of AWS, of an endpoint, or of a new emulator, which
// runs until the service is closed.
func (w Where) Connect(ctx context.Context, options ...ecrpublictest.Option) (*Service, error) {
	switch {
	case w.Live:
		cfg, err := config.LoadDefaultConfig(ctx)
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
			Credentials:  aws.CredentialsProviderFunc(environment),
		})}, nil
	}
	emulator := ecrpublictest.NewServer(options...)
	return &Service{Client: emulator.Client(), URL: emulator.URL, Emulator: emulator}, nil
}

// Close stops the emulator if there is one.
func (s *Service) Close() {
	if s.Emulator != nil {
		s.Emulator.Close()
	}
}

// RegistryHosts are the hosts and ports that images are pulled from; nil stands
// for those of AWS.
func (s *Service) RegistryHosts() []string {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Host}
}

// environment gives the credentials of the environment; most emulators take any.
func environment(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "any"),
		SecretAccessKey: cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "any"),
	}, nil
}
