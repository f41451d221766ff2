package registry

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// transport authenticates requests to the registry host.
type transport struct {
	origins []string
	sender  *sender // of requests to the registry host
	others  *sender // to all other hosts
	tokens  *tokens
}

func newTransport(base http.RoundTripper, origins []string, options Options) *transport {
	s := &sender{base: base, pace: newPacer(options.Rate, options.Login != nil)}
	return &transport{origins: origins, sender: s, others: &sender{base: base}, tokens: newTokens(s, origins, options.Login)}
}

// RoundTrip sends a request. It is called once for each redirect, so that a
// token goes along only where this transport puts it.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	origin := originOf(req.URL)
	if !slices.Contains(t.origins, origin) || !isRegistryAPI(req.URL) {
		return t.others.send(req)
	}
	resp, err := t.authenticated(req, place{origin, repositoryOf(req.URL)})
	if resp != nil {
		resp.Request = req // without the token
	}
	return resp, err
}

// CloseIdleConnections closes those of the transport below, for http.Client.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.sender.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

// authenticated sends a request with the token for its place. If the token is
// refused, it is renewed and the request sent again: once with a token of the
// login at hand and, when that is refused as well, once with one of a fresh login.
func (t *transport) authenticated(req *http.Request, at place) (*http.Response, error) {
	ctx := req.Context()
	before := t.tokens.count()
	tok, err := t.tokens.get(ctx, at)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	for freshLogin := false; ; {
		resp, err := t.sender.send(withToken(req, tok))
		if err != nil || !refusesToken(req, resp) {
			return resp, err
		}
		asked, err := parseChallenge(resp, t.origins)
		if err != nil {
			discard(resp)
			return nil, err
		}
		isNew := tok.number > before && !asked.wantsOther(tok.asked)
		what := refusedRequest(req, resp, at)
		if t.tokens.isFutile(tok, what) {
			return resp, nil
		}
		if isNew && (freshLogin || !t.tokens.canLogIn()) {
			t.tokens.noteFutile(tok, what)
			return resp, nil
		}
		if !canRepeat(req) {
			t.tokens.drop(tok)
			return resp, nil
		}
		freshLogin = freshLogin || isNew
		tok, err = t.tokens.renew(ctx, at, tok, asked, freshLogin)
		discard(resp)
		if err != nil {
			return nil, err
		}
		if req, err = rewound(req); err != nil {
			return nil, err
		}
	}
}

func withToken(req *http.Request, tok *token) *http.Request {
	out := req.Clone(req.Context())
	out.Header.Del("Authorization")
	if tok.value != "" {
		out.Header.Set("Authorization", "Bearer "+tok.value)
	}
	return out
}

// refusesToken reports whether a response says that the token is to blame. An
// expired one is answered with 400 and DENIED, or with 403 and a text about the
// authorization token; a response to HEAD has no text.
func refusesToken(req *http.Request, resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return true
	case http.StatusBadRequest, http.StatusForbidden:
	default:
		return false
	}
	if req.Method == http.MethodHead {
		return true
	}
	body := peek(resp)
	code, _ := parseRefusal(body)
	return resp.StatusCode == http.StatusBadRequest && code == codeDenied ||
		strings.Contains(strings.ToLower(string(body)), "authorization token")
}

// refusedRequest names a kind of request, for which a new token helps or not.
func refusedRequest(req *http.Request, resp *http.Response, at place) string {
	rest := strings.TrimPrefix(req.URL.Path, "/v2/"+at.repository+"/")
	kind, _, _ := strings.Cut(rest, "/")
	return strings.Join([]string{resp.Status, req.Method, at.repository, kind}, " ")
}

// isRegistryAPI reports whether a path is one that wants a bearer token, unlike
// that of the token endpoint.
func isRegistryAPI(u *url.URL) bool {
	return u.Path == "/v2" || strings.HasPrefix(u.Path, "/v2/")
}

// repositoryOf returns the repository that a path names, with its alias, or "".
func repositoryOf(u *url.URL) string {
	path := strings.TrimPrefix(u.Path, "/v2/")
	for _, kind := range []string{"/manifests/", "/blobs/", "/tags/", "/referrers/"} {
		if i := strings.LastIndex(path, kind); i > 0 {
			return path[:i]
		}
	}
	return ""
}
