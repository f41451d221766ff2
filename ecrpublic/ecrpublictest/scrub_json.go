package ecrpublictest

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// json scrubs JSON, member by member; false if the body is not JSON.
func (s *Scrubber) json(body string) (string, bool) {
	var out bytes.Buffer
	in := jsontext.NewDecoder(strings.NewReader(body))
	to := jsontext.NewEncoder(&out, jsontext.EscapeForHTML(false))
	values := 0
	for {
		token, err := in.ReadToken()
		if errors.Is(err, io.EOF) {
			return strings.TrimSuffix(out.String(), "\n"), values == 1
		}
		if err != nil {
			return "", false
		}
		if in.StackDepth() == 0 {
			values++ // a scalar, or the end of an object or a list
		}
		if token.Kind() == '"' && !isName(in) {
			token = jsontext.String(s.member(in, token.String()))
		}
		if err := to.WriteToken(token); err != nil {
			return "", false
		}
	}
}

// isName reports whether the token that was read last is the name of a member.
func isName(in *jsontext.Decoder) bool {
	kind, length := in.StackIndex(in.StackDepth())
	return kind == '{' && length%2 == 1
}

// shortestToken is below the length of any token of the service; what is shorter is a
// program's own, as in a test of wrong tokens.
const shortestToken = 12

// startsWithDigit reports whether a registry is named by an account, or by what was
// meant as one, and not by an alias.
func startsWithDigit(registry string) bool { return '0' <= registry[0] && registry[0] <= '9' }

// member scrubs the string that was read last, knowing where it stands.
func (s *Scrubber) member(in *jsontext.Decoder, value string) string {
	path := strings.Split(string(in.StackPointer()), "/")
	name := path[len(path)-1]
	within := ""
	if len(path) > 3 {
		within = path[len(path)-3] // beyond the place in a list
	}
	switch {
	case value == "":
		return value
	case name == "layerPartBlob" || name == "logoImageBlob":
		return value // bytes, in which a pattern is chance
	case name == "authorizationToken":
		return s.login(value)
	case name == "token" || name == "access_token" || name == "refresh_token" || name == "password":
		return s.number("token", value)
	case name == "nextToken" && len(value) >= shortestToken:
		return s.number("page", value)
	case name == "registryId" && !startsWithDigit(value),
		name == "name" && within == "aliases":
		return s.number("alias", value)
	case name == "registryUri":
		if host, alias, found := strings.Cut(value, "/"); found {
			return s.Text(host) + "/" + s.number("alias", alias)
		}
	}
	return s.Text(value)
}
