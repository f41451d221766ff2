package housekeeping_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

func ExampleEnsureRepository() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	ctx, client := context.Background(), server.Client()

	want := &ecrpublic.CreateRepositoryInput{
		RepositoryName: aws.String("team/app"),
		CatalogData:    &types.RepositoryCatalogDataInput{Description: aws.String("An app.")},
		Tags:           []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
	}
	for range 2 {
		result, err := housekeeping.EnsureRepository(ctx, client, want)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("created:", result.Created, "changed:", result.CatalogData, result.Tags)
		want.CatalogData.Description = aws.String("The app.")
	}
	// Output:
	// created: true changed: [] []
	// created: false changed: [Description] []
}

func ExampleEnsureRepositoryPolicy() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	ctx, client := context.Background(), server.Client()
	push("app", server)

	const policy = `{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow",
		"Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"ecr-public:PutImage"}]}`
	for range 2 {
		changed, err := housekeeping.EnsureRepositoryPolicy(ctx, client, "app", policy)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(changed)
	}
	// Output:
	// true
	// false
}

func ExampleCatalogDataFromFiles() {
	// In a program, os.DirFS(".").
	files := fstest.MapFS{
		"README.md":      {Data: []byte("# App\n\nDoes things.\n")},
		"systems.txt":    {Data: []byte("Linux\n")},
		"processors.txt": {Data: []byte("x86-64\nARM 64\n")},
	}
	data, err := housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{
		AboutText:        "README.md",
		OperatingSystems: "systems.txt",
		Architectures:    "processors.txt",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %q\n", data.OperatingSystems, data.Architectures)
	// Output: ["Linux"] ["x86-64" "ARM 64"]
}

func ExampleImageExists() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	ctx, client := context.Background(), server.Client()
	push("app", server, "v1")

	for _, tag := range []string{"v1", "v2"} {
		exists, err := housekeeping.ImageExists(ctx, client, "app", tag)
		if err != nil {
			log.Fatal(err) // a throttle, a missing permission: not a "no"
		}
		fmt.Println(tag, exists)
	}
	// Output:
	// v1 true
	// v2 false
}

func ExampleDeleteImages() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	ctx, client := context.Background(), server.Client()
	push("app", server, "v1")

	result, err := housekeeping.DeleteImages(ctx, client, "app", []types.ImageIdentifier{
		{ImageTag: aws.String("v1")},
		{ImageTag: aws.String("v2")},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("deleted:", *result.Deleted[0].ImageTag, "gone before:", *result.Gone[0].ImageTag)
	// Output: deleted: v1 gone before: v2
}

func ExamplePrune() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	ctx, client := context.Background(), server.Client()
	push("app", server, "dev-1", "dev-2", "v1", "stable")

	plan, err := housekeeping.Prune(ctx, client, "app", housekeeping.Policy{
		Rules: []housekeeping.Rule{
			{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}},
			{TagStatus: housekeeping.TagStatusAny, KeepNewest: 10},
		},
		KeepTags: []string{"stable"},
	}, func(o *housekeeping.PruneOptions) {
		o.RegistryURL = server.URL // where the emulator's manifests are
		o.Grace = -1               // for images that were pushed a moment ago
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range plan.Delete {
		fmt.Println("delete", d.Image.ImageTags, d.Why())
	}

	// Nothing has been deleted so far.
	result, err := plan.Apply(ctx, client)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(result.Deleted), "deleted,", len(plan.Keep), "kept")
	// Unordered output:
	// delete [dev-1] expired: rule 1
	// delete [dev-2] expired: rule 1
	// 2 deleted, 2 kept
}

func ExampleParseLifecyclePolicy() {
	policy, err := housekeeping.ParseLifecyclePolicy([]byte(`{"rules": [{
		"rulePriority": 1,
		"description": "only the newest releases",
		"selection": {"tagStatus": "tagged", "tagPrefixList": ["v"], "countType": "imageCountMoreThan", "countNumber": 20},
		"action": {"type": "expire"}
	}]}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\n", policy.Rules[0])
	// Output: {Name:priority 1 (only the newest releases) TagStatus:tagged TagPatterns:[v*] OlderThan:0s KeepNewest:20}
}

// push creates a repository with an image for each tag, in this order.
func push(name string, server *ecrpublictest.Server, tags ...string) {
	ctx, client := context.Background(), server.Client()
	_, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	if err != nil {
		log.Fatal(err)
	}
	for _, tag := range tags {
		// An index without images is the smallest possible image.
		_, err := client.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName:         &name,
			ImageTag:               &tag,
			ImageManifest:          aws.String(fmt.Sprintf(`{"schemaVersion":2,"manifests":[],"annotations":{"name":%q}}`, tag)),
			ImageManifestMediaType: aws.String("application/vnd.oci.image.index.v1+json"),
		})
		if err != nil {
			log.Fatal(err)
		}
	}
}
