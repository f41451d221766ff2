//go:build linux

package ecrpublictest_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

const fullDiskVariable = "ECRPUBLICTEST_FULL_DISK_DIR"

// TestFullDisk fills the disk by the system's limit on the size of files, which a
// write then exceeds in its middle. The limit is one of a process, so the test runs
// in another.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(fullDiskVariable)
	if dir == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), fullDiskVariable+"="+t.TempDir())
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", output)
		require.Contains(t, string(output), "PASS: TestFullDisk")
		return
	}
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	r.fill()
	before, files := r.describeAll(), tree(t, dir)
	large := strings.Repeat("large", 1<<20)

	limitFiles(t, 1<<20)
	upload := r.begin()
	require.ErrorAs(t, r.part(upload, 0, large), new(*types.ServerException))
	assert.Zero(t, sizeOf(t, filepath.Join(dir, "uploads", *upload)), "nothing of the part is kept")
	location := r.v2("POST", "blobs/uploads/", "").header.Get("Location")
	for method, path := range map[string]string{"PATCH": location, "PUT": location + "?digest=" + sha(large), "POST": "/v2/" + r.alias() + "/app/blobs/uploads/?digest=" + sha(large)} {
		got := r.request(method, path, large, "Authorization", "Bearer "+r.login())
		assert.Equal(t, 500, got.status, method)
		assert.Contains(t, got.body, `"code":"UNKNOWN"`, method)
		assert.Contains(t, got.body, "file too large", method)
	}
	r.layers("small")
	require.NoError(t, r.put(image("{}", "small").String(), "small"), "what fits is stored")
	afterSmall := r.describeAll()

	limitFiles(t, uint64(journalSize(t, dir)+10))
	_, err := r.srv.AddImage("app", "journal")
	require.ErrorAs(t, err, new(*types.ServerException))
	_, err = r.once().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("journal")})
	require.ErrorAs(t, err, new(*types.ServerException))
	assert.Equal(t, afterSmall, r.describeAll(), "what the journal lacks did not happen")

	limitFiles(t, math.MaxUint64)
	require.NoError(t, r.part(upload, 0, large), "the upload continues when space is back")
	_, err = r.complete(upload, sha(large))
	require.NoError(t, err)
	require.NoError(t, r.put(image("{}", large).String(), "large"))
	r.srv.Close()
	r = r.reopened(dir)
	r.verify()
	assert.NotEqual(t, before, r.describeAll())
	assert.Len(t, tree(t, dir), len(files)+2, "two layers more, and nothing is left over")
}

// limitFiles sets the largest size that this process can give to a file.
func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	limit.Cur = min(size, limit.Max)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
}

func sizeOf(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.Size()
}
