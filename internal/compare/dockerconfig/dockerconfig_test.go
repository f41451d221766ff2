package dockerconfig

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

var record = flag.Bool("record", false, "ask skopeo, podman, buildah and crane, and write testdata/answers.json")

const recordings = "testdata/answers.json"

// states of a file.
const (
	before  = "before"
	written = "written"
	removed = "removed"
)

// recording is what programs answered about a configuration: logins by state and
// program. Files are those that they saw, by state, as digests.
type recording struct {
	Files   map[string]string
	Answers map[string]map[string]logins
}

func TestProgramsAgreeWithDockerConfig(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the credential helper of this test is a shell script")
	}
	dir := prepare(t)
	recorded := load(t)
	all := configurations()
	require.GreaterOrEqual(t, len(all), 40)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			got, shadowed := carryOut(t, dir, c.text)
			if !*record {
				want := recorded[c.name]
				require.Equal(t, want.Files, got.Files, "the programs have not seen these files: record again, as doc.go says")
				for state, answers := range want.Answers {
					maps.Copy(got.Answers[state], answers)
				}
			}
			recorded[c.name] = got
			for program := range got.Answers[before] {
				agree(t, program, got.Answers, shadowed)
			}
			agreeOnNamespaces(t, got, shadowed)
		})
	}
	if *record {
		save(t, recorded)
	}
}

// carryOut writes and removes a login, and asks the readers in each state.
func carryOut(t *testing.T, dir, text string) (recording, []login.ShadowedHost) {
	t.Helper()
	path := filepath.Join(dir, "config.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	file := login.DockerConfig{Hosts: []string{"public.ecr.aws"}}
	got := recording{Files: map[string]string{}, Answers: map[string]map[string]logins{}}
	readers := libraries()
	if *record {
		maps.Copy(readers, programs())
	}
	look := func(state string) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		got.Files[state], got.Answers[state] = fmt.Sprintf("%x", sha256.Sum256(text)), map[string]logins{}
		for name, read := range readers {
			got.Answers[state][name] = ask(t, read, dir)
		}
	}

	look(before)
	others := foreign(t, dir)
	result, err := file.Write(t.Context(), login.Credentials{Username: "AWS", Password: "new"})
	require.NoError(t, err)
	look(written)
	assert.Equal(t, others, foreign(t, dir))
	again, err := file.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, result.Shadowed, again.Shadowed)
	look(removed)
	assert.Equal(t, others, foreign(t, dir))
	return got, result.Shadowed
}

// agree checks that a program sends the new login after Write and none after
// Remove, unless Shadowed says that it asks a helper.
func agree(t *testing.T, program string, answers map[string]map[string]logins, shadowed []login.ShadowedHost) {
	t.Helper()
	afterWrite, afterRemove := "AWS", ""
	for _, host := range shadowed {
		if host.Key == "credHelpers" || host.Key == "credsStore" && readsStore(program) {
			afterWrite, afterRemove = helperUser, helperUser
		}
	}
	for i, place := range places() {
		want := afterWrite
		if program == "crane's library" && slices.Contains(shadowed, login.ShadowedHost{Host: "public.ecr.aws", Key: place}) && !slices.ContainsFunc(shadowed, isStore) {
			want = "AWS" // it asks the host's helper only if the repository has no entry of its own
		}
		assert.Equal(t, want, answers[written][program][i], "%s after Write, %s", program, place)
		assert.Equal(t, afterRemove, answers[removed][program][i], "%s after Remove, %s", program, place)
	}
}

func isStore(host login.ShadowedHost) bool { return host.Key == "credsStore" }

// readsStore reports whether a program knows credsStore; the others have stores
// of their own.
func readsStore(program string) bool {
	return slices.Contains([]string{"docker", "crane", "crane's library"}, program)
}

// agreeOnNamespaces checks that Shadowed names exactly what made podman and its
// kin send another login than the host's.
func agreeOnNamespaces(t *testing.T, got recording, shadowed []login.ShadowedHost) {
	t.Helper()
	for _, program := range []string{"skopeo", "podman", "buildah"} {
		answers := got.Answers[before][program]
		for i, place := range places() {
			if answers[i] == answers[0] {
				continue
			}
			assert.True(t, slices.ContainsFunc(shadowed, func(host login.ShadowedHost) bool {
				return host.Helper == "" && strings.HasPrefix(place+"/", host.Key+"/")
			}), "%s sends another login for %s: %v", program, place, shadowed)
		}
	}
}

// foreign are the logins of other hosts, as docker's library reads them.
func foreign(t *testing.T, dir string) map[string]types.AuthConfig {
	t.Helper()
	file, err := config.Load(dir)
	require.NoError(t, err)
	others := map[string]types.AuthConfig{}
	maps.Copy(others, file.AuthConfigs)
	maps.DeleteFunc(others, func(key string, _ types.AuthConfig) bool {
		return strings.Contains(key, "public.ecr.aws") && !slices.Contains([]string{"public.ecr.aws.example", "public.ecr.aws:8443"}, key)
	})
	return others
}

func load(t *testing.T) map[string]recording {
	t.Helper()
	if *record {
		for program := range programs() {
			_, err := exec.LookPath(program)
			require.NoError(t, err)
		}
		return map[string]recording{}
	}
	text, err := os.ReadFile(recordings)
	require.NoError(t, err)
	var recorded map[string]recording
	require.NoError(t, json.Unmarshal(text, &recorded))
	return recorded
}

func save(t *testing.T, recorded map[string]recording) {
	t.Helper()
	for _, r := range recorded {
		for _, answers := range r.Answers {
			for program := range libraries() {
				delete(answers, program)
			}
		}
	}
	lines := make([]string, 0, len(recorded))
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		line, err := json.Marshal(map[string]recording{name: recorded[name]})
		require.NoError(t, err)
		lines = append(lines, string(line[1:len(line)-1]))
	}
	text := "{\n" + strings.Join(lines, ",\n") + "\n}\n"
	require.True(t, json.Valid([]byte(text)))
	require.NoError(t, os.WriteFile(recordings, []byte(text), 0o600))
}
