package registry

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// Options configures a [Client]. Every zero value works.
type Options struct {
	// Login provides logins; nil reads anonymously. Its Hosts must include the
	// Host, if one is set. A client authenticates at no other hosts than these.
	Login *login.Provider

	// Host is the registry host for references of any host: a host, with a port
	// if need be, which is called over HTTPS, or a URL such as
	// "http://127.0.0.1:5000", as the emulator has. Empty means the host that
	// each reference names, public.ecr.aws or its dual-stack twin.
	Host string

	// HTTPClient gives its Transport, CheckRedirect, Jar and Timeout. Nil means a
	// transport that keeps as many connections as are used at a time. Without a
	// CheckRedirect, redirects are followed unless they lead from HTTPS to HTTP.
	HTTPClient *http.Client

	// Rate is how many manifests are requested a second. 0 means the documented
	// limit, 1 without a login and 10 with one; a negative number means no limit.
	Rate float64
}

// Client reads from the registry host and authenticates other programs there. Its
// methods may be called concurrently. [New] makes one; programs need one for each
// login.
type Client struct {
	host      *url.URL // nil: the one that a reference names
	http      *http.Client
	transport *transport
}

// New makes a client. It sends nothing; an error names the option that is
// invalid.
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

// Transport returns a transport for other HTTP clients. Requests to the registry
// host get the client's token, in place of an Authorization header that they may
// have, and wait for their turn. Requests to other hosts are sent as they are. See
// [Client.Do] for when a request is sent again.
func (c *Client) Transport() http.RoundTripper { return c.transport }

// Do sends a request and follows redirects; it makes a Client what the
// remote.Repository of oras-go takes for its Client. A request is sent again when
// its token was refused or the host has too many requests, provided that its body
// can be had again from GetBody, and a GET or HEAD also when the connection or the
// host failed for the moment.
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
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("Host is %q, want a host such as %s or 127.0.0.1:5000, or http:// or https:// and a host", text, imageref.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}, nil
}

func serves(provider *login.Provider, origin string) bool {
	_, host, _ := strings.Cut(origin, "://")
	return provider.Serves(host)
}

// originsOf returns where tokens may go.
func originsOf(host *url.URL) []string {
	if host != nil {
		return []string{originOf(host)}
	}
	return []string{"https://" + imageref.Host, "https://" + imageref.DualStackHost}
}

// originOf returns scheme and host in the form in which they can be compared.
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

// connectionsPerHost bounds idle connections, not those in use.
const connectionsPerHost = 100

// httpClient returns a client like the given one, which may be nil, with a
// transport and a check of redirects.
func httpClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: http.DefaultTransport}
	if given != nil {
		*client = *given
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost, t.ResponseHeaderTimeout = connectionsPerHost, stallLimit
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
