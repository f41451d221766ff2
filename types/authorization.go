package types

import "time"

// AuthorizationData is a login for the registry hosts public.ecr.aws and
// ecr-public.aws.com. It is a credential: do not log or marshal it. Package
// ecrpublic/login turns it into a user name and a password.
type AuthorizationData struct {
	// AuthorizationToken is "AWS:" and a password, base64-encoded as one text.
	// Unchanged, it is also a bearer token for the /v2/ API of the registry
	// host.
	AuthorizationToken *string

	// ExpiresAt is when the token stops working, twelve hours after it was
	// issued.
	ExpiresAt *time.Time
}
