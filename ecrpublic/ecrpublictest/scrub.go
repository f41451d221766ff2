package ecrpublictest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Scrubber replaces what identifies or unlocks an account in recorded requests and
// responses, so that they can be published: account ids, registry aliases, IAM
// principals, access keys, logins, bearers, page tokens, request and upload ids,
// signatures in URLs, and ports of this machine. Equal values get equal replacements,
// numbered as they are seen, so a record stays consistent: an upload id in a response
// is still the one in the next request. Replacements are left as they are, so it does
// no harm to scrub twice. Names of repositories and tags, and layers, manifests, texts
// and pictures written by the program itself, are not secrets and stay, except for what
// is listed above; use Replace for anything else.
//
// The zero value is ready to use. A Scrubber is safe for concurrent use while Replace
// does not change, and must not be copied after its first use.
type Scrubber struct {
	// Replace maps further texts, such as a host or a company's name, to their
	// replacements. If one is part of another, the longer one is replaced.
	Replace map[string]string

	mu    sync.Mutex
	seen  map[string]map[string]string // replacements by kind and value
	below map[string]*regexp.Regexp    // by alias, what pathsBelow returns
}

// keptHeaders are those that a recorded call needs. All others are dropped: what is not
// known may be a secret.
var keptHeaders = []string{
	"Accept", "Content-Length", "Content-Range", "Content-Type", "Date", "Docker-Content-Digest", "Docker-Distribution-Api-Version",
	"Docker-Upload-Uuid", "Link", "Location", "Oci-Filters-Applied", "Oci-Subject", "Range", "Retry-After", "Www-Authenticate",
	"X-Amz-Target", "X-Amzn-Errortype", "X-Amzn-Requestid",
}

// Header returns a scrubbed copy of the fields of a header that a record needs:
// types, lengths, positions, the operation, the request ID, the date. Everything
// else, such as Authorization and cookies, is left out. Nil stays nil.
func (s *Scrubber) Header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	kept := http.Header{}
	for name, values := range h {
		if slices.Contains(keptHeaders, http.CanonicalHeaderKey(name)) {
			for _, v := range values {
				kept.Add(name, s.Text(v))
			}
		}
	}
	return kept
}

// Body returns a scrubbed body. In JSON it also replaces values that only their names
// show to be secrets, for the members of the API and of the registry host's token
// service; the result has the same members in the same order, without white space. Any
// other body is scrubbed like [Scrubber.Text].
func (s *Scrubber) Body(body string) string {
	if scrubbed, ok := s.json(body); ok {
		return scrubbed
	}
	return s.Text(body)
}

// The patterns of what a text may have in it.
var (
	principalARNs = regexp.MustCompile(`\b(arn:[\w-]+:(?:iam|sts)::\d{12}:)([\w-]+)/([\w+=,.@/-]+)`)
	accounts      = regexp.MustCompile(`\b\d{12}\b`)
	accessKeys    = regexp.MustCompile(`\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}\b`)
	uuids         = regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`)
	aliases       = regexp.MustCompile(`(public\.ecr\.aws/(?:v2/)?|/v2/|repository(?::|%3A)|registry with id ')([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)`)
	signatures    = regexp.MustCompile(`([?&](?:X-Amz-[A-Za-z-]+|Signature|Policy|Key-Pair-Id|_state|token)=)[^&"'\s>]+`)
	bearers       = regexp.MustCompile(`\b(Bearer|Basic) [\w+/=.~-]{16,}`)
	defaultForm   = regexp.MustCompile(`^([a-z][0-9]){4}$`)
	width         = regexp.MustCompile(`%0\d+d`)
	loopback      = regexp.MustCompile(`(?:127\.0\.0\.1|localhost|\[::1\]):\d+`)
)

// Text returns a text, such as a URL or a message, with everything replaced that is
// recognizable by itself.
func (s *Scrubber) Text(text string) string {
	for _, old := range slices.SortedFunc(maps.Keys(s.Replace), func(a, b string) int { return len(b) - len(a) }) {
		if old != "" {
			text = strings.ReplaceAll(text, old, s.Replace[old])
		}
	}
	text = signatures.ReplaceAllString(text, "${1}scrubbed")
	text = bearers.ReplaceAllString(text, "${1} scrubbed")
	text = replaceGroups(principalARNs, text, func(g []string) string { return g[1] + g[2] + "/" + s.number("name", g[3]) })
	text = replaceGroups(aliases, text, func(g []string) string { return g[1] + s.number("alias", g[2]) })
	for _, alias := range append(s.known("alias"), s.known("default")...) {
		text = s.pathsBelow(alias).ReplaceAllString(text, "${1}"+s.number("alias", alias)+"${2}")
	}
	text = accounts.ReplaceAllStringFunc(text, func(v string) string { return s.number("account", v) })
	text = accessKeys.ReplaceAllStringFunc(text, func(v string) string { return s.number("key", v) })
	text = uuids.ReplaceAllStringFunc(text, func(v string) string { return s.number("id", v) })
	return loopback.ReplaceAllString(text, "localhost")
}

// replacements are the forms of what replaces a value, by kind.
var replacements = map[string]string{
	"account": "00000000%04d",
	"alias":   "alias-%d",
	"default": "x0x0x0x%d", // alias, of the form that AWS gives an account
	"id":      "00000000-0000-0000-0000-%012d",
	"key":     "AKIASCRUBBED%08d",
	"name":    "name-%d",
	"page":    "page-token-%d",
	"token":   "token-%d",
}

// number returns the replacement of a value, the same every time.
func (s *Scrubber) number(kind, value string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind == "alias" && defaultForm.MatchString(value) {
		kind = "default"
	}
	var n int
	form := replacements[kind]
	if _, err := fmt.Sscanf(value, width.ReplaceAllString(form, "%d"), &n); err == nil && fmt.Sprintf(form, n) == value {
		return value // a replacement already
	}
	if kind == "alias" && (value == "token" || value == "v2") {
		return value // paths of the registry host
	}
	if s.seen == nil {
		s.seen = map[string]map[string]string{}
	}
	if s.seen[kind] == nil {
		s.seen[kind] = map[string]string{}
	}
	known, ok := s.seen[kind][value]
	if !ok {
		known = fmt.Sprintf(form, len(s.seen[kind])+1)
		s.seen[kind][value] = known
	}
	return known
}

// known lists the values of a kind that were seen.
func (s *Scrubber) known(kind string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.seen[kind]))
}

// pathsBelow matches an alias, once it is known, where a path begins with it, as in the
// name that the registry host lists tags under.
func (s *Scrubber) pathsBelow(alias string) *regexp.Regexp {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.below[alias] == nil {
		if s.below == nil {
			s.below = map[string]*regexp.Regexp{}
		}
		s.below[alias] = regexp.MustCompile(`(^|[\s"'(:=,])` + regexp.QuoteMeta(alias) + `(/|%2F)`)
	}
	return s.below[alias]
}

// login replaces the token of GetAuthorizationToken by one that decodes as it does, to
// a user and a password.
func (s *Scrubber) login(token string) string {
	decoded, err := base64.StdEncoding.DecodeString(token)
	user, password, found := strings.Cut(string(decoded), ":")
	if err != nil || !found {
		return s.number("token", token)
	}
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + s.number("token", password)))
}

func replaceGroups(pattern *regexp.Regexp, text string, replace func(groups []string) string) string {
	return pattern.ReplaceAllStringFunc(text, func(match string) string {
		return replace(pattern.FindStringSubmatch(match))
	})
}
