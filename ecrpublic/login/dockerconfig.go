package login

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// DockerConfig is a configuration file of docker, which crane, skopeo, helm and
// others read too; podman's auth.json has the same form. The zero value is the
// file that docker itself would use, with entries for [RegistryHosts].
//
// A change applies to every entry that docker, crane, podman, skopeo or buildah
// reads for a host: those with a scheme, with port 443 or with a path, such as
// https://public.ecr.aws/v1/, and those for a part of the registry, such as
// public.ecr.aws/a1b2c3d4. It keeps all other entries, every unknown member and
// their order, and replaces the file in one step, readable only by its owner. A
// symbolic link stays, and the file it leads to is changed.
//
// Programs that use this type at the same time wait for each other, if the file
// system supports locks. Temporary files left behind by killed programs are
// removed. Docker and the other programs take no lock: if the file changed since
// it was read, the change starts over with the new content. Only what they write
// in the instant between that check and the replacement can be lost.
type DockerConfig struct {
	// Path is the file. Empty means config.json in the directory that the
	// environment variable DOCKER_CONFIG names, or else in .docker in the user's
	// home directory. Write creates the file and its directory if they do not
	// exist.
	Path string

	// Hosts are the registry hosts, with port if any, whose entries are changed;
	// nil means [RegistryHosts]. A host must not be empty or have a scheme or a
	// path.
	Hosts []string
}

// DockerConfigResult reports the outcome of a change.
type DockerConfigResult struct {
	// Path is the configuration file, with symbolic links resolved.
	Path string

	// Shadowed lists the hosts whose own entry some program did not read before
	// the change, in the order of Hosts.
	Shadowed []ShadowedHost
}

// ShadowedHost is a host for which some program does not read the host's own
// entry, but asks a credential helper or reads the entry of a namespace.
type ShadowedHost struct {
	// Host is the registry host.
	Host string

	// Helper is the name of the credential helper that docker asks, without
	// "docker-credential-". The host's entry was changed anyway; a login stored
	// by the helper was not. Helper is empty for the entry of a namespace.
	Helper string

	// Key is "credHelpers" or "credsStore" if the file names the helper there.
	// Otherwise it is the namespace, such as "public.ecr.aws/a1b2c3d4", whose
	// entry podman, skopeo and buildah prefer for the images below it. Write
	// also changed that entry, and Remove also removed it.
	Key string
}

// Write stores c in the entry of each host, and in every other entry that a
// program reads for the host, replacing the previous login. If it fails, the
// file is unchanged.
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

// Remove deletes every entry that a program reads for one of the hosts, so that
// public images are pulled anonymously again; docker logout leaves some of them.
// If there are none, the file is unchanged; it is not created.
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
	result := DockerConfigResult{Path: path}
	err := rewrite(ctx, path, func(config *object) (bool, error) {
		result.Shadowed = shadowed(*config, d.hosts())
		return do(config)
	})
	if err != nil {
		return DockerConfigResult{}, fmt.Errorf("docker configuration %s: %w", path, err)
	}
	return result, nil
}

func (d DockerConfig) hosts() []string {
	if d.Hosts == nil {
		return RegistryHosts()
	}
	return d.Hosts
}

// locate returns the path of the file itself, with links resolved. An invalid
// host is an error.
func (d DockerConfig) locate() (string, error) {
	for i, host := range d.Hosts {
		if host == "" {
			return "", fmt.Errorf("Hosts[%d] is empty, must be a registry host", i)
		}
		if strings.Contains(host, "/") {
			return "", fmt.Errorf("Hosts[%d] is %q, must be a registry host without scheme and path", i, host)
		}
	}
	if d.Path != "" {
		return followLinks(d.Path)
	}
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return followLinks(filepath.Join(dir, "config.json"))
	}
	home, err := homeDir()
	if err != nil {
		return "", err
	}
	return followLinks(filepath.Join(home, ".docker", "config.json"))
}

// homeDir falls back to the password file if the environment names no home, as
// docker does.
func homeDir() (string, error) {
	home, err := os.UserHomeDir()
	if home != "" || runtime.GOOS == "windows" {
		return home, err
	}
	current, userErr := user.Current()
	if userErr != nil || current.HomeDir == "" {
		return "", errors.Join(err, userErr, errors.New("set DOCKER_CONFIG or HOME"))
	}
	return current.HomeDir, nil
}
