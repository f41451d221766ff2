package ecrpublictest

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/host"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

// blobHostName is the host that clients of [Server.Transport] are sent to for
// blobs. It has the form of the service's.
const blobHostName = "d1a2b3c4d5e6f7.cloudfront.net"

// realHosts are the hosts of ECR Public.
func realHosts() []string {
	return []string{
		imageref.Host, imageref.DualStackHost, blobHostName,
		"api.ecr-public.us-east-1.amazonaws.com", "ecr-public.us-east-1.amazonaws.com", "ecr-public.us-east-1.api.aws",
		"api.ecr-public.us-west-2.amazonaws.com", "ecr-public.us-west-2.amazonaws.com",
	}
}

// Transport returns an HTTP transport that sends requests for ECR Public to this
// server: those for public.ecr.aws and ecr-public.aws.com, and for the hosts of
// the API. With it, code that uses the real service's references and addresses
// runs on the emulator unchanged. Hosts that look like ECR Public's but do not
// exist, such as those of other regions, are not found, as with the real service.
// Other requests go to their destination through http.DefaultTransport.
func (s *Server) Transport() http.RoundTripper {
	return &redirect{
		host:  s.RegistryHost(),
		looks: regexp.MustCompile(`^(api\.)?ecr-public(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)$`),
	}
}

type redirect struct {
	host  string
	looks *regexp.Regexp // like a host of the API
}

func (t *redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	name := r.URL.Hostname()
	if !slices.Contains(realHosts(), name) {
		if t.looks.MatchString(name) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	local := r.Clone(r.Context())
	if local.Host == "" {
		local.Host = r.URL.Host // what a signature covers
	}
	local.Header.Set(host.ForwardedProto, r.URL.Scheme)
	local.URL = &url.URL{Scheme: "http", Host: t.host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	resp, err := http.DefaultTransport.RoundTrip(local)
	if resp != nil {
		resp.Request = r // as far as the client can tell, it came from there
	}
	return resp, err
}
