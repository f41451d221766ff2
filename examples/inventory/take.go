package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// An Inventory is the content of a registry at one time.
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

// take reads all repositories and then the images of each, so many repositories at a
// time. It asks for large pages.
func take(ctx context.Context, client *ecrpublic.Client, parallel int, show func(step string, done, total int)) (Inventory, error) {
	inventory := Inventory{Taken: time.Now().UTC(), Repositories: []Repository{}}
	page := &types.PaginatorConfig{PageSize: aws.Int32(paginators.MaxPageSize)}
	for r, err := range paginators.NewDescribeRepositoriesPaginator(client, &paginators.DescribeRepositoriesInput{PaginationConfig: page}).Items(ctx) {
		if err != nil {
			return inventory, err
		}
		inventory.Repositories = append(inventory.Repositories, Repository{Name: aws.ToString(r.RepositoryName), URI: aws.ToString(r.RepositoryUri), Images: []Image{}})
	}
	slices.SortFunc(inventory.Repositories, func(a, b Repository) int { return cmp.Compare(a.Name, b.Name) })

	listings := make([]*paginators.DescribeImagesPaginator, len(inventory.Repositories))
	for i, r := range inventory.Repositories {
		listings[i] = paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: &r.Name, PaginationConfig: page})
	}
	done := 0
	for part, err := range paginators.Merge(ctx, parallel, slices.All(listings)) {
		r := &inventory.Repositories[part.Key]
		if err != nil {
			return inventory, fmt.Errorf("%s: %w", r.Name, err)
		}
		for _, image := range part.Items() {
			r.Images = append(r.Images, imageOf(image))
		}
		if part.Listing.ResumeToken() == nil { // that was all
			slices.SortFunc(r.Images, newestFirst)
			done++
			show("repositories", done, len(listings))
		}
	}
	return inventory, nil
}

func imageOf(i types.ImageDetail) Image {
	return Image{
		Digest:    aws.ToString(i.ImageDigest),
		Tags:      append([]string{}, i.ImageTags...),
		MediaType: aws.ToString(i.ImageManifestMediaType),
		Bytes:     aws.ToInt64(i.ImageSizeInBytes),
		Pushed:    aws.ToTime(i.ImagePushedAt),
	}
}

func newestFirst(a, b Image) int {
	return cmp.Or(b.Pushed.Compare(a.Pushed), cmp.Compare(a.Digest, b.Digest))
}

// isIndex reports whether the size is only that of the largest image that the index
// refers to, which is an image of the repository itself.
func (i Image) isIndex() bool {
	const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
	return i.MediaType == ocispec.MediaTypeImageIndex || i.MediaType == dockerList
}

// Bytes is the sum of the image sizes, an upper bound because images share layers.
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
