package login

import (
	"net/url"
	"strings"
)

// httpsPort may stand behind a host: the registry is the same.
const httpsPort = ":443"

// sameRegistry reports whether two hosts, each with its port if it has one, are
// one registry.
func sameRegistry(a, b string) bool {
	return strings.TrimSuffix(a, httpsPort) == strings.TrimSuffix(b, httpsPort)
}

// splitAddress returns the scheme of an address as in "https://", or nothing if it
// has none; the host, with its port if it has one; and the path without its first
// slash.
func splitAddress(address string) (scheme, host, path string) {
	if !strings.Contains(address, "://") {
		host, path, _ = strings.Cut(address, "/")
		return "", host, path
	}
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Scheme + "://", strings.TrimSuffix(u.Host, ":"), strings.TrimPrefix(u.Path, "/")
	}
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ = strings.Cut(rest, "/")
	return scheme + "://", host, path
}

// keyOf reports whether docker reads a key under "auths" as the registry host: bare
// or as an address, with any path. If it is one that podman, skopeo and
// buildah prefer to the host's own, for what is below it, it is a namespace, such
// as public.ecr.aws/a1b2c3d4.
func keyOf(host, key string) (matches, namespace bool) {
	scheme, keyHost, path := splitAddress(key)
	if !sameRegistry(host, keyHost) {
		return false, false
	}
	switch path {
	case "", "v1", "v2": // the paths of the registry API
		return true, false
	}
	return true, scheme == "" && !strings.HasSuffix(path, "/")
}
