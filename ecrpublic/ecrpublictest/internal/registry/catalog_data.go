package registry

import (
	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// GetRepositoryCatalogData returns empty data when there is none, as was seen;
// when the service returns RepositoryCatalogDataNotFoundException is not known.
func (s *Store) GetRepositoryCatalogData(in *ecrpublic.GetRepositoryCatalogDataInput) (*ecrpublic.GetRepositoryCatalogDataOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.GetRepositoryCatalogDataOutput{CatalogData: new(r.Catalog)}, nil
}

func (s *Store) PutRepositoryCatalogData(in *ecrpublic.PutRepositoryCatalogDataInput) (*ecrpublic.PutRepositoryCatalogDataOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	state := r.repositoryState
	state.Catalog = catalogData(in.CatalogData, r.Catalog.LogoUrl)
	if err := s.commit(change{Repository: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.PutRepositoryCatalogDataOutput{CatalogData: new(state.Catalog)}, nil
}

// catalogData is what is stored of a request. That it replaces all there was,
// except a logo that is not given anew, is a guess: the service documents
// neither this nor a merge. Empty members are stored as absent.
func catalogData(in *types.RepositoryCatalogDataInput, logo *string) types.RepositoryCatalogData {
	if len(in.LogoImageBlob) > 0 {
		logo = new(newLogoURL())
	}
	return types.RepositoryCatalogData{
		Description:      OrAbsent(in.Description),
		Architectures:    orAbsentList(in.Architectures),
		OperatingSystems: orAbsentList(in.OperatingSystems),
		LogoUrl:          logo,
		AboutText:        OrAbsent(in.AboutText),
		UsageText:        OrAbsent(in.UsageText),
	}
}

// newLogoURL returns an address like those of the service. Nothing is served
// there, and the picture is not kept: the API cannot read it back.
func newLogoURL() string {
	return "https://d1a2b3c4d5e6f7.cloudfront.net/logo/" + NewUUID() + "/" + NewUUID() + ".png"
}

// OrAbsent returns a copy of a text, and nil for an empty one.
func OrAbsent(s *string) *string {
	if s == nil || *s == "" {
		return nil
	}
	return new(*s)
}

func orAbsentList(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}
