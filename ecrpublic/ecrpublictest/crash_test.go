package ecrpublictest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	crashDirVariable = "ECRPUBLICTEST_CRASH_DIR"
	crashes          = 20
)

// TestServerToBeKilled is the other process of TestKilledServerLosesNothing, and
// does nothing on its own.
func TestServerToBeKilled(t *testing.T) {
	dir := os.Getenv(crashDirVariable)
	if dir == "" {
		return
	}
	srv := ecrpublictest.NewServer(ecrpublictest.WithDataDir(dir))
	fmt.Println(srv.URL)
	select {} // until it is killed
}

// pushes are the images whose push was acknowledged.
type pushes struct {
	mu      sync.Mutex
	images  map[string]bool // by digest
	wanted  int             // reached is closed when there are so many
	reached chan struct{}
}

func (p *pushes) add(digest string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.images[digest] = true
	if len(p.images) == p.wanted {
		close(p.reached)
	}
}

// after returns a channel that is closed after n more pushes.
func (p *pushes) after(n int) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted, p.reached = len(p.images)+n, make(chan struct{})
	return p.reached
}

func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := &pushes{images: map[string]bool{}}
	for round := range crashes {
		pushUntilKilled(t, dir, round, acknowledged)
		srv := ecrpublictest.NewServer(ecrpublictest.WithDataDir(dir))
		r := repo{t, srv, srv.Client()}
		listed := r.verify()
		srv.Close()
		for digest := range acknowledged.images {
			require.True(t, listed[digest], "round %d lost %s", round, digest)
		}
	}
	assert.NotEmpty(t, acknowledged.images)
}

// pushUntilKilled starts a server in another process, pushes to it from several
// goroutines, and kills it while they do.
func pushUntilKilled(t *testing.T, dir string, round int, acknowledged *pushes) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestServerToBeKilled$")
	cmd.Env = append(os.Environ(), crashDirVariable+"="+dir)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	url, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	client := ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: aws.String(strings.TrimSpace(url)),
		Credentials:  aws.AnonymousCredentials{},
		Retryer:      aws.NopRetryer{},
	})
	_, err = client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	if round > 0 {
		require.ErrorAs(t, err, new(*types.RepositoryAlreadyExistsException))
	}
	enough := acknowledged.after(1 + rand.IntN(30))
	var pushing sync.WaitGroup
	for worker := range 4 {
		pushing.Go(func() {
			for n := 0; ; n++ {
				if err := pushSome(t.Context(), client, fmt.Sprintf("%d-%d-%d", round, worker, n), acknowledged); err != nil {
					return // the server is gone
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		pushing.Wait()
		close(ended)
	}()
	select {
	case <-enough:
	case <-ended: // the server refuses pushes
		t.Error("no client pushes any more")
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // returns an error because it was killed
	<-ended
}

// pushSome pushes an image and an index of it, and moves a tag.
func pushSome(ctx context.Context, api ecrpublic.API, id string, acknowledged *pushes) error {
	for _, layer := range []string{"{}", id} {
		if err := pushLayer(ctx, api, "app", layer); err != nil {
			return err
		}
	}
	img := image(id)
	for _, m := range []object{img, index(img)} {
		_, err := api.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName: aws.String("app"), ImageManifest: aws.String(m.String()), ImageTag: aws.String("latest-" + id[len(id)-1:]),
		})
		if err != nil {
			return err
		}
		acknowledged.add(sha(m.String()))
	}
	return nil
}

// pushLayer uploads a layer in one part; one that is there is as good.
func pushLayer(ctx context.Context, api ecrpublic.API, name, text string) error {
	upload, err := api.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: &name})
	if err != nil {
		return err
	}
	_, err = api.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName: &name, UploadId: upload.UploadId, LayerPartBlob: []byte(text),
		PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(text) - 1)),
	})
	if err != nil {
		return err
	}
	_, err = api.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &name, UploadId: upload.UploadId, LayerDigests: []string{sha(text)},
	})
	if errtype.Is[*types.LayerAlreadyExistsException](err) {
		return nil
	}
	return err
}

// verify pulls all that is listed over the registry and checks every digest. It
// returns the images by digest.
func (r repo) verify() map[string]bool {
	r.Helper()
	listed, names := map[string]bool{}, map[string]bool{}
	pages := ecrpublic.NewDescribeImagesPaginator(r.api, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(r.Context())
		require.NoError(r, err)
		for _, d := range page.ImageDetails {
			listed[*d.ImageDigest] = true
			for _, name := range d.ImageTags {
				names[name] = true
			}
		}
	}
	token, alias := "Bearer "+r.login(), r.alias()
	pull := func(what, digest string) string {
		got := r.request("GET", "/v2/"+alias+"/app/"+what+"/"+digest, "", "Authorization", token)
		require.Equal(r, 200, got.status, got.body)
		return got.body
	}
	pulled := map[string]bool{}
	for digest := range listed {
		text := pull("manifests", digest)
		require.Equal(r, digest, sha(text))
		var m struct {
			Config            struct{ Digest string }
			Layers, Manifests []struct{ Digest string }
		}
		require.NoError(r, json.Unmarshal([]byte(text), &m))
		for _, child := range m.Manifests {
			require.True(r, listed[child.Digest], "child of %s", digest)
		}
		for _, blob := range append(m.Layers, m.Config) {
			if blob.Digest != "" && !pulled[blob.Digest] {
				require.Equal(r, blob.Digest, sha(pull("blobs", blob.Digest)))
				pulled[blob.Digest] = true
			}
		}
	}
	for name := range names {
		pull("manifests", name)
	}
	return listed
}
