package ecrpublictest

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// WithHostCheck protects the emulator from web pages in a browser on this machine. A
// request is refused with 421 unless its Host is an IP address, a name without a
// dot, a name that ends in .localhost, host.docker.internal, a host of ECR Public,
// that of [WithBlobHost], or one of hosts. A request that a page of another host
// makes is refused with 403, if the browser sends an Origin. Browsers send none with
// plain GET requests, such as for an image, but the page cannot read the responses.
func WithHostCheck(hosts ...string) Option {
	return func(c *config) { c.checkHosts, c.hosts = true, append(c.hosts, hosts...) }
}

// guard passes only requests for names of this server.
func (c *config) guard(next http.Handler) http.Handler {
	if !c.checkHosts {
		return next
	}
	allowed := slices.Concat(c.hosts, realHosts(), []string{nameOf(c.blobHost)})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isHost := func(name string) bool { return strings.EqualFold(name, nameOf(r.Host)) }
		switch {
		case !isLocalName(nameOf(r.Host)) && !slices.ContainsFunc(allowed, isHost):
			http.Error(w, "The host "+r.Host+" is not this server's. The emulator's flag -allow-host, or WithHostCheck, allows it.", http.StatusMisdirectedRequest)
		case !isOwnPage(r):
			http.Error(w, "Pages of other hosts may not use this server.", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isOwnPage reports whether a request is not a browser's, or is for a page of the host
// that it goes to.
func isOwnPage(r *http.Request) bool {
	if r.Header.Get("Origin") == "" {
		return true
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && strings.EqualFold(origin.Host, r.Host)
}

// nameOf returns a host without its port.
func nameOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// isLocalName reports whether a name cannot belong to a web site: an IP address,
// a name without a dot such as that of a container, or one reserved for this
// machine.
func isLocalName(name string) bool {
	return net.ParseIP(name) != nil || !strings.Contains(name, ".") || strings.HasSuffix(name, ".localhost") || name == "host.docker.internal"
}
