package login_test

import (
	"context"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// The result of secret() in base64, which is AWS:hunter2.
const auth64 = "QVdTOmh1bnRlcjI="

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// host restricts a test to one entry.
func host(path string) login.DockerConfig {
	return login.DockerConfig{Path: path, Hosts: []string{"public.ecr.aws"}}
}

// The layout is docker's, so only our entry differs afterwards.
func TestDockerConfigKeepsWhatOthersWrote(t *testing.T) {
	t.Parallel()
	replaced := func(before string) string { return strings.Replace(before, "b2xk", auth64, 1) }
	for _, tt := range []struct{ name, before, after string }{
		{"docker login", dockerLogin, dockerLoginAfter},
		{"docker with everything", dockerWithEverything, replaced(dockerWithEverything)},
		{"docker desktop", dockerDesktop, dockerDesktopAfter},
		{"podman login with a namespace", podmanLoginWithNamespace, strings.Replace(replaced(podmanLoginWithNamespace), "bnM6cA==", auth64, 1)},
		{"keys of old clients", oldClients, strings.ReplaceAll(oldClients, "b2xk", auth64)},
		{"members in another case", otherCase, otherCaseAfter},
		{"auths in two spellings", twoSpellings, twoSpellingsAfter},
		{"crane auth login", craneLogin, replaced(craneLogin)},
		{"every other form of a login gives way", otherForms, otherFormsAfter},
		{"no auths", `{"currentContext": "x"}`, withoutAuthsAfter},
		{"null auths", `{"auths": null}`, onlyOurLogin},
		{"null", "null\n", onlyOurLogin},
		{"empty file", "", onlyOurLogin},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := configFile(t, tt.before)
			_, err := host(path).Write(t.Context(), secret())
			require.NoError(t, err)
			assert.Equal(t, tt.after, read(t, path))
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode())
			assertOnlyFile(t, path)
		})
	}
}

func assertOnlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left behind")
	assert.Equal(t, filepath.Base(path), entries[0].Name())
}

func TestDockerConfigWritesBothHostsIntoANewDirectory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "config.json")
	result, err := login.DockerConfig{Path: path}.Write(t.Context(), secret())
	require.NoError(t, err)
	assert.Equal(t, login.DockerConfigResult{Path: path}, result)
	assert.JSONEq(t, `{"auths": {"public.ecr.aws": {"auth": "`+auth64+`"}, "ecr-public.aws.com": {"auth": "`+auth64+`"}}}`, read(t, path))
	info, err := os.Stat(filepath.Dir(path))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

// An expired login makes public pulls fail until it is removed.
func TestDockerConfigRemovesAStaleLogin(t *testing.T) {
	t.Parallel()
	path := configFile(t, `{
		"auths": {"public.ecr.aws": {"auth": "b2xk"}, "https://public.ecr.aws": {}, "http://public.ecr.aws": {},
			"public.ecr.aws/ns": {"auth": "a2VwdA=="}, "ghcr.io": {}, "ecr-public.aws.com": {"auth": "b2xk"}},
		"unknown": 1
	}`)
	result, err := login.DockerConfig{Path: path}.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, login.DockerConfigResult{Path: path, Shadowed: []login.ShadowedHost{
		{Host: "public.ecr.aws", Key: "public.ecr.aws/ns"},
	}}, result)
	assert.Equal(t, "{\n\t\"auths\": {\n\t\t\"ghcr.io\": {}\n\t},\n\t\"unknown\": 1\n}", read(t, path))
}

func TestDockerConfigRemoveLeavesAFileWithoutLoginAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{ }\n", `{"auths":{"ghcr.io":{}}}`} {
		path := configFile(t, text)
		_, err := login.DockerConfig{Path: path}.Remove(t.Context())
		require.NoError(t, err)
		assert.Equal(t, text, read(t, path))
	}
	missing := filepath.Join(t.TempDir(), "none", "config.json")
	result, err := login.DockerConfig{Path: missing}.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, missing, result.Path)
	assert.NoDirExists(t, filepath.Dir(missing))
}

