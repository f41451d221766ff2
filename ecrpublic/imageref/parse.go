package imageref

import (
	"errors"
	"fmt"
	"strings"
)

// ErrOtherRegistry is returned, wrapped, by [Parse] for a reference to the host
// of another registry, including private ECR.
var ErrOtherRegistry = errors.New("not a host of ECR Public")

// Parse parses a reference in any of these forms:
//
//	public.ecr.aws/alias/name[:tag][@digest]      also with the dual-stack host, or port 443
//	alias/name[:tag][@digest]                     the host is implied
//	https://gallery.ecr.aws/alias/name            also without https://
//
// As in docker, a first part with a dot or a colon is a host, so a registry whose
// alias contains a dot needs the host in front. ARNs contain no alias; use
// [ParseARN] for them.
func Parse(s string) (Reference, error) {
	r, err := parse(s)
	if err != nil {
		return Reference{}, fmt.Errorf("image reference %q: %w", s, err)
	}
	return r, nil
}

func parse(s string) (Reference, error) {
	if strings.HasPrefix(s, "arn:") {
		return Reference{}, errors.New("an ARN does not contain the registry's alias; use ParseARN")
	}
	if page, ok := cutGallery(s); ok {
		return parseRepository(Reference{}, page)
	}
	if scheme, _, ok := strings.Cut(s, "://"); ok {
		return Reference{}, fmt.Errorf("a reference starts with the host: leave out %q", scheme+"://")
	}
	rest, digest, hasDigest := strings.Cut(s, "@")
	rest, tag, hasTag := cutTag(rest)
	if hasDigest && digest == "" {
		return Reference{}, errors.New("there is no digest after the @")
	}
	if hasTag && tag == "" {
		return Reference{}, errors.New("there is no tag after the colon")
	}
	return parseHost(Reference{Tag: tag, Digest: digest}, rest)
}

// cutGallery returns what follows the gallery's host, without query, fragment and
// final slash, which addresses copied from a browser have.
func cutGallery(s string) (page string, ok bool) {
	page, ok = strings.CutPrefix(strings.TrimPrefix(s, "https://"), GalleryHost+"/")
	if end := strings.IndexAny(page, "?#"); end >= 0 {
		page = page[:end]
	}
	return strings.TrimSuffix(page, "/"), ok
}

// cutTag splits at the colon of the tag, which comes after every slash; an
// earlier colon belongs to a port.
func cutTag(s string) (rest, tag string, ok bool) {
	slash := strings.LastIndexByte(s, '/')
	last, tag, ok := strings.Cut(s[slash+1:], ":")
	return s[:slash+1] + last, tag, ok
}

// parseHost adds host, alias and name, from host/alias/name or alias/name.
func parseHost(r Reference, s string) (Reference, error) {
	first, rest, _ := strings.Cut(s, "/")
	host := strings.TrimSuffix(first, ":443") // the same registry
	switch {
	case host == Host:
		return parseRepository(r, rest)
	case host == DualStackHost:
		r.DualStack = true
		return parseRepository(r, rest)
	case first == "localhost", strings.ContainsAny(first, ".:"):
		return Reference{}, fmt.Errorf("%q is %w, which are %s and %s", first, ErrOtherRegistry, Host, DualStackHost)
	default:
		return parseRepository(r, s)
	}
}

// parseRepository adds alias and name.
func parseRepository(r Reference, s string) (Reference, error) {
	alias, name, ok := strings.Cut(s, "/")
	if !ok {
		return Reference{}, errors.New("must name a registry alias and a repository, as in alias/name")
	}
	r.Alias, r.RepositoryName = alias, name
	if err := r.Validate(); err != nil {
		return Reference{}, err
	}
	return r, nil
}
