package login

import (
	"net/url"
	"strings"
)

// httpsPort after a host does not change the registry.
const httpsPort = ":443"

// sameRegistry reports whether two hosts, each with its port if any, are the
// same registry.
func sameRegistry(a, b string) bool {
	return strings.TrimSuffix(a, httpsPort) == strings.TrimSuffix(b, httpsPort)
}

// splitAddress returns an address's scheme such as "https://", empty if there is
// none; its host, with port if any; and its path without the first slash.
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

// keyOf reports whether docker takes a key under "auths" for the registry host,
// alone or in an address with any path. It is a namespace, such as
// public.ecr.aws/a1b2c3d4, if podman, skopeo and buildah prefer it to the host's
// own key for the images below it.
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
