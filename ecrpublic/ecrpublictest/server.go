package ecrpublictest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// Server is an emulator that listens on the loopback interface.
type Server struct {
	// URL is the base address, http://127.0.0.1:PORT: the endpoint of the API
	// and, without the scheme, the host of the registry.
	URL string

	// Handler is the emulator behind the address; its methods are the server's too.
	*Handler

	http *http.Server
	done chan struct{} // closed when http has stopped
}

// NewServer starts an emulator on a free port of 127.0.0.1. Call Close when it is
// no longer needed. It panics if it cannot listen or an option is invalid;
// [NewHandler] returns an error instead.
func NewServer(opts ...Option) *Server {
	handler, err := NewHandler(append([]Option{WithBlobHost(blobHostName)}, opts...)...)
	if err != nil {
		panic(fmt.Sprintf("ecrpublictest: %v", err))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("ecrpublictest: %v", err))
	}
	s := &Server{
		URL:     "http://" + listener.Addr().String(),
		Handler: handler,
		http:    &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute},
		done:    make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // returns when Close stops it
	}()
	return s
}

// Close stops the server, gives requests in progress a moment to finish, and
// closes the data directory. Further calls do nothing.
func (s *Server) Close() {
	const patience = time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
	_ = s.Handler.Close()
}

// Config returns a configuration for clients of this server: its address, its
// region, and credentials that it accepts.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:       s.config.region,
		BaseEndpoint: aws.String(s.URL),
		Credentials:  aws.NewCredentialsCache(aws.CredentialsProviderFunc(s.credentials)),
	}
}

func (s *Server) credentials(context.Context) (aws.Credentials, error) {
	c := s.config
	if c.accessKey == "" {
		c.accessKey, c.secretKey = "EMULATOR", "emulator-secret-of-no-account-0123456789" // as long as a real one, which FIPS mode wants
	}
	return aws.Credentials{AccessKeyID: c.accessKey, SecretAccessKey: c.secretKey, Source: "ecrpublictest"}, nil
}

// Client returns a client of this server; optFns change its options.
func (s *Server) Client(optFns ...func(*ecrpublic.Options)) *ecrpublic.Client {
	return ecrpublic.NewFromConfig(s.Config(), optFns...)
}

// RegistryHost returns the host and port that docker, crane, skopeo and oras push
// to and pull from, over plain HTTP. An image's reference is the host, an alias
// of the registry, and the repository's name: 127.0.0.1:PORT/ALIAS/NAME.
func (s *Server) RegistryHost() string { return strings.TrimPrefix(s.URL, "http://") }
