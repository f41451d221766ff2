package registry

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

// RoundTrip sends a request. An http.Client calls it for each redirect, so that a
// token is sent only where this method adds it.
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

// CloseIdleConnections is called by the http.Client method of the same name.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.sender.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

// maxRenewals is how often a request renews a rejected token: with the login at
// hand, and with a fresh one.
const maxRenewals = 2

// authenticated sends a request with the token for its place. If the token is
// rejected, it sends the request again, with a token from the login at hand and, if
// that is rejected too, with one from a fresh login.
func (t *transport) authenticated(req *http.Request, at place) (*http.Response, error) {
	ctx := req.Context()
	before := t.tokens.count()
	tok, err := t.tokens.get(ctx, at)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	freshLogin := false
	for renewals := 0; ; renewals++ {
		resp, err := t.sender.send(withToken(req, tok))
		if err != nil || !refusesToken(req, resp) {
			return resp, err
		}
		asked, err := parseChallenge(resp, t.origins)
		if err != nil {
			discard(resp)
			return nil, t.tokens.redactError(err)
		}
		isNew := tok.number > before && !asked.wantsOther(tok.asked)
		what := refusedRequest(req, resp, at)
		if t.tokens.isFutile(tok, what) {
			return resp, nil
		}
		if renewals == maxRenewals || isNew && (freshLogin || !t.tokens.canLogIn()) {
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

// refusesToken reports whether a response may be due to the token. The host rejects
// an expired one with 400 and DENIED, others with 403 and a message about the
// authorization token. A response to HEAD has no message.
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

// refusedRequest names the kind of a request: what a new token helps, or does not.
func refusedRequest(req *http.Request, resp *http.Response, at place) string {
	rest := strings.TrimPrefix(req.URL.Path, "/v2/"+at.repository+"/")
	kind, _, _ := strings.Cut(rest, "/")
	return strings.Join([]string{strconv.Itoa(resp.StatusCode), req.Method, at.repository, kind}, " ")
}

// isRegistryAPI reports whether a path needs a bearer token; the token endpoint's
// does not.
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
