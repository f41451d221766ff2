package ecrpublictest_test

import (
	"context"
	"fmt"
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

// TestManyAtOnce pushes, lists and deletes from 64 goroutines in the same
// repositories, and makes one repository come and go meanwhile. Afterwards every
// image that is listed is complete.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]ecrpublictest.Option{
		"in memory":      nil,
		"in a directory": {ecrpublictest.WithDataDir(t.TempDir())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t, opts...)
			const workers, rounds = 64, 3
			var working sync.WaitGroup
			errs := make(chan error, workers)
			for worker := range workers {
				working.Go(func() {
					for round := range rounds {
						if err := r.work(t.Context(), worker, round); err != nil {
							errs <- fmt.Errorf("worker %d, round %d: %w", worker, round, err)
							return
						}
					}
				})
			}
			working.Wait()
			close(errs)
			for err := range errs {
				assert.NoError(t, err)
			}
			assert.NotEmpty(t, r.verify())
		})
	}
}

// work is what one goroutine does in a round. Images are shared by several
// goroutines, so that some find what they push there and what they delete gone.
func (r repo) work(ctx context.Context, worker, round int) error {
	id := fmt.Sprintf("%d-%d", worker/4, round)
	for _, layer := range []string{"{}", id} {
		if err := pushLayer(ctx, r.api, "app", layer); err != nil {
			return err
		}
	}
	for _, m := range []object{image(id), index(image(id))} {
		_, err := r.api.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: aws.String("app"), ImageManifest: aws.String(m.String()), ImageTag: aws.String("v" + id)})
		if err != nil && !errtype.Is[*types.ImageAlreadyExistsException](err) && !errtype.Is[*types.ReferencedImagesNotFoundException](err) {
			return err
		}
	}
	if _, err := r.api.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(20)}); err != nil {
		return err
	}
	if _, err := r.api.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")}); err != nil {
		return err
	}
	if worker%2 == 0 {
		ids := []types.ImageIdentifier{byTag("v" + id), byDigest(sha(image(id).String()))}
		if _, err := r.api.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: ids}); err != nil {
			return err
		}
	}
	return r.comeAndGo(ctx, worker)
}

// comeAndGo creates, fills and deletes a repository that others delete as well.
func (r repo) comeAndGo(ctx context.Context, worker int) error {
	if worker%8 > 0 {
		return nil
	}
	name := aws.String("fleeting")
	_, err := r.api.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: name})
	if err != nil && !errtype.Is[*types.RepositoryAlreadyExistsException](err) {
		return err
	}
	if err := pushLayer(ctx, r.api, *name, fmt.Sprint(worker)); err != nil && !errtype.Is[*types.RepositoryNotFoundException](err) && !errtype.Is[*types.UploadNotFoundException](err) {
		return err
	}
	_, err = r.api.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: name, Force: true})
	if err != nil && !errtype.Is[*types.RepositoryNotFoundException](err) {
		return err
	}
	return nil
}

func TestOneUploadFromManySides(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	upload := r.begin()
	const senders = 16
	var sending sync.WaitGroup
	results := make(chan error, senders)
	for range senders {
		sending.Go(func() { results <- r.part(upload, 0, "x") })
	}
	sending.Wait()
	close(results)
	taken := 0
	for err := range results {
		if err == nil {
			taken++
			continue
		}
		assert.ErrorAs(t, err, new(*types.InvalidLayerPartException))
	}
	assert.Equal(t, 1, taken)
	digest, err := r.complete(upload, sha("x"))
	require.NoError(t, err)
	assert.Equal(t, sha("x"), digest)
}
