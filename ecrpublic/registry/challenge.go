package registry

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// challenge says where tokens are had: the parameters of a WWW-Authenticate
// header with the scheme Bearer.
type challenge struct {
	realm   *url.URL
	service string
	scope   string
}

// parseChallenge returns nil if the response has no Bearer challenge, and an
// error if it has one whose realm is not the registry's own: nobody else gets to
// see a login or says what the token is.
func parseChallenge(resp *http.Response, origins []string) (*challenge, error) {
	for _, header := range resp.Header.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		parameters := parseParameters(rest)
		realm, err := url.Parse(parameters["realm"])
		if err != nil || realm.User != nil || !trusted(realm, origins) {
			return nil, fmt.Errorf("the realm for tokens is %q, which is not at %s", printable(parameters["realm"]), strings.Join(origins, " or "))
		}
		return &challenge{realm: realm, service: parameters["service"], scope: parameters["scope"]}, nil
	}
	return nil, nil
}

// trusted reports whether a realm is at one of the origins, or at one of them over
// HTTPS.
func trusted(realm *url.URL, origins []string) bool {
	origin := originOf(realm)
	return slices.Contains(origins, origin) ||
		realm.Scheme == "https" && slices.Contains(origins, "http"+strings.TrimPrefix(origin, "https"))
}

// parseParameters reads name="value" pairs, quoted or not, as far as they are
// well-formed.
func parseParameters(text string) map[string]string {
	parameters := map[string]string{}
	for {
		text = strings.TrimLeft(text, " \t,")
		name, rest, ok := strings.Cut(text, "=")
		if !ok {
			return parameters
		}
		value, rest := parseValue(strings.TrimLeft(rest, " \t"))
		name = strings.ToLower(strings.TrimSpace(name))
		if _, dup := parameters[name]; !dup {
			parameters[name] = value
		}
		text = rest
	}
}

func parseValue(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ", \t")
		if end < 0 {
			return text, ""
		}
		return text[:end], text[end:]
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:]
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// tokenURL is the address of a token for the challenge.
func (c *challenge) tokenURL() string {
	u := *c.realm
	query := u.Query()
	if c.service != "" {
		query.Set("service", c.service)
	}
	for scope := range strings.FieldsSeq(c.scope) {
		query.Add("scope", scope)
	}
	u.RawQuery = query.Encode()
	u.Fragment = ""
	return u.String()
}

// isScoped reports whether the challenge asks for a token of one repository. ECR
// Public's asks for one that is good everywhere.
func (c *challenge) isScoped() bool {
	return c != nil && strings.HasPrefix(c.scope, "repository:")
}

// wantsOther reports whether the challenge asks for a token of one repository
// that one made for another challenge is not.
func (c *challenge) wantsOther(made *challenge) bool {
	return c.isScoped() && (made == nil || made.scope != c.scope)
}