func TestDockerConfigReportsHelpersThatShadowTheEntry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []login.ShadowedHost
	}{
		{"none", `{}`, nil},
		{"store for all", `{"credsStore": "desktop"}`, []login.ShadowedHost{
			{Host: "public.ecr.aws", Helper: "desktop", Key: "credsStore"},
			{Host: "ecr-public.aws.com", Helper: "desktop", Key: "credsStore"},
		}},
		{"helper for one", `{"credHelpers": {"public.ecr.aws": "ecr-login", "ghcr.io": "gh"}}`, []login.ShadowedHost{
			{Host: "public.ecr.aws", Helper: "ecr-login", Key: "credHelpers"},
		}},
		{"empty helper wins over the store", `{"credHelpers": {"public.ecr.aws": ""}, "credsStore": "pass"}`, []login.ShadowedHost{
			{Host: "ecr-public.aws.com", Helper: "pass", Key: "credsStore"},
		}},
		{"empty store", `{"credsStore": ""}`, nil},
		{"keys in another case", `{"CREDSSTORE": "desktop", "CredHelpers": {"public.ecr.aws": "ecr-login"}}`, []login.ShadowedHost{
			{Host: "public.ecr.aws", Helper: "ecr-login", Key: "credHelpers"},
			{Host: "ecr-public.aws.com", Helper: "desktop", Key: "credsStore"},
		}},
		{"the last spelling wins", `{"credsStore": "a", "CredsStore": "b", "credsstore": null, "credHelpers": {"public.ecr.aws": "c"}, "CredHelpers": {"public.ecr.aws": "d"}}`, []login.ShadowedHost{
			{Host: "public.ecr.aws", Helper: "d", Key: "credHelpers"},
			{Host: "ecr-public.aws.com", Helper: "b", Key: "credsStore"},
		}},
		{"null drops earlier helpers", `{"CredHelpers": {"public.ecr.aws": "d"}, "credHelpers": null}`, nil},
		{"no strings", `{"credsStore": 1, "credHelpers": []}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := login.DockerConfig{Path: configFile(t, tt.text)}
			result, err := config.Write(t.Context(), secret())
			require.NoError(t, err)
			assert.Equal(t, tt.want, result.Shadowed)
			assert.Contains(t, read(t, config.Path), auth64, "the entry is written all the same")
			result, err = config.Remove(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, result.Shadowed)
		})
	}
}

func TestDockerConfigRefusesWhatItCannotKeep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", "auths:", "invalid character"},
		{"cut off", `{"auths": {"ghcr.io": {}`, "unexpected EOF"},
		{"list", `[]`, "must be a JSON object, found ["},
		{"text after the object", `{} {}`, "unexpected data"},
		{"name twice", `{"auths": {}, "auths": {}}`, "duplicate"},
		{"auths is a list", `{"auths": []}`, `"auths": must be a JSON object`},
		{"entry is a string", `{"auths": {"public.ecr.aws": "x"}}`, `"public.ecr.aws": must be a JSON object`},
		{"member without value", `{"auths"}`, "invalid character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := configFile(t, tt.text)
			_, err := login.DockerConfig{Path: path}.Write(t.Context(), secret())
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, path)
			assert.NotContains(t, err.Error(), auth64)
			assert.Equal(t, tt.text, read(t, path))
			assertOnlyFile(t, path)
		})
	}
	_, err := login.DockerConfig{Path: configFile(t, `{"auths": 1}`)}.Remove(t.Context())
	require.ErrorContains(t, err, `"auths": must be a JSON object`)
}

func TestDockerConfigRefusesEmptyCredentials(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.json")
	for _, c := range []login.Credentials{{}, {Username: "AWS"}, {Password: "x"}} {
		_, err := login.DockerConfig{Path: path}.Write(t.Context(), c)
		require.ErrorContains(t, err, "no user name or no password")
	}
	assert.NoFileExists(t, path)
}

func TestDockerConfigRefusesAHostWithoutAName(t *testing.T) {
	t.Parallel()
	config := login.DockerConfig{Path: filepath.Join(t.TempDir(), "docker", "config.json"), Hosts: []string{"public.ecr.aws", ""}}
	_, err := config.Write(t.Context(), secret())
	require.EqualError(t, err, "docker configuration: Hosts[1] is empty, must be a registry host")
	_, err = config.Remove(t.Context())
	require.ErrorContains(t, err, "Hosts[1] is empty")
	assert.NoDirExists(t, filepath.Dir(config.Path))

	config.Hosts = []string{"https://public.ecr.aws"}
	_, err = config.Write(t.Context(), secret())
	require.EqualError(t, err, `docker configuration: Hosts[0] is "https://public.ecr.aws", must be a registry host without scheme and path`)
}

func TestDockerConfigWithACancelledContext(t *testing.T) {
	t.Parallel()
	path := configFile(t, "{}")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := login.DockerConfig{Path: path}.Write(ctx, secret())
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "{}", read(t, path))
}

func TestDockerConfigFollowsLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "dotfiles", "docker.json")
	require.NoError(t, os.Mkdir(filepath.Dir(target), 0o700))
	require.NoError(t, os.Symlink("dotfiles/docker.json", filepath.Join(dir, "relative")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "relative"), filepath.Join(dir, "config.json")))
	config := login.DockerConfig{Path: filepath.Join(dir, "config.json")}

	for _, state := range []string{"dangling", "existing"} {
		result, err := config.Write(t.Context(), secret())
		require.NoError(t, err, state)
		assert.Contains(t, read(t, target), auth64, state)
		info, err := os.Lstat(config.Path)
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&os.ModeSymlink, state)
		same, err := filepath.EvalSymlinks(result.Path)
		require.NoError(t, err)
		assert.Equal(t, target, same, state)
	}

	require.NoError(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for _, change := range []func(login.DockerConfig) error{
		func(d login.DockerConfig) error { _, err := d.Write(t.Context(), secret()); return err },
		func(d login.DockerConfig) error { _, err := d.Remove(t.Context()); return err },
	} {
		require.ErrorContains(t, change(login.DockerConfig{Path: filepath.Join(dir, "loop")}), "too many symbolic links")
	}
}

func TestDockerConfigHonoursTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	result, err := login.DockerConfig{}.Write(t.Context(), secret())
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "config.json"), result.Path)

	t.Setenv("DOCKER_CONFIG", "")
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	result, err = login.DockerConfig{}.Write(t.Context(), secret())
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, ".docker", "config.json"), result.Path)

}

// A service manager may start a program without HOME.
func TestDockerConfigWithoutHomeAsksThePasswordFile(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", "")
	t.Setenv("HOME", "")
	t.Setenv("USERPROFILE", "")
	current, err := user.Current()
	require.NoError(t, err)
	config := login.DockerConfig{Hosts: []string{"no-such-host.invalid"}} // nothing is changed
	result, err := config.Remove(t.Context())
	if runtime.GOOS == "windows" {
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(current.HomeDir, ".docker", "config.json"), result.Path)
}

// Every key that some program reads for the host gets the new login, and is removed
// with it.
func TestDockerConfigFindsEveryKeyOfTheHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key       string
		namespace bool
	}{
		{"public.ecr.aws", false},
		{"public.ecr.aws/", false},
		{"public.ecr.aws/v1/", false},
		{"public.ecr.aws/v2", false},
		{"public.ecr.aws:443", false},
		{"public.ecr.aws:443/", false},
		{"http://public.ecr.aws", false},
		{"https://public.ecr.aws", false},
		{"https://public.ecr.aws/", false},
		{"https://public.ecr.aws/v1/", false},
		{"https://public.ecr.aws/v2/", false},
		{"https://public.ecr.aws:443", false},
		{"https://public.ecr.aws:443/v2/", false},
		{"https://AWS@public.ecr.aws/v2/", false},
		{"https://public.ecr.aws/a1b2c3d4", false},
		{"oci://public.ecr.aws", false},
		{"public.ecr.aws/a1b2c3d4", true},
		{"public.ecr.aws/a1b2c3d4/team/app", true},
		{"public.ecr.aws:443/a1b2c3d4", true},
		{"public.ecr.aws/a1b2c3d4/", false},
	} {
		path := configFile(t, `{"auths": {"ghcr.io": {"auth": "a2VwdA=="}, "`+tt.key+`": {"auth": "b2xk", "email": "a@b"}}}`)
		result, err := host(path).Write(t.Context(), secret())
		require.NoError(t, err)
		want := `"` + tt.key + `": {"auth": "` + auth64 + `", "email": "a@b"}`
		if tt.key != "public.ecr.aws" {
			want += `, "public.ecr.aws": {"auth": "` + auth64 + `"}`
		}
		assert.JSONEq(t, `{"auths": {"ghcr.io": {"auth": "a2VwdA=="}, `+want+`}}`, read(t, path))
		var shadowed []login.ShadowedHost
		if tt.namespace {
			shadowed = []login.ShadowedHost{{Host: "public.ecr.aws", Key: tt.key}}
		}
		assert.Equal(t, shadowed, result.Shadowed, tt.key)

		result, err = host(path).Remove(t.Context())
		require.NoError(t, err)
		assert.JSONEq(t, `{"auths": {"ghcr.io": {"auth": "a2VwdA=="}}}`, read(t, path), tt.key)
		assert.Equal(t, shadowed, result.Shadowed, tt.key)
	}
}

func TestDockerConfigLeavesTheKeysOfOtherHosts(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"", "aws", "public.ecr.aws.example", "https://public.ecr.aws.example/", "public.ecr.aws:8443", "http://public.ecr.aws:80",
		"https://evil.example/public.ecr.aws", "https://public.ecr.aws@evil.example", "Public.ecr.aws", " public.ecr.aws", "xpublic.ecr.aws",
		"ecr-public.aws.com", "https://[::1", "/public.ecr.aws", "://public.ecr.aws:99x",
	} {
		text := `{"auths": {"` + key + `": {"auth": "a2VwdA=="}}}`
		path := configFile(t, text)
		_, err := host(path).Remove(t.Context())
		require.NoError(t, err)
		assert.Equal(t, text, read(t, path), key)
		_, err = host(path).Write(t.Context(), secret())
		require.NoError(t, err)
		assert.JSONEq(t, `{"auths": {"`+key+`": {"auth": "a2VwdA=="}, "public.ecr.aws": {"auth": "`+auth64+`"}}}`, read(t, path))
	}
}

func TestDockerConfigThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := login.DockerConfig{Path: filepath.Join(file, "config.json")}.Write(t.Context(), secret())
	require.ErrorContains(t, err, "docker configuration: ")
	_, err = login.DockerConfig{Path: dir}.Write(t.Context(), secret())
	require.ErrorContains(t, err, "is a directory")
}
