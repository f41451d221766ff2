package ecrpublictest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// Transport returns an HTTP transport that brings what is meant for ECR Public to
// this server: requests for public.ecr.aws and ecr-public.aws.com, and for the
// API's own hosts. Code that uses the references and addresses of the real
// service runs on the emulator with it, unchanged. Other requests go where they
// are addressed, through http.DefaultTransport.
func (s *Server) Transport() http.RoundTripper { return redirect{s.RegistryHost()} }

type redirect struct{ host string }

func (t redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	if !servedByECRPublic(r.URL.Hostname()) {
		return http.DefaultTransport.RoundTrip(r)
	}
	local := r.Clone(r.Context())
	if local.Host == "" {
		local.Host = r.URL.Host // what a signature covers
	}
	local.Header.Set(forwardedProto, r.URL.Scheme)
	local.URL = &url.URL{Scheme: "http", Host: t.host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	resp, err := http.DefaultTransport.RoundTrip(local)
	if resp != nil {
		resp.Request = r // as far as the client can tell, it came from there
	}
	return resp, err
}

func servedByECRPublic(host string) bool {
	first, domain, _ := strings.Cut(strings.TrimPrefix(host, "api."), ".")
	return host == imageref.Host || domain != "" && strings.TrimSuffix(first, "-fips") == endpoints.Service
}

// forwardedProto names the scheme that a client used when something between it
// and the server uses another.
const forwardedProto = "X-Forwarded-Proto"
