package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// An Inventory is what a registry held when it was taken.
type Inventory struct {
	Taken        time.Time    `json:"taken"`
	Repositories []Repository `json:"repositories"` // sorted by name
}

// A Repository and all its images, the newest first.
type Repository struct {
	Name   string  `json:"name"`
	URI    string  `json:"uri"`
	Images []Image `json:"images"`
}

// An Image or an index of images.
type Image struct {
	Digest    string    `json:"digest"`
	Tags      []string  `json:"tags"`
	MediaType string    `json:"mediaType"`
	Bytes     int64     `json:"bytes"`
	Pushed    time.Time `json:"pushed"`
}

// take reads all repositories and then the images of each.
func take(ctx context.Context, client *ecrpublic.Client, show func(step string, done, total int)) (Inventory, error) {
	inventory := Inventory{Taken: time.Now().UTC(), Repositories: []Repository{}}
	for r, err := range paginators.NewDescribeRepositoriesPaginator(client, nil).Items(ctx) {
		if err != nil {
			return inventory, err
		}
		inventory.Repositories = append(inventory.Repositories, Repository{Name: aws.ToString(r.RepositoryName), URI: aws.ToString(r.RepositoryUri)})
	}
	slices.SortFunc(inventory.Repositories, func(a, b Repository) int { return cmp.Compare(a.Name, b.Name) })
	for i := range inventory.Repositories {
		repository := &inventory.Repositories[i]
		images, err := imagesOf(ctx, client, repository.Name)
		if err != nil {
			return inventory, err
		}
		repository.Images = images
		show("repositories", i+1, len(inventory.Repositories))
	}
	return inventory, nil
}

// imagesOf asks for large pages, and for each while it works on the one before.
func imagesOf(ctx context.Context, client *ecrpublic.Client, repository string) ([]Image, error) {
	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   &repository,
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(paginators.MaxPageSize)},
	}, func(o *paginators.Options) { o.Prefetch = 1 })
	images := []Image{}
	for i, err := range p.Items(ctx) {
		if err != nil {
			return nil, err
		}
		images = append(images, Image{
			Digest:    aws.ToString(i.ImageDigest),
			Tags:      append([]string{}, i.ImageTags...),
			MediaType: aws.ToString(i.ImageManifestMediaType),
			Bytes:     aws.ToInt64(i.ImageSizeInBytes),
			Pushed:    aws.ToTime(i.ImagePushedAt),
		})
	}
	slices.SortFunc(images, func(a, b Image) int {
		return cmp.Or(b.Pushed.Compare(a.Pushed), cmp.Compare(a.Digest, b.Digest))
	})
	return images, nil
}

// isIndex tells whether the size is only that of the largest image that the index
// refers to, which is an image of the repository itself.
func (i Image) isIndex() bool {
	const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
	return i.MediaType == ocispec.MediaTypeImageIndex || i.MediaType == dockerList
}

// Bytes is the sum of the images. Images share layers, so it is the most that they
// can take.
func (r Repository) Bytes() (sum int64) {
	for _, image := range r.Images {
		if !image.isIndex() {
			sum += image.Bytes
		}
	}
	return sum
}

// Tags counts the tags, and the images that have none.
func (r Repository) Tags() (tags, untagged int) {
	for _, image := range r.Images {
		tags += len(image.Tags)
		if len(image.Tags) == 0 {
			untagged++
		}
	}
	return tags, untagged
}

// Total is the number and the size of all images.
func (i Inventory) Total() (images int, bytes int64) {
	for _, repository := range i.Repositories {
		images += len(repository.Images)
		bytes += repository.Bytes()
	}
	return images, bytes
}
