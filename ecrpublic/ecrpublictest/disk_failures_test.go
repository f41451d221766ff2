package ecrpublictest_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestDirectoriesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	damaged := func(damage func(t *testing.T, dir string)) string {
		dir := t.TempDir()
		r := newRepo(t, ecrpublictest.WithDataDir(dir))
		r.layers("layer")
		r.srv.Close()
		damage(t, dir)
		return dir
	}
	layer := func(t *testing.T, dir string) string {
		for _, file := range tree(t, dir) {
			if strings.HasPrefix(file, "layers") {
				return filepath.Join(dir, file)
			}
		}
		require.Fail(t, "no layer")
		return ""
	}
	inUse := t.TempDir()
	newServer(t, ecrpublictest.WithDataDir(inUse))
	for want, dir := range map[string]string{
		"not an emulator's: it holds notes.txt": damaged(func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
		}),
		"journal, line 1: ": damaged(func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), []byte("no change\n"), 0o600))
		}),
		"1 bytes instead of 5": damaged(func(t *testing.T, dir string) { require.NoError(t, os.Truncate(layer(t, dir), 1)) }),
		"layer sha256:":        damaged(func(t *testing.T, dir string) { require.NoError(t, os.Remove(layer(t, dir))) }),
		"another emulator is":  inUse,

		`unknown field "Signature"`: damaged(func(t *testing.T, dir string) {
			appendTo(t, filepath.Join(dir, "journal"), `{"In":"app","Signature":"of a later version"}`)
		}),
		"does not fit those before it": damaged(func(t *testing.T, dir string) {
			appendTo(t, filepath.Join(dir, "journal"), `{"In":"none","Untag":["v1"]}`)
		}),
		`layer "sha256:../x"`: damaged(func(t *testing.T, dir string) {
			appendTo(t, filepath.Join(dir, "journal"), `{"In":"app","Layer":{"Digest":"sha256:../x","Size":1}}`)
		}),
		"more than one change": damaged(func(t *testing.T, dir string) {
			appendTo(t, filepath.Join(dir, "journal"), `{"Delete":"app"} {}`)
		}),
		"the journal is missing or empty": damaged(func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "journal")))
		}),
		"layers has layers, but": damaged(func(t *testing.T, dir string) { require.NoError(t, os.Truncate(filepath.Join(dir, "journal"), 10)) }),
	} {
		before := len(tree(t, dir))
		if want == "another emulator is" && runtime.GOOS == "windows" {
			continue // nothing keeps a second one out there
		}
		_, err := ecrpublictest.NewHandler(ecrpublictest.WithDataDir(dir))
		assert.ErrorContains(t, err, want)
		assert.GreaterOrEqual(t, len(tree(t, dir)), before, "%s: nothing is removed", want)
	}
}

// appendTo adds a line to a file.
func appendTo(t *testing.T, name, line string) {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, append(data, line+"\n"...), 0o600))
}

// TestChangesThatCannotBeKeptAreNotMade tries to change what is in a directory
// that was closed. Reading continues, and shows that nothing changed.
func TestChangesThatCannotBeKeptAreNotMade(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithDataDir(t.TempDir()))
	r.fill()
	before := r.describeAll()
	upload := r.begin()
	require.NoError(t, r.part(upload, 0, "x"))
	require.NoError(t, r.srv.Handler.Close())
	require.NoError(t, r.srv.Handler.Close())

	const arn = "arn:aws:ecr-public::" + account + ":repository/app"
	for operation, input := range map[string]object{
		"BatchDeleteImage":         {"repositoryName": "app", "imageIds": []object{{"imageTag": "multi"}}},
		"CreateRepository":         {"repositoryName": "new"},
		"DeleteRepository":         {"repositoryName": "app", "force": true},
		"DeleteRepositoryPolicy":   {"repositoryName": "app"},
		"PutImage":                 {"repositoryName": "app", "imageManifest": image("layer").String(), "imageTag": "new"},
		"PutRegistryCatalogData":   {"displayName": "new"},
		"PutRepositoryCatalogData": {"repositoryName": "app", "catalogData": object{}},
		"SetRepositoryPolicy":      {"repositoryName": "app", "policyText": object{"Statement": object{"Effect": "Allow", "Principal": "*", "Action": "*"}}.String()},
		"TagResource":              {"resourceArn": arn, "tags": []object{{"Key": "a", "Value": ""}}},
		"UntagResource":            {"resourceArn": arn, "tagKeys": []string{"a"}},
	} {
		got, err := call(t, r.srv, operation, input.String())
		require.NoError(t, err)
		assert.Equal(t, 500, got.status, operation)
		assert.Contains(t, got.body, "ServerException", operation)
	}
	_, err := r.complete(upload, sha("x"))
	assert.ErrorAs(t, err, new(*types.UploadNotFoundException), "uploads are over")
	_, err = r.srv.AddImage("new")
	assert.ErrorAs(t, err, new(*types.ServerException))
	assert.Equal(t, before, r.describeAll())
}
