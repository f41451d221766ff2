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
// reveal the password: every verb of package fmt, slog and encoders of text and
// JSON show it as redacted. But package fmt does not call methods of unexported
// fields, so a struct of your own with credentials in such a field reveals them
// when printed. A [Provider] does not.
type Credentials struct {
	// Username is chosen by the service, "AWS" in practice.
	Username string

	// Password is the secret.
	Password string

	// ExpiresAt is when the registry stops accepting the login, twelve hours
	// after it was issued, by the clock of the service.
	ExpiresAt time.Time
}

// Bearer is the secret in the form that the registry's /v2/ API accepts without
// a token exchange, as "Authorization: Bearer …". The registry host refuses it
// with "Basic".
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

// LogValue returns the login as a group, without the password.
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
