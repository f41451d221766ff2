package login

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// DockerConfig is a configuration file of docker, which crane, skopeo, helm and
// others read too; podman's auth.json has the same form. The zero value is the
// file that docker itself would use, with entries for [RegistryHosts].
//
// A change keeps every other entry, every unknown key and their order, and
// replaces the file in one step, readable by its owner alone. A symbolic link
// stays and the file it leads to is changed. Programs that use this type at the
// same time wait for each other, on systems with flock. Docker and the others
// take no lock: if the file changed since it was read, the change starts over
// with the new content, and only what they write in the instant between that
// check and the replacement can get lost.
type DockerConfig struct {
	// Path is the file. Empty means config.json in the directory that the
	// environment variable DOCKER_CONFIG names, or in .docker of the user's
	// home. Write makes file and directory when they do not exist.
	Path string

	// Hosts are the registry hosts, with the port if there is one, whose entries
	// are changed; nil means [RegistryHosts]. None may be empty.
	Hosts []string
}

// DockerConfigResult tells what a change of a [DockerConfig] came to.
type DockerConfigResult struct {
	// Path is the file that holds the configuration, links followed.
	Path string

	// Shadowed are the hosts for which docker asks a credential helper instead
	// of reading their entry, in the order of Hosts. The entry was changed all
	// the same. An empty name for the host under credHelpers makes it count. A
	// login that the helper keeps is not touched.
	Shadowed []ShadowedHost
}

// ShadowedHost is a host that docker asks a credential helper about.
type ShadowedHost struct {
	// Host is the registry host.
	Host string

	// Helper is the end of the name of the helper's program, after
	// "docker-credential-".
	Helper string

	// Key is where the file names the helper: "credHelpers" or "credsStore".
	Key string
}

// Write puts c into the entry of each host, in place of the login that was
// there. When it fails, the file is as it was.
func (d DockerConfig) Write(ctx context.Context, c Credentials) (DockerConfigResult, error) {
	if c.Username == "" || c.Password == "" {
		return DockerConfigResult{}, errors.New("docker configuration: the credentials have no user name or no password")
	}
	path, err := d.locate()
	if err != nil {
		return DockerConfigResult{}, fmt.Errorf("docker configuration: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return DockerConfigResult{}, fmt.Errorf("docker configuration: %w", err)
	}
	return d.change(ctx, path, func(config *object) (bool, error) {
		return true, writeLogin(config, d.hosts(), c)
	})
}

// Remove deletes the entries of each host that docker logout deletes, so that
// public images are pulled anonymously again. Where there are none, the file, or
// its absence, stays as it is.
func (d DockerConfig) Remove(ctx context.Context) (DockerConfigResult, error) {
	path, err := d.locate()
	if err != nil {
		return DockerConfigResult{}, fmt.Errorf("docker configuration: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return DockerConfigResult{Path: path}, nil
	}
	return d.change(ctx, path, func(config *object) (bool, error) {
		return removeLogin(config, d.hosts())
	})
}

func (d DockerConfig) change(ctx context.Context, path string, do edit) (DockerConfigResult, error) {
	config, err := rewrite(ctx, path, do)
	if err != nil {
		return DockerConfigResult{}, fmt.Errorf("docker configuration %s: %w", path, err)
	}
	return DockerConfigResult{Path: path, Shadowed: shadowed(config, d.hosts())}, nil
}

func (d DockerConfig) hosts() []string {
	if d.Hosts == nil {
		return RegistryHosts()
	}
	return d.Hosts
}

// locate is the path of the file itself, behind every link. Nothing is done for a
// host without a name.
func (d DockerConfig) locate() (string, error) {
	if i := slices.Index(d.Hosts, ""); i >= 0 {
		return "", fmt.Errorf("Hosts[%d] is empty, it must be a registry host", i)
	}
	if d.Path != "" {
		return followLinks(d.Path)
	}
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return followLinks(filepath.Join(dir, "config.json"))
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return followLinks(filepath.Join(home, ".docker", "config.json"))
}
