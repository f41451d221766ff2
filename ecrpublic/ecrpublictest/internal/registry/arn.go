package registry

import "github.com/ecr-public/ecr-public-go/ecrpublic/imageref"

func (s *Store) repositoryARN(name string) string {
	return imageref.ARN{RegistryId: s.config.Account, RepositoryName: name}.String()
}

func (s *Store) registryARN() string { return imageref.ARN{RegistryId: s.config.Account}.String() }

// parseRepositoryARN reads the registry and the repository of an ARN as the
// service writes it: one without a region.
func parseRepositoryARN(text string) (registry, name *string, err error) {
	a, err := imageref.ParseARN(text)
	if err != nil || a.RepositoryName == "" || a.String() != text {
		return nil, nil, invalidARN()
	}
	return &a.RegistryId, &a.RepositoryName, nil
}
