package login

// Keys of docker's configuration, and of an entry under keyAuths.
const (
	keyAuths       = "auths"
	keyCredHelpers = "credHelpers"
	keyCredsStore  = "credsStore"
	keyAuth        = "auth"
)

// otherLoginKeys are the members of an entry that hold a login beside keyAuth.
// Some of them win over it, so none may outlive a new login.
func otherLoginKeys() []string {
	return []string{"username", "password", "identitytoken", "registrytoken"}
}

// writeLogin sets the entry of each host.
func writeLogin(config *object, hosts []string, c Credentials) error {
	auths, err := config.child(keyAuths)
	if err != nil {
		return err
	}
	for _, host := range hosts {
		entry, err := auths.child(host)
		if err != nil {
			return err
		}
		for _, key := range otherLoginKeys() {
			entry.remove(key)
		}
		// The form of this member is also that of a bearer token.
		entry.set(keyAuth, quote(c.Bearer()))
		auths.set(host, entry.encode())
	}
	config.set(keyAuths, auths.encode())
	return nil
}

// removeLogin deletes the entry of each host, and those that old clients wrote
// for it, with a scheme in front.
func removeLogin(config *object, hosts []string) (changed bool, err error) {
	auths, err := config.child(keyAuths)
	if err != nil {
		return false, err
	}
	for _, host := range hosts {
		for _, prefix := range []string{"", "http://", "https://"} {
			changed = auths.remove(prefix+host) || changed
		}
	}
	if changed {
		config.set(keyAuths, auths.encode())
	}
	return changed, nil
}

// shadowed finds the hosts that docker sends to a helper: the host's own, or
// else the one for all. An empty name means none.
func shadowed(config object, hosts []string) []ShadowedHost {
	// Docker would not load a file whose credHelpers are no object.
	helpers, _ := config.child(keyCredHelpers)
	var found []ShadowedHost
	for _, host := range hosts {
		key, name := keyCredHelpers, helpers.value(host)
		if name == nil {
			key, name = keyCredsStore, config.value(keyCredsStore)
		}
		if helper := unquote(name); helper != "" {
			found = append(found, ShadowedHost{Host: host, Helper: helper, Key: key})
		}
	}
	return found
}
