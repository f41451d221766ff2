package registry

import (
	"crypto/sha256"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/types"
)

// describeRegistriesOutput is the service's response to DescribeRegistries. It
// always sends the flags of an alias, while those of types.RegistryAlias, which
// cannot tell false from absent, are left out when they are false.
type describeRegistriesOutput struct {
	Registries []registryDescription
	NextToken  *string
}

type registryDescription struct {
	RegistryId, RegistryArn, RegistryUri *string
	Verified                             *bool
	Aliases                              []aliasDescription
}

type aliasDescription struct {
	Name                                       *string
	Status                                     types.RegistryAliasStatus
	PrimaryRegistryAlias, DefaultRegistryAlias *bool
}

// DescribeRegistries lists the one registry that an account has, or none before
// its first repository.
func (s *Store) DescribeRegistries(in *ecrpublic.DescribeRegistriesInput) (*describeRegistriesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all ordered[registryDescription]
	if s.registry.Open {
		all.insert(s.config.Account, s.describeRegistry())
	}
	page, next, err := paginate(s, listing{"registries", "", in.MaxResults, in.NextToken}, &all)
	if err != nil {
		return nil, err
	}
	return &describeRegistriesOutput{Registries: page, NextToken: next}, nil
}

func (s *Store) describeRegistry() registryDescription {
	r := registryDescription{
		RegistryId:  &s.config.Account,
		RegistryArn: new(s.registryARN()),
		RegistryUri: aws.String(s.registryURI()),
		Verified:    aws.Bool(false),
	}
	for i, name := range s.config.aliases {
		r.Aliases = append(r.Aliases, aliasDescription{
			Name:                 &name,
			Status:               types.RegistryAliasStatusActive,
			PrimaryRegistryAlias: aws.Bool(name == s.config.primaryAlias()),
			DefaultRegistryAlias: aws.Bool(i == 0),
		})
	}
	return r
}

// registryURI is the address that repositories of the registry are under.
func (s *Store) registryURI() string { return imageref.Host + "/" + s.config.primaryAlias() }

// defaultAlias computes the alias that an account is assigned: four times a
// letter and a digit.
func defaultAlias(account string) string {
	sum := sha256.Sum256([]byte(account))
	alias := make([]byte, 0, 8)
	for i := range 4 {
		alias = append(alias, 'a'+sum[2*i]%26, '0'+sum[2*i+1]%10)
	}
	return string(alias)
}

func (s *Store) GetRegistryCatalogData(*ecrpublic.GetRegistryCatalogDataInput) (*ecrpublic.GetRegistryCatalogDataOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &ecrpublic.GetRegistryCatalogDataOutput{RegistryCatalogData: s.registryCatalogData()}, nil
}

func (s *Store) PutRegistryCatalogData(in *ecrpublic.PutRegistryCatalogDataInput) (*ecrpublic.PutRegistryCatalogDataOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.registry
	state.DisplayName = aws.ToString(in.DisplayName)
	if err := s.commit(change{Registry: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.PutRegistryCatalogDataOutput{RegistryCatalogData: s.registryCatalogData()}, nil
}

func (s *Store) registryCatalogData() *types.RegistryCatalogData {
	return &types.RegistryCatalogData{DisplayName: OrAbsent(&s.registry.DisplayName)}
}
