package registry

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// policy is a repository policy: IAM's grammar without resources.
type policy struct {
	Version   string               `json:"Version"`
	ID        string               `json:"Id"`
	Statement oneOrMore[statement] `json:"Statement"`
}

type statement struct {
	Sid          string            `json:"Sid"`
	Effect       string            `json:"Effect"`
	Principal    principals        `json:"Principal"`
	NotPrincipal principals        `json:"NotPrincipal"`
	Action       oneOrMore[string] `json:"Action"`
	NotAction    oneOrMore[string] `json:"NotAction"`
	Condition    jsontext.Value    `json:"Condition"`
}

// oneOrMore is a list that may be written as its only entry.
type oneOrMore[T any] []T

// UnmarshalJSONFrom reads a list, or one entry.
func (l *oneOrMore[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '[' {
		return json.UnmarshalDecode(d, (*[]T)(l))
	}
	*l = make([]T, 1)
	return json.UnmarshalDecode(d, &(*l)[0])
}

// principals is "*" or lists by kind, such as AWS.
type principals map[string]oneOrMore[string]

// UnmarshalJSONFrom reads an object, or the text "*".
func (p *principals) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '"' {
		return json.UnmarshalDecode(d, (*map[string]oneOrMore[string])(p))
	}
	if text, err := d.ReadToken(); err != nil || text.String() != "*" {
		return errPolicy
	}
	*p = principals{"AWS": {"*"}}
	return nil
}

var errPolicy = errors.New("invalid policy")

func parsePolicy(text string) (*policy, error) {
	p := new(policy)
	if err := json.Unmarshal([]byte(text), p, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	versions := []string{"", "2008-10-17", "2012-10-17"}
	if !slices.Contains(versions, p.Version) || len(p.Statement) == 0 {
		return nil, errPolicy
	}
	for _, st := range p.Statement {
		if !st.valid() {
			return nil, errPolicy
		}
	}
	return p, nil
}

func (st statement) valid() bool {
	actions := slices.Concat(st.Action, st.NotAction)
	return (st.Effect == "Allow" || st.Effect == "Deny") &&
		(len(st.Principal) > 0) != (len(st.NotPrincipal) > 0) &&
		(len(st.Action) > 0) != (len(st.NotAction) > 0) &&
		!slices.ContainsFunc(actions, func(a string) bool { return !isRepositoryAction(a) }) &&
		st.Principal.valid() && st.NotPrincipal.valid()
}

// isRepositoryAction reports whether an action can be one on a repository. That a
// policy that names GetAuthorizationToken, which has no resource, is refused was
// seen on private ECR.
func isRepositoryAction(action string) bool {
	service, name, ok := strings.Cut(strings.ToLower(action), ":")
	return action == "*" || ok && service != "" && name != "" && name != "getauthorizationtoken"
}

// valid reports whether all principals have a form that IAM knows. Whether they
// exist, which the service checks, is not known here.
func (p principals) valid() bool {
	for kind, names := range p {
		if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind) || len(names) == 0 {
			return false
		}
		if kind == "AWS" && slices.ContainsFunc(names, func(who string) bool { return !isAWSPrincipal(who) }) {
			return false
		}
	}
	return true
}

func isAWSPrincipal(who string) bool {
	return who == "*" || registryIDPattern.matches(who) || strings.HasPrefix(who, "arn:")
}

// locksOut reports whether the policy keeps the account from setting another one.
// It looks at denials without conditions; how far the service goes is not known.
func (p *policy) locksOut(account string) bool {
	isAccount := func(who string) bool { return who == "*" || who == account || who == rootARN(account) }
	return slices.ContainsFunc(p.Statement, func(st statement) bool {
		action := slices.ContainsFunc(st.Action, covers) || st.NotAction != nil && !slices.ContainsFunc(st.NotAction, covers)
		principal := slices.ContainsFunc(st.Principal["AWS"], isAccount) || st.NotPrincipal != nil && !slices.ContainsFunc(st.NotPrincipal["AWS"], isAccount)
		return st.Effect == "Deny" && st.Condition == nil && action && principal
	})
}

// rootARN names an account as a principal.
func rootARN(account string) string { return "arn:aws:iam::" + account + ":root" }

// covers reports whether an action, which may have wildcards, is the one that sets
// policies.
func covers(action string) bool {
	match, err := path.Match(strings.ToLower(action), "ecr-public:setrepositorypolicy")
	return err == nil && match
}

// formatPolicy returns a valid policy as the service gives it back: a member a
// line, indented by two spaces for each object, and lists on one line. A list of
// texts comes back in another order, and as its only entry if it has one; an
// account in AWS principals comes back as the ARN of its root. The service's
// order is random; this is the reverse, so that tests can rely on a change.
func formatPolicy(text string) string {
	d := jsontext.NewDecoder(strings.NewReader(text))
	return string(appendLayout(nil, d, "\n"))
}

// appendLayout appends the decoder's next value. newline is a line break with
// the indentation of the object around it.
func appendLayout(dst []byte, d *jsontext.Decoder, newline string) []byte {
	switch d.PeekKind() {
	case '{':
		return appendObject(dst, d, newline)
	case '[':
		return appendList(dst, d, newline)
	}
	value, _ := d.ReadValue()
	if account := strings.Trim(string(value), `"`); registryIDPattern.matches(account) && isPrincipal(string(d.StackPointer())) {
		return append(dst, `"`+rootARN(account)+`"`...)
	}
	return append(dst, value...)
}

// isPrincipal reports whether a JSON pointer leads to an AWS principal, such as
// /Statement/0/Principal/AWS/0.
func isPrincipal(pointer string) bool {
	for _, member := range []string{"/Principal/AWS", "/NotPrincipal/AWS"} {
		if _, rest, found := strings.Cut(pointer, member); found && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

func appendObject(dst []byte, d *jsontext.Decoder, newline string) []byte {
	inner := newline + "  "
	_, _ = d.ReadToken()
	dst = append(dst, '{')
	separator := inner
	for d.PeekKind() == '"' {
		name, _ := d.ReadValue()
		dst = append(append(append(dst, separator...), name...), " : "...)
		dst = appendLayout(dst, d, inner)
		separator = "," + inner
	}
	_, _ = d.ReadToken()
	if separator == inner {
		return append(dst, " }"...)
	}
	return append(append(dst, newline...), '}')
}

func appendList(dst []byte, d *jsontext.Decoder, newline string) []byte {
	_, _ = d.ReadToken()
	var entries []string
	texts := true
	for d.PeekKind() != ']' {
		texts = texts && d.PeekKind() == '"'
		entries = append(entries, string(appendLayout(nil, d, newline)))
	}
	_, _ = d.ReadToken()
	switch {
	case len(entries) == 0:
		return append(dst, "[ ]"...)
	case texts && len(entries) == 1:
		return append(dst, entries[0]...)
	case texts:
		slices.Reverse(entries)
	}
	return append(dst, "[ "+strings.Join(entries, ", ")+" ]"...)
}
