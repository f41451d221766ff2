package imageref

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

const arnPartition = "aws"

// ARN names a public repository or a public registry by its account. The zero
// value names nothing; its text is empty.
type ARN struct {
	// RegistryId is the twelve-digit account that owns the registry. Required.
	RegistryId string

	// RepositoryName is the repository; empty in the ARN of a registry. Only
	// repositories can be tagged.
	RepositoryName string
}

// ParseARN parses the ARN of a repository,
// arn:aws:ecr-public::{account}:repository/{name}, or of a registry,
// arn:aws:ecr-public::{account}:registry/{account}. The region us-east-1, which
// some ARNs carry, is accepted and dropped; ARNs of private ECR are refused,
// since they name other repositories.
func ParseARN(s string) (ARN, error) {
	a, err := parseARN(s)
	if err != nil {
		return ARN{}, fmt.Errorf("ECR Public ARN %q: %w", s, err)
	}
	return a, nil
}

func parseARN(s string) (ARN, error) {
	parts, err := arn.Parse(s)
	if err != nil {
		return ARN{}, err
	}
	if parts.Partition != arnPartition {
		return ARN{}, fmt.Errorf("ECR Public exists only in partition %q, not %q", arnPartition, parts.Partition)
	}
	if parts.Service != endpoints.Service {
		return ARN{}, fmt.Errorf("service must be %q, is %q", endpoints.Service, parts.Service)
	}
	if parts.Region != "" && parts.Region != endpoints.HomeRegion {
		return ARN{}, fmt.Errorf("region must be empty, is %q: public repositories are global", parts.Region)
	}
	a := ARN{RegistryId: parts.AccountID}
	kind, name, _ := strings.Cut(parts.Resource, "/")
	switch {
	case kind == "repository" && name != "":
		a.RepositoryName = name
	case kind == "registry" && name == parts.AccountID:
	default:
		return ARN{}, errors.New("resource must be repository/{name} or registry/{account}")
	}
	if err := a.Validate(); err != nil {
		return ARN{}, err
	}
	return a, nil
}

// String returns the ARN with an empty region, as the service writes it.
// [ParseARN] parses it.
func (a ARN) String() string {
	if a == (ARN{}) {
		return ""
	}
	resource := "registry/" + a.RegistryId
	if a.RepositoryName != "" {
		resource = "repository/" + a.RepositoryName
	}
	return arn.ARN{Partition: arnPartition, Service: endpoints.Service, AccountID: a.RegistryId, Resource: resource}.String()
}

// Validate checks every part against the limits of the service. A parsed ARN is
// valid; one built by hand may not be.
func (a ARN) Validate() error {
	if err := registryIdRule.check(a.RegistryId); err != nil {
		return err
	}
	if a.RepositoryName == "" {
		return nil
	}
	return repositoryNameRule.check(a.RepositoryName)
}

// MarshalText returns the text of [ARN.String], or the error of [ARN.Validate].
// The zero value gives an empty text.
func (a ARN) MarshalText() ([]byte, error) {
	if a == (ARN{}) {
		return []byte{}, nil
	}
	if err := a.Validate(); err != nil {
		return nil, err
	}
	return []byte(a.String()), nil
}

// UnmarshalText accepts what [ParseARN] accepts; an empty text gives the zero
// value. On an error the ARN is unchanged.
func (a *ARN) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = ARN{}
		return nil
	}
	parsed, err := ParseARN(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
