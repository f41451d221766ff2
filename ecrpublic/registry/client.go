package registry

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// Options configures a [Client]. Every zero value works.
type Options struct {
	// Login provides logins; nil means anonymous. Its Hosts must include Host if
	// Host is set. The client sends logins to no other host.
	Login *login.Provider

	// Host is the registry host for all references, whichever host they name. It
	// is a host, with port if any, or a URL without a path, such as the
	// emulator's Server.URL. A host without a scheme means HTTP on this machine
	// and HTTPS elsewhere, as for docker. Empty means the host that each
	// reference names, public.ecr.aws or ecr-public.aws.com.
	Host string

	// HTTPClient provides Transport, CheckRedirect, Jar and Timeout. Nil means a
	// transport of the client's own that keeps up to 100 idle connections. If
	// CheckRedirect is nil, redirects from HTTPS to HTTP are refused.
	HTTPClient *http.Client

	// Rate limits requests for manifests, in requests per second. 0 means the
	// documented limit, 1 without a login and 10 with one; a negative number
	// means no limit until the host refuses a request.
	Rate float64
}

// Client reads from the registry host and authenticates other clients there. Make
// one with [New] and share it: its tokens, its rate limit and its connections serve
// all requests. The zero value is not usable. Methods may be called concurrently.
type Client struct {
	host      *url.URL // nil: the one that a reference names
	http      *http.Client
	transport *transport
}

// New makes a client. It sends no request. An error names the invalid option.
func New(options Options) (*Client, error) {
	host, err := parseHost(options.Host)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	if math.IsNaN(options.Rate) || math.IsInf(options.Rate, 0) {
		return nil, fmt.Errorf("registry: Rate is %v, want a number of requests per second, 0 for the default or a negative number for no limit", options.Rate)
	}
	origins := originsOf(host)
	if options.Login != nil {
		served := slices.DeleteFunc(slices.Clone(origins), func(origin string) bool { return !serves(options.Login, origin) })
		if len(served) == 0 {
			return nil, fmt.Errorf("registry: Login is not for %s: add the host to the Hosts of login.ProviderOptions", origins[0])
		}
		origins = served
	}
	client := httpClient(options.HTTPClient)
	t := newTransport(client.Transport, origins, options)
	client.Transport = t
	return &Client{host: host, http: client, transport: t}, nil
}

// Transport returns a transport for other HTTP clients. A request to the registry
// host's API, the paths below /v2/, is sent with the client's token, which replaces
// any Authorization header, and at the client's rate. All other requests are sent
// unchanged. Retries are those of [Client.Do].
func (c *Client) Transport() http.RoundTripper { return c.transport }

// Do sends a request like [Client.Transport] and follows redirects. It lets a
// Client serve as the Client of oras-go's remote.Repository.
//
// Do retries a request whose token was rejected, or whose response was 429, if it
// has no body or a GetBody. It also retries GET and HEAD requests after connection
// errors and after the statuses 408, 500, 502, 503 and 504. A request or response that
// makes no progress for a minute is an error.
func (c *Client) Do(req *http.Request) (*http.Response, error) { return c.http.Do(req) }

// parseHost returns nil for an empty text.
func parseHost(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	full := text
	if !strings.Contains(text, "://") {
		full = "https://" + text
	}
	u, err := url.Parse(full)
	if err == nil && full != text && isLoopback(u.Hostname()) {
		u.Scheme = "http"
	}
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("Host is %q, want a host such as %s or 127.0.0.1:5000, or http:// or https:// and a host", text, imageref.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}, nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func serves(provider *login.Provider, origin string) bool {
	_, host, _ := strings.Cut(origin, "://")
	return provider.Serves(host)
}

// originsOf returns the origins to which tokens may be sent. The two hosts of ECR
// Public are one registry: either may name the other for tokens.
func originsOf(host *url.URL) []string {
	both := []string{"https://" + imageref.Host, "https://" + imageref.DualStackHost}
	if host == nil || slices.Contains(both, originOf(host)) {
		return both
	}
	return []string{originOf(host)}
}

// originOf returns scheme and host in a normal form, for comparison.
func originOf(u *url.URL) string {
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && (scheme != "https" || port != "443") && (scheme != "http" || port != "80") {
		host += ":" + port
	}
	return scheme + "://" + host
}

// connectionsPerHost limits idle connections, not those in use.
const connectionsPerHost = 100

// httpClient returns a client like the given one, which may be nil, with a
// transport and a check of redirects.
func httpClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: http.DefaultTransport}
	if given != nil {
		*client = *given
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = connectionsPerHost
		client.Transport = t
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	if client.CheckRedirect == nil {
		client.CheckRedirect = refuseDowngrade
	}
	return client
}

const maxRedirects = 10

func refuseDowngrade(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("stopped after %d redirects", maxRedirects)
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("redirected from HTTPS to " + originOf(req.URL))
	}
	return nil
}
