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
// A change concerns every entry that docker, crane, podman, skopeo or buildah
// reads for a host: those with a scheme, with port 443 and with a path, such as
// https://public.ecr.aws/v1/, and those for a part of the registry, such as
// public.ecr.aws/a1b2c3d4. It keeps all others, every unknown member and their
// order, and replaces the file in one step, readable by its owner alone. A
// symbolic link stays and the file it leads to is changed.
//
// Programs that use this type at the same time wait for each other, where the
// file system has locks. What a program that was killed left behind is removed.
// Docker and the others take no lock: if the file changed since it was read, the
// change starts over with the new content, and only what they write in the
// instant between that check and the replacement can get lost.
type DockerConfig struct {
	// Path is the file. Empty means config.json in the directory that the
	// environment variable DOCKER_CONFIG names, or in .docker of the user's
	// home. Write makes file and directory when they do not exist.
	Path string

	// Hosts are the registry hosts, with the port if there is one, whose entries
	// are changed; nil means [RegistryHosts]. None may be empty or have a scheme
	// or a path.
	Hosts []string
}

// DockerConfigResult reports what a change of a [DockerConfig] came to.
type DockerConfigResult struct {
	// Path is the file that holds the configuration, links followed.
	Path string

	// Shadowed lists what the file had, before the change, that some program
	// reads instead of a host's entry, in the order of Hosts.
	Shadowed []ShadowedHost
}

// ShadowedHost is a host for which a program reads something else than the
// host's own entry: a credential helper or the entry of a namespace.
type ShadowedHost struct {
	// Host is the registry host.
	Host string

	// Helper is the end of the name of the program that docker asks, after
	// "docker-credential-". The entry was changed all the same; a login that the
	// helper keeps was not. Helper is empty for the entry of a namespace.
	Helper string

	// Key is "credHelpers" or "credsStore", where the file names the helper, or
	// else the namespace, such as "public.ecr.aws/a1b2c3d4": podman, skopeo and
	// buildah prefer its entry for the images below it. Write put the new login
	// there, too, and Remove removed it.
	Key string
}

// Write puts c into the entry of each host, and into every other entry that a
// program reads for the host, in place of the login that was there. When it
// fails, the file is as it was.
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
// Where there are none, the file, or its absence, stays as it is.
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

// locate is the path of the file itself, behind every link. Nothing is done for
// what is not a host.
func (d DockerConfig) locate() (string, error) {
	for i, host := range d.Hosts {
		if host == "" {
			return "", fmt.Errorf("Hosts[%d] is empty, it must be a registry host", i)
		}
		if strings.Contains(host, "/") {
			return "", fmt.Errorf("Hosts[%d] is %q, it must be a registry host without scheme and path", i, host)
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

// homeDir asks the password file where the environment does not say, as docker
// does.
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
