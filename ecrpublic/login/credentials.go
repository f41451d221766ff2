package login

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"time"
)

// redacted is printed in place of a password.
const redacted = "[redacted]"

// Credentials are a login for the hosts of [RegistryHosts], with the caller's
// permissions in every public registry. Only the fields and [Credentials.Bearer]
// give the password away: every verb of package fmt, slog and encoders of text
// and JSON show it as redacted. Package fmt does not ask the methods of
// unexported fields, though: your own struct that keeps credentials in one shows
// them when it is printed. A [Provider] does not.
type Credentials struct {
	// Username is what the service chose, "AWS" in practice.
	Username string

	// Password is the secret.
	Password string

	// ExpiresAt is when the registry stops accepting the login, twelve hours
	// after it was issued, by the clock of the service.
	ExpiresAt time.Time
}

// Bearer is the secret in the form that the registry's /v2/ API accepts without
// a token exchange, as "Authorization: Bearer …". With "Basic" the registry
// refuses it.
func (c Credentials) Bearer() string {
	return base64.StdEncoding.EncodeToString([]byte(c.Username + ":" + c.Password))
}

// String returns the user name and the expiry.
func (c Credentials) String() string {
	return c.Username + ":" + redacted + " until " + c.ExpiresAt.UTC().Format(time.RFC3339)
}

// Format writes the text of [Credentials.String] for every verb.
func (c Credentials) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte(c.String()))
}

// LogValue is the login as a group, without the password.
func (c Credentials) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("username", c.Username),
		slog.String("password", redacted),
		slog.Time("expiresAt", c.ExpiresAt),
	)
}

// MarshalText returns the text of [Credentials.String], which JSON encoders
// write as a string. It cannot be read back.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
