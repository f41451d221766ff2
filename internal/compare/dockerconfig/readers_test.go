package dockerconfig

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/stretchr/testify/require"
)

// helperUser is the user name that the credential helper gives, and failed
// stands for the answer of a program that ends with an error.
const (
	helperUser = "HELPER"
	failed     = "an error"
)

// places are what is asked about: the host, and repositories below it.
func places() []string {
	return []string{"public.ecr.aws", "public.ecr.aws/a1b2c3d4", "public.ecr.aws/a1b2c3d4/team/app", "public.ecr.aws/other/app"}
}

// logins are the user names that a program would send to the places, in their
// order.
type logins []string

// reader is what a program does with the configuration in a directory.
type reader func(t *testing.T, dir, place string) string

// libraries are the readers of every run. Docker's asks about hosts only.
func libraries() map[string]reader {
	return map[string]reader{"docker": askDocker, "crane's library": askCrane}
}

func askDocker(t *testing.T, dir, place string) string {
	file, err := config.Load(dir)
	require.NoError(t, err)
	host, _, _ := strings.Cut(place, "/")
	login, err := file.GetAuthConfig(host)
	require.NoError(t, err)
	if login.Username == "" && login.RegistryToken+login.IdentityToken != "" {
		return "a token"
	}
	return login.Username
}

// askCrane needs the environment that prepare makes.
func askCrane(t *testing.T, _, place string) string {
	if !strings.Contains(place, "/") {
		place += "/a/b"
	}
	repository, err := name.NewRepository(place)
	require.NoError(t, err)
	authenticator, err := authn.DefaultKeychain.Resolve(repository)
	require.NoError(t, err)
	login, err := authenticator.Authorization()
	require.NoError(t, err)
	if login.Username == "" && login.RegistryToken+login.IdentityToken != "" {
		return "a token"
	}
	return login.Username
}

// programs are the readers that are recorded.
func programs() map[string]reader {
	containers := func(program string) reader {
		return func(_ *testing.T, dir, place string) string {
			out, err := exec.Command(program, "login", "--get-login", "--authfile", filepath.Join(dir, "config.json"), place).CombinedOutput()
			switch text := strings.TrimSpace(string(out)); {
			case err == nil:
				return text
			case strings.Contains(text, "not logged into"):
				return ""
			default:
				return failed + ": " + text
			}
		}
	}
	crane := func(t *testing.T, _, place string) string {
		host, _, _ := strings.Cut(place, "/")
		out, err := exec.Command("crane", "auth", "get", host).Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			require.Contains(t, string(out)+string(exit.Stderr), "credentials not found")
			return ""
		}
		require.NoError(t, err)
		var login struct{ Username string }
		require.NoError(t, json.Unmarshal(out, &login))
		return login.Username
	}
	return map[string]reader{"skopeo": containers("skopeo"), "podman": containers("podman"), "buildah": containers("buildah"), "crane": crane}
}

// prepare makes a home with the configuration in .docker, and a credential
// helper, and points the environment at them.
func prepare(t *testing.T) (dir string) {
	t.Helper()
	home := t.TempDir()
	dir = filepath.Join(home, ".docker")
	require.NoError(t, os.Mkdir(dir, 0o700))
	bin := filepath.Join(home, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	helper := "#!/bin/sh\necho '{\"ServerURL\": \"\", \"Username\": \"" + helperUser + "\", \"Secret\": \"x\"}'\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "docker-credential-fake"), []byte(helper), 0o700))
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("DOCKER_AUTH_CONFIG", "")
	t.Setenv("REGISTRY_AUTH_FILE", "")
	t.Setenv("XDG_RUNTIME_DIR", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return dir
}

func ask(t *testing.T, read reader, dir string) logins {
	t.Helper()
	var answers logins
	for _, place := range places() {
		answers = append(answers, read(t, dir, place))
	}
	return answers
}
