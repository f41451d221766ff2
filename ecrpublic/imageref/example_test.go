package imageref_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

func ExampleParse() {
	ref, err := imageref.Parse("public.ecr.aws/a1b2c3d4/team/app:v1")
	if err != nil {
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
	}
	fmt.Println(arn.RegistryId, arn.RepositoryName)
	// Output: 123456789012 team/app
}

// singleRegistry is a client of one method.
type singleRegistry struct{}

func (singleRegistry) DescribeRegistries(context.Context, *ecrpublic.DescribeRegistriesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	return page(nil, alias("a1b2c3d4", false), alias("acme", true)), nil
}

func ExampleAlias() {
	alias, err := imageref.Alias(context.Background(), singleRegistry{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ref := imageref.Reference{Alias: alias, RepositoryName: "team/app", Tag: "v1"}
	fmt.Println(ref)
	// Output: public.ecr.aws/acme/team/app:v1
}
