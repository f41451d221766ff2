package registry

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// challenge says where to get tokens: the parameters of a Bearer challenge in a
// WWW-Authenticate header.
type challenge struct {
	realm   *url.URL
	service string
	scope   string
}

// parseChallenge returns nil if the response has no Bearer challenge. A realm on
// another host is an error: no other host may see a login or choose the token.
func parseChallenge(resp *http.Response, origins []string) (*challenge, error) {
	for _, header := range resp.Header.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		parameters := parseParameters(rest)
		realm, err := url.Parse(parameters["realm"])
		if err != nil || realm.User != nil || !trusted(realm, origins) {
			return nil, fmt.Errorf("the host names the token endpoint %q, which is not at %s", printable(parameters["realm"]), strings.Join(origins, " or "))
		}
		return &challenge{realm: realm, service: parameters["service"], scope: parameters["scope"]}, nil
	}
	return nil, nil
}

// trusted reports whether a realm is at one of the origins, or at the HTTPS twin of
// one.
func trusted(realm *url.URL, origins []string) bool {
	origin := originOf(realm)
	return slices.Contains(origins, origin) ||
		realm.Scheme == "https" && slices.Contains(origins, "http"+strings.TrimPrefix(origin, "https"))
}

// parseParameters reads name="value" pairs, quoted or not, and ignores the rest.
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

// tokenURL is the address at which to get a token.
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

// isScoped reports whether the challenge asks for a token for one repository. ECR
// Public's own challenge asks for one that is valid for all.
func (c *challenge) isScoped() bool {
	return c != nil && strings.HasPrefix(c.scope, "repository:")
}

// wantsOther reports whether the challenge asks for another token than an earlier
// challenge did, or for a token where none was needed before.
func (c *challenge) wantsOther(earlier *challenge) bool {
	return c != nil && (earlier == nil || c.isScoped() && earlier.scope != c.scope)
}
