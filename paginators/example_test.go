package paginators_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// startEmulator replaces the service, with five tagged images in "app". A
// program that calls the service itself creates its client with
// ecrpublic.NewFromConfig.
func startEmulator() (client *ecrpublic.Client, stop func()) {
	srv := ecrpublictest.NewServer()
	for _, tag := range []string{"v1", "v2", "v3", "v4", "v5"} {
		if _, err := srv.AddImage("app", tag); err != nil {
			log.Fatal(err)
		}
	}
	return srv.Client(), srv.Close
}

// All items, over all pages.
func ExampleNewDescribeImagesPaginator() {
	client, stop := startEmulator()
	defer stop()

	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")})
	images, tagged := 0, 0
	for image, err := range p.Items(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		images++
		tagged += len(image.ImageTags)
	}
	fmt.Println(images, "images,", tagged, "tags")
	// Output: 5 images, 5 tags
}

// A page is the service's own response, with its metadata.
func ExamplePaginator_Pages() {
	client, stop := startEmulator()
	defer stop()

	p := paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{
		RepositoryName:   aws.String("app"),
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(3)},
	})
	for page, err := range p.Pages(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(page.ImageTagDetails), "tags, HTTP status", page.ResponseMetadata.HTTPStatusCode)
	}
	// Output:
	// 3 tags, HTTP status 200
	// 2 tags, HTTP status 200
}

// Collect returns all items in one output, or as many as MaxItems allows; its
// NextToken is the resume token.
func ExamplePaginator_Collect() {
	client, stop := startEmulator()
	defer stop()

	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   aws.String("app"),
		PaginationConfig: &types.PaginatorConfig{MaxItems: aws.Int32(4)},
	})
	out, err := p.Collect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(out.ImageDetails), "images, more to come:", out.NextToken != nil)
	// Output: 4 images, more to come: true
}

// MaxItems limits a run, and a later run continues with the token of the previous
// one.
func ExamplePaginator_ResumeToken() {
	client, stop := startEmulator()
	defer stop()

	var saved *string // kept between the runs, such as in a file
	for run := 1; ; run++ {
		p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
			RepositoryName:   aws.String("app"),
			PaginationConfig: &types.PaginatorConfig{MaxItems: aws.Int32(2), StartingToken: saved},
		})
		out, err := p.Collect(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("run", run, "got", len(out.ImageDetails))
		if saved = p.ResumeToken(); saved == nil {
			break
		}
	}
	// Output:
	// run 1 got 2
	// run 2 got 2
	// run 3 got 1
}

// The next page is fetched while the loop works on the previous one.
func ExampleOptions_prefetch() {
	client, stop := startEmulator()
	defer stop()

	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   aws.String("app"),
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(2)},
	}, func(o *paginators.Options) { o.Prefetch = 1 })
	for page, err := range p.Pages(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("a page of", len(page.ImageDetails))
	}
	// Output:
	// a page of 2
	// a page of 2
	// a page of 1
}

// A loop may stop early. Requests made ahead are cancelled, and the token points
// just past the item that the loop stopped at.
func ExamplePaginator_Items_break() {
	client, stop := startEmulator()
	defer stop()

	input := &paginators.DescribeImageTagsInput{RepositoryName: aws.String("app"), PaginationConfig: &types.PaginatorConfig{}}
	p := paginators.NewDescribeImageTagsPaginator(client, input)
	for _, err := range p.Items(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		break
	}
	input.PaginationConfig.StartingToken = p.ResumeToken()
	rest, err := paginators.NewDescribeImageTagsPaginator(client, input).Collect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(rest.ImageTagDetails), "are left")
	// Output: 4 are left
}

func ExampleNewDescribeImageTagsPaginator() {
	client, stop := startEmulator()
	defer stop()

	p := paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{RepositoryName: aws.String("app")})
	for tag, err := range p.Items(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(aws.ToString(tag.ImageTag))
	}
	// Unordered output:
	// v1
	// v2
	// v3
	// v4
	// v5
}

func ExampleNewDescribeRegistriesPaginator() {
	client, stop := startEmulator()
	defer stop()

	out, err := paginators.NewDescribeRegistriesPaginator(client, nil).Collect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(out.Registries), aws.ToString(out.Registries[0].RegistryId))
	// Output: 1 123456789012
}

func ExampleNewDescribeRepositoriesPaginator() {
	client, stop := startEmulator()
	defer stop()

	for repository, err := range paginators.NewDescribeRepositoriesPaginator(client, nil).Items(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(aws.ToString(repository.RepositoryName))
	}
	// Output: app
}

// oneImage is a client with one method, which is all that a paginator needs.
type oneImage struct{}

func (oneImage) DescribeImages(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return &ecrpublic.DescribeImagesOutput{ImageDetails: []types.ImageDetail{{ImageTags: []string{"latest"}}}}, nil
}

// A mock is quickly written by hand.
func ExamplePaginator_mock() {
	p := paginators.NewDescribeImagesPaginator(oneImage{}, nil)
	for image, err := range p.Items(context.Background()) {
		fmt.Println(image.ImageTags, err)
	}
	// Output: [latest] <nil>
}

// An invalid setting is reported before any request.
func ExampleConfigError() {
	p := paginators.NewDescribeImagesPaginator(oneImage{}, &paginators.DescribeImagesInput{
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(5000)},
	})
	_, err := p.Collect(context.Background())
	var bad *paginators.ConfigError
	fmt.Println(errors.As(err, &bad), err)
	// Output: true paginators: PaginationConfig.PageSize must be 1 to 1000
}

// The images of all repositories, four repositories at a time. The listing of the
// repositories continues while their images are listed.
func ExampleMerge() {
	client, stop := startEmulator()
	defer stop()

	ctx := context.Background()
	var failed error
	listings := func(yield func(string, *paginators.DescribeImagesPaginator) bool) {
		for repository, err := range paginators.NewDescribeRepositoriesPaginator(client, nil).Items(ctx) {
			if err != nil {
				failed = err
				return
			}
			images := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: repository.RepositoryName})
			if !yield(*repository.RepositoryName, images) {
				return
			}
		}
	}
	images := map[string]int{}
	for part, err := range paginators.Merge(ctx, 4, listings) {
		if err != nil {
			log.Printf("%s: %v", part.Key, err) // the others continue
			continue
		}
		images[part.Key] += len(part.Items())
	}
	if failed != nil {
		log.Fatal(failed)
	}
	fmt.Println(images)
	// Output: map[app:5]
}

// Listings in order, interrupted and resumed.
func ExampleConcat() {
	client, stop := startEmulator()
	defer stop()

	names := []string{"app", "missing"}
	done := map[string]*string{} // by repository, the resume token; nil if nothing is left
	for run := 1; run <= 2; run++ {
		var listings []*paginators.DescribeImageTagsPaginator
		for _, name := range names {
			listings = append(listings, paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{
				RepositoryName:   &name,
				PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(3), StartingToken: done[name]},
			}))
		}
		for part, err := range paginators.Concat(context.Background(), 2, slices.All(listings)) {
			name := names[part.Key]
			fmt.Printf("run %d: %s: %d tags, not found: %t\n", run, name, len(part.Items()), ecrpublic.IsNotFound(err))
			done[name] = part.Listing.ResumeToken()
			if run == 1 {
				break
			}
		}
	}
	// Output:
	// run 1: app: 3 tags, not found: false
	// run 2: app: 2 tags, not found: false
	// run 2: missing: 0 tags, not found: true
}
