package ecrpublictest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// arnPrefix begins every ARN of the service; the region is empty.
const arnPrefix = "arn:aws:ecr-public::"

func (s *store) repositoryARN(name string) string {
	return arnPrefix + s.config.account + ":repository/" + name
}

// parseRepositoryARN reads the registry and the repository of an ARN.
func parseRepositoryARN(text string) (registry, name *string, err error) {
	a, err := arn.Parse(text)
	if err != nil || !strings.HasPrefix(text, arnPrefix) || !registryIDPattern.matches(a.AccountID) {
		return nil, nil, invalidParameter("resourceArn", mustBeARN)
	}
	repository, ok := strings.CutPrefix(a.Resource, "repository/")
	if !ok || !repositoryNamePattern.matches(repository) {
		return nil, nil, invalidParameter("resourceArn", mustBeARN)
	}
	return &a.AccountID, &repository, nil
}
