package imageref_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

func ExampleParse() {
	ref, err := imageref.Parse("public.ecr.aws/a1b2c3d4/team/app:v1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ref.Alias, ref.RepositoryName, ref.Tag)
	fmt.Println(ref.RepositoryURI())
	fmt.Println(ref.GalleryURL())
	// Output:
	// a1b2c3d4 team/app v1
	// public.ecr.aws/a1b2c3d4/team/app
	// https://gallery.ecr.aws/a1b2c3d4/team/app
}

func ExampleParse_otherRegistry() {
	_, err := imageref.Parse("docker.io/library/nginx")
	if errors.Is(err, imageref.ErrOtherRegistry) {
		fmt.Println(err)
	}
	// Output:
	// image reference "docker.io/library/nginx": "docker.io" is not a host of ECR Public, which are public.ecr.aws and ecr-public.aws.com
}

func ExampleParseARN() {
	arn, err := imageref.ParseARN("arn:aws:ecr-public::123456789012:repository/team/app")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(arn.RegistryId, arn.RepositoryName)
	// Output: 123456789012 team/app
}

func ExampleAlias() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer srv.Close()
	if _, err := srv.AddImage("team/app", "v1"); err != nil {
		log.Fatal(err)
	}

	alias, err := imageref.Alias(context.Background(), srv.Client())
	if err != nil {
		log.Fatal(err)
	}
	ref := imageref.Reference{Alias: alias, RepositoryName: "team/app", Tag: "v1"}
	fmt.Println(ref)
	// Output: public.ecr.aws/acme/team/app:v1
}
