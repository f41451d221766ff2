package ecrpublictest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// describeAll returns all that the API and the registry host say about the state.
func (r repo) describeAll() object {
	r.Helper()
	all := object{}
	note := func(name string, out any, err error) {
		r.Helper()
		require.NoError(r, err, name)
		all[name] = out
	}
	ctx := r.Context()
	registries, err := r.api.DescribeRegistries(ctx, nil)
	note("registries", registries.Registries, err)
	registry, err := r.api.GetRegistryCatalogData(ctx, nil)
	note("registry catalog", registry.RegistryCatalogData, err)
	repositories, err := r.api.DescribeRepositories(ctx, nil)
	note("repositories", repositories.Repositories, err)
	for _, repository := range repositories.Repositories {
		name := repository.RepositoryName
		catalog, err := r.api.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: name})
		note("catalog "+*name, catalog.CatalogData, err)
		labels, err := r.api.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: repository.RepositoryArn})
		note("labels "+*name, labels.Tags, err)
		images, err := r.api.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: name})
		note("images "+*name, images.ImageDetails, err)
		tags, err := r.api.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: name})
		note("tags "+*name, tags.ImageTagDetails, err)
	}
	policy, err := r.api.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: aws.String("app")})
	note("policy", policy.PolicyText, err)
	for _, text := range []string{"{}", "layer", "another"} {
		got := r.v2("GET", "blobs/"+sha(text), "")
		note("layer "+text, got.body, nil)
		require.Equal(r, text, got.body)
	}
	return all
}

// fill makes a state that has something of everything.
func (r repo) fill() {
	r.Helper()
	ctx := r.Context()
	must := func(_ any, err error) {
		r.Helper()
		require.NoError(r, err)
	}
	must(r.api.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("me")}))
	must(r.api.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{
		RepositoryName: aws.String("labelled"),
		Tags:           []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		CatalogData:    &types.RepositoryCatalogDataInput{Description: aws.String("d"), LogoImageBlob: []byte("logo"), Architectures: []string{"ARM"}},
	}))
	must(r.setPolicy(object{"Statement": object{"Effect": "Allow", "Principal": "*", "Action": "ecr-public:*"}}.String(), false))
	r.layers("{}", "layer", "another")
	parent := index(image("layer"), image("another"))
	require.NoError(r, r.put(image("layer").String(), "v1"))
	require.NoError(r, r.put(image("another").String(), ""))
	require.NoError(r, r.put(parent.String(), "multi"))
	require.NoError(r, r.put(image("layer").String(), "latest"))
	require.NoError(r, r.put(image("another").String(), "latest"))
	must(r.srv.AddImage("app", "gone"))
	must(r.api.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{byTag("gone")}}))
	create(r.T, r.srv, "deleted")
	must(r.api.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("deleted")}))
}

func (r repo) reopened(dir string) repo {
	r.Helper()
	srv := newServer(r.T, ecrpublictest.WithDataDir(dir))
	return repo{r.T, srv, srv.Client()}
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	r.fill()
	before, login := r.describeAll(), r.login()
	page, err := r.api.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(1)})
	require.NoError(t, err)
	for range 3 {
		r.srv.Close()
		r = r.reopened(dir)
		assert.Equal(t, before, r.describeAll())
	}
	assert.Equal(t, 200, r.request("GET", "/v2/", "", "Authorization", "Bearer "+login).status, "logins stay valid")
	_, err = r.api.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), NextToken: page.NextToken})
	assert.NoError(t, err, "and so do tokens of pages")
	out, err := r.api.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{byTag("v1")}})
	require.NoError(t, err)
	assert.Equal(t, types.ImageFailureCodeImageReferencedByManifestList, out.Failures[0].FailureCode, "and what an index refers to")
}

func TestHalfAChangeDoesNotCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	r.fill()
	before := r.describeAll()
	size := journalSize(t, dir)
	_, err := r.srv.AddImage("app", "new")
	require.NoError(t, err)
	r.srv.Close()
	journal, err := os.ReadFile(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	lastLine := bytes.LastIndexByte(journal[:len(journal)-1], '\n') + 1
	require.Greater(t, lastLine, size, "the layers are before the image")
	for _, cut := range []int{len(journal) - 1, lastLine + 1, lastLine} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), journal[:cut], 0o600))
		reopened := r.reopened(dir)
		assert.Equal(t, before, reopened.describeAll())
		require.NoError(t, reopened.put(image("{}").String(), "after"), "and changes continue")
		reopened.srv.Close()
	}
}

func journalSize(t *testing.T, dir string) int {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	return int(info.Size())
}

func TestLeftoversAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	r.layers("layer")
	upload := r.begin()
	require.NoError(t, r.part(upload, 0, "half a layer"))
	require.NoError(t, r.part(upload, 12, "!"), "is taken when the first part is on disk")
	files := tree(t, dir)
	require.Len(t, files, 4, "journal, lock, a layer, an upload")
	r.srv.Close()
	assert.Len(t, tree(t, dir), 3, "uploads end with the server")

	stray := func(path string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	}
	stray("uploads/x")
	stray("layers/unknown/" + sha("x")[7:])
	for _, file := range files {
		if strings.HasPrefix(file, "layers") {
			stray(filepath.Join(filepath.Dir(file), sha("x")[7:]))
		}
	}
	stray("journal.new")
	r = r.reopened(dir)
	assert.ErrorAs(t, r.part(upload, 13, "x"), new(*types.UploadNotFoundException))
	assert.Len(t, tree(t, dir), 3)
	_, err := r.api.DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Len(t, tree(t, dir), 2, "layers go with their repository")
}

// tree lists the files below a directory.
func tree(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, err = filepath.Rel(dir, path)
			files = append(files, path)
		}
		return err
	})
	require.NoError(t, err)
	return files
}

// TestUploadsToFilesNeedLittleMemory sends a layer that is much larger than the memory
// that the server may keep for all its parts together.
func TestUploadsToFilesNeedLittleMemory(t *testing.T) {
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir), ecrpublictest.WithQuotas(ecrpublictest.Quotas{MinPartBytes: 1 << 20}))
	part := strings.Repeat("x", 1<<20)
	const parts = 48
	upload := r.begin()
	before := liveHeap()
	for i := range parts {
		require.NoError(t, r.part(upload, i*len(part), part))
	}
	assert.Less(t, liveHeap()-before, int64(parts/2*len(part)))
	digest, err := r.complete(upload, sha(strings.Repeat(part, parts)))
	require.NoError(t, err)
	assert.Equal(t, sha(strings.Repeat(part, parts)), digest)
}

// liveHeap returns the size of the live objects on the heap. Pools are empty after the
// second collection.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestClockOfImagesSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pushed := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	srv := newServer(t, ecrpublictest.WithDataDir(dir), ecrpublictest.WithClock(func() time.Time { return pushed }))
	_, err := srv.AddImage("app", "v1")
	require.NoError(t, err)
	srv.Close()
	r := repo{T: t}.reopened(dir)
	d, err := r.describe(byTag("v1"))
	require.NoError(t, err)
	assert.Equal(t, pushed, *d.ImagePushedAt)
}
