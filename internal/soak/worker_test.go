package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// worker has its own repository, so it knows what must be in it.
type worker struct {
	*soak
	random     *rand.Rand
	repository string
	arn        string
	pushed     int
	images     []pushed // in the repository, oldest first
}

// pushed is an image, with its children if it is an index.
type pushed struct {
	tag     string
	digest  string
	layer   string // of one of its images
	digests []string
}

// work fills repositories and deletes them again, one after the other.
func (s *soak) work(ctx context.Context, number int) error {
	w := &worker{soak: s, random: rand.New(rand.NewPCG(uint64(number), 8)), repository: fmt.Sprintf("soak/worker-%d", number)}
	for !s.isOver(ctx) {
		if err := w.live(ctx); err != nil {
			return fmt.Errorf("%s: %w", w.repository, err)
		}
	}
	return nil
}

// step is one or more calls.
type step struct {
	name string
	run  func(*worker, context.Context) error
}

func steps() []step {
	return []step{
		{"push", (*worker).push}, {"push", (*worker).push}, {"push", (*worker).push},
		{"list", (*worker).list}, {"list", (*worker).listTags},
		{"resume", (*worker).resume},
		{"prune", (*worker).prune},
		{"delete", (*worker).deleteOldest},
		{"layer", (*worker).checkLayer},
		{"policy", (*worker).policy},
		{"catalog", (*worker).catalog},
		{"tags", (*worker).tags},
		{"registry", (*worker).registry},
		{"cancel", (*worker).cancel},
	}
}

// live creates, fills and deletes a repository. It is short, so that the emulator
// holds about the same amount at any time.
func (w *worker) live(ctx context.Context) error {
	if err := w.do(ctx, step{"create", (*worker).create}); err != nil {
		return err
	}
	all := steps()
	for range 2 + w.random.IntN(12) {
		if w.isOver(ctx) {
			break
		}
		if err := w.do(ctx, all[w.random.IntN(len(all))]); err != nil {
			return err
		}
	}
	return w.do(ctx, step{"remove", (*worker).remove})
}

func (w *worker) do(ctx context.Context, s step) error {
	w.pause.RLock()
	defer w.pause.RUnlock()
	if err := s.run(w, ctx); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	w.done.add(s.name)
	return nil
}

func (w *worker) create(ctx context.Context) error {
	got, err := housekeeping.EnsureRepository(ctx, w.client, &ecrpublic.CreateRepositoryInput{
		RepositoryName: &w.repository,
		CatalogData:    &types.RepositoryCatalogDataInput{Description: aws.String("soaked")},
		Tags:           []types.Tag{{Key: aws.String("made-by"), Value: aws.String("soak")}},
	})
	if err != nil {
		return err
	}
	w.arn, w.images = aws.ToString(got.Repository.RepositoryArn), nil
	return nil
}

func (w *worker) remove(ctx context.Context) error {
	_, err := w.client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: &w.repository, Force: true})
	if err != nil && !notFound(err) {
		return err
	}
	_, err = w.client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{w.repository}})
	if !notFound(err) {
		return fmt.Errorf("a deleted repository is there: %w", err)
	}
	return nil
}

// digests returns all digests in the repository, sorted.
func (w *worker) digests() []string {
	var all []string
	for _, image := range w.images {
		all = append(all, image.digests...)
	}
	slices.Sort(all)
	return all
}

// equal returns an error unless two sorted lists are the same.
func equal(what string, want, got []string) error {
	if slices.Equal(want, got) {
		return nil
	}
	return fmt.Errorf("%s: want %v, got %v", what, want, got)
}
