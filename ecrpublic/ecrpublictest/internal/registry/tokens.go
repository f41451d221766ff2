package registry

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

// UserName is the user of every login.
const UserName = "AWS"

// GetAuthorizationToken makes a login: base64 of "AWS:" and a password that has
// no colon.
func (s *Store) GetAuthorizationToken(*ecrpublic.GetAuthorizationTokenInput) (*ecrpublic.GetAuthorizationTokenOutput, error) {
	expires := s.Now().Add(s.config.LoginLife)
	login := UserName + ":" + s.newTicket(LoginTicket, MayPush, expires)
	return &ecrpublic.GetAuthorizationTokenOutput{AuthorizationData: &types.AuthorizationData{
		AuthorizationToken: new(base64.StdEncoding.EncodeToString([]byte(login))),
		ExpiresAt:          &expires,
	}}, nil
}

// TicketKind keeps logins and bearers apart: a login is exchanged for bearers,
// a bearer for nothing.
type TicketKind string

// The kinds of tickets.
const (
	LoginTicket  TicketKind = "login"
	BearerTicket TicketKind = "bearer"
)

// Right is what the bearer of a ticket may do.
type Right string

// The rights, which are also the types in the service's passwords.
const (
	MayPull Right = "PULL"
	MayPush Right = "PUSH" // and pull
)

// ticket is what passwords and tokens are made of. The names of its members are
// those in the service's passwords.
type ticket struct {
	Payload    string `json:"payload"` // makes it differ from every other
	DataKey    []byte `json:"datakey"` // authenticates the rest
	Version    string `json:"version"`
	Type       Right  `json:"type"`
	Expiration int64  `json:"expiration"` // seconds since 1970
}

func (s *Store) newTicket(kind TicketKind, r Right, expires time.Time) string {
	t := ticket{Payload: NewUUID(), Version: "2", Type: r, Expiration: expires.Unix()}
	t.DataKey = s.sealTicket(kind, t)
	text, _ := json.Marshal(t) // texts and numbers do not fail
	return base64.StdEncoding.EncodeToString(text)
}

// NewBearer makes a token of the registry host.
func (s *Store) NewBearer(r Right) string {
	return s.newTicket(BearerTicket, r, s.Now().Add(s.config.BearerLife))
}

func (s *Store) sealTicket(kind TicketKind, t ticket) []byte {
	return s.Seal(string(kind), t.Payload, t.Version, string(t.Type), strconv.FormatInt(t.Expiration, 10))
}

// Why a ticket allows nothing.
var (
	ErrInvalidTicket = errors.New(textInvalidToken)
	ErrExpiredTicket = errors.New(textExpiredToken)
)

// OpenTicket returns what a ticket of this registry allows.
func (s *Store) OpenTicket(kind TicketKind, text string) (Right, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", ErrInvalidTicket
	}
	var t ticket
	if err := json.Unmarshal(raw, &t); err != nil || !hmac.Equal(t.DataKey, s.sealTicket(kind, t)) {
		return "", ErrInvalidTicket
	}
	if s.Now().Unix() >= t.Expiration {
		return "", ErrExpiredTicket
	}
	return t.Type, nil
}

// OpenBearer returns what a bearer token allows: one that the registry host made,
// or a whole login as the API made it. The registry host does not say of its own
// tokens that they have expired: they are as invalid as any other text.
func (s *Store) OpenBearer(token string) (TicketKind, Right, error) {
	login, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", "", ErrInvalidTicket
	}
	if password, ok := strings.CutPrefix(string(login), UserName+":"); ok {
		allowed, err := s.OpenTicket(LoginTicket, password)
		return LoginTicket, allowed, err
	}
	allowed, err := s.OpenTicket(BearerTicket, token)
	if err != nil {
		return "", "", ErrInvalidTicket
	}
	return BearerTicket, allowed, nil
}
