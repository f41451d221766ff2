package login

import "slices"

// Members of docker's configuration, and of an entry under keyAuths. Docker
// compares these names case-insensitively, so object.fields finds them.
const (
	keyAuths       = "auths"
	keyCredHelpers = "credHelpers"
	keyCredsStore  = "credsStore"
	keyAuth        = "auth"
)

// otherLoginKeys are the members of an entry that hold a login besides
// keyAuth. Some take precedence over it, so a new login must remove them all.
func otherLoginKeys() []string {
	return []string{"username", "password", "identitytoken", "registrytoken"}
}

// writeLogin sets the entry of each host, and every other entry that some program
// reads for it.
func writeLogin(config *object, hosts []string, c Credentials) error {
	if err := addEntries(config, hosts); err != nil {
		return err
	}
	for _, field := range config.fields(keyAuths) {
		auths, err := config.object(field)
		if err != nil {
			return err
		}
		for i, entry := range auths {
			if !isEntryOf(hosts, entry.name) {
				continue
			}
			if err := auths.setLogin(i, c); err != nil {
				return err
			}
		}
		(*config)[field].value = auths.encode()
	}
	return nil
}

// addEntries adds an empty entry for each host without one.
func addEntries(config *object, hosts []string) error {
	if len(config.fields(keyAuths)) == 0 {
		config.add(keyAuths, object{}.encode())
	}
	var present, auths object
	fields := config.fields(keyAuths)
	for _, field := range fields {
		var err error
		if auths, err = config.object(field); err != nil {
			return err
		}
		present = append(present, auths...)
	}
	for _, host := range hosts {
		if present.value(host) == nil && auths.value(host) == nil {
			auths.add(host, object{}.encode())
		}
	}
	(*config)[fields[len(fields)-1]].value = auths.encode()
	return nil
}

// setLogin stores c in the entry at i and keeps its other members.
func (o object) setLogin(i int, c Credentials) error {
	entry, err := o.object(i)
	if err != nil {
		return err
	}
	for _, key := range otherLoginKeys() {
		entry.removeFields(key)
	}
	// This member has the same form as a bearer token.
	login := quote(c.Bearer())
	if fields := entry.fields(keyAuth); len(fields) == 1 {
		entry[fields[0]].value = login
	} else {
		entry.removeFields(keyAuth)
		entry.add(keyAuth, login)
	}
	o[i].value = entry.encode()
	return nil
}

// removeLogin deletes every entry that some program reads for one of the hosts.
func removeLogin(config *object, hosts []string) (changed bool, err error) {
	for _, field := range config.fields(keyAuths) {
		auths, err := config.object(field)
		if err != nil {
			return false, err
		}
		kept := slices.DeleteFunc(slices.Clone(auths), func(m member) bool { return isEntryOf(hosts, m.name) })
		if len(kept) < len(auths) {
			changed = true
			(*config)[field].value = kept.encode()
		}
	}
	return changed, nil
}

// isEntryOf reports whether a key under "auths" is for one of the hosts.
func isEntryOf(hosts []string, key string) bool {
	return slices.ContainsFunc(hosts, func(host string) bool {
		matches, _ := keyOf(host, key)
		return matches
	})
}

// shadowed finds what some program reads instead of a host's entry. Members of a
// wrong type are ignored: docker would not load the file.
func shadowed(config object, hosts []string) []ShadowedHost {
	var found []ShadowedHost
	for _, host := range hosts {
		if helper, key := helperOf(config, host); helper != "" {
			found = append(found, ShadowedHost{Host: host, Helper: helper, Key: key})
		}
		for _, key := range namespaces(config, host) {
			found = append(found, ShadowedHost{Host: host, Key: key})
		}
	}
	return found
}

// helperOf returns the helper that docker asks about a host: the host's own, or
// else the one for all hosts. An empty name means none.
func helperOf(config object, host string) (helper, key string) {
	for _, field := range slices.Backward(config.fields(keyCredHelpers)) {
		if config[field].value.Kind() == 'n' {
			break // null drops those before it
		}
		helpers, _ := config.object(field)
		if name := helpers.value(host); name != nil {
			return unquote(name), keyCredHelpers
		}
	}
	for _, field := range slices.Backward(config.fields(keyCredsStore)) {
		if value := config[field].value; value.Kind() != 'n' { // null leaves the one before it
			return unquote(value), keyCredsStore
		}
	}
	return "", ""
}

// namespaces returns the keys of a host's entries for parts of the registry.
func namespaces(config object, host string) []string {
	var found []string
	for _, field := range config.fields(keyAuths) {
		auths, _ := config.object(field)
		for _, m := range auths {
			if _, namespace := keyOf(host, m.name); namespace && !slices.Contains(found, m.name) {
				found = append(found, m.name)
			}
		}
	}
	return found
}
