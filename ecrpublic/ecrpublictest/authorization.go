package ecrpublictest

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// userName is the user of every login.
const userName = "AWS"

// getAuthorizationToken makes a login: base64 of "AWS:" and a password that has
// no colon.
func (s *store) getAuthorizationToken(*ecrpublic.GetAuthorizationTokenInput) (*ecrpublic.GetAuthorizationTokenOutput, error) {
	expires := s.config.now().Add(s.config.loginLife)
	login := userName + ":" + s.newTicket(loginTicket, mayPush, expires)
	return &ecrpublic.GetAuthorizationTokenOutput{AuthorizationData: &types.AuthorizationData{
		AuthorizationToken: new(base64.StdEncoding.EncodeToString([]byte(login))),
		ExpiresAt:          &expires,
	}}, nil
}

// ticketKind keeps logins and bearers apart: a login is exchanged for bearers,
// a bearer for nothing.
type ticketKind string

const (
	loginTicket  ticketKind = "login"
	bearerTicket ticketKind = "bearer"
)

// right is what the bearer of a ticket may do.
type right string

const (
	mayPull right = "PULL"
	mayPush right = "PUSH" // and pull
)

// ticket is what passwords and tokens are made of. The names of its members are
// those in the service's passwords.
type ticket struct {
	Payload    string `json:"payload"` // makes it differ from every other
	DataKey    []byte `json:"datakey"` // authenticates the rest
	Version    string `json:"version"`
	Type       right  `json:"type"`
	Expiration int64  `json:"expiration"` // seconds since 1970
}

func (s *store) newTicket(kind ticketKind, r right, expires time.Time) string {
	t := ticket{Payload: newUUID(), Version: "2", Type: r, Expiration: expires.Unix()}
	t.DataKey = s.sealTicket(kind, t)
	text, _ := json.Marshal(t) // texts and numbers do not fail
	return base64.StdEncoding.EncodeToString(text)
}

// newBearer makes a token of the registry host.
func (s *store) newBearer(r right) string {
	return s.newTicket(bearerTicket, r, s.config.now().Add(s.config.bearerLife))
}

func (s *store) sealTicket(kind ticketKind, t ticket) []byte {
	return s.seal(string(kind), t.Payload, t.Version, string(t.Type), strconv.FormatInt(t.Expiration, 10))
}

var (
	errInvalidTicket = errors.New(textInvalidToken)
	errExpiredTicket = errors.New(textExpiredToken)
)

// openTicket returns what a ticket of this registry allows.
func (s *store) openTicket(kind ticketKind, text string) (right, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", errInvalidTicket
	}
	var t ticket
	if err := json.Unmarshal(raw, &t); err != nil || !hmac.Equal(t.DataKey, s.sealTicket(kind, t)) {
		return "", errInvalidTicket
	}
	if s.config.now().Unix() >= t.Expiration {
		return "", errExpiredTicket
	}
	return t.Type, nil
}

// openBearer returns what a bearer token allows: one that the registry host made,
// or a whole login as the API made it. The registry host does not say of its own
// tokens that they have expired: they are as invalid as any other text.
func (s *store) openBearer(token string) (ticketKind, right, error) {
	login, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", "", errInvalidTicket
	}
	if password, ok := strings.CutPrefix(string(login), userName+":"); ok {
		allowed, err := s.openTicket(loginTicket, password)
		return loginTicket, allowed, err
	}
	allowed, err := s.openTicket(bearerTicket, token)
	if err != nil {
		return "", "", errInvalidTicket
	}
	return bearerTicket, allowed, nil
}
