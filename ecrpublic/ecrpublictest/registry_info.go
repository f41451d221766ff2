package ecrpublictest

import (
	"crypto/sha256"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// describeRegistries lists the one registry that an account has, or none before
// its first repository.
func (s *store) describeRegistries(in *ecrpublic.DescribeRegistriesInput) (*ecrpublic.DescribeRegistriesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all ordered[types.Registry]
	if s.registry.Open {
		all.insert(s.config.account, s.describeRegistry())
	}
	page, next, err := paginate(s, listing{"DescribeRegistries", "", in.MaxResults, in.NextToken}, &all, nil)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.DescribeRegistriesOutput{Registries: page, NextToken: next}, nil
}

func (s *store) describeRegistry() types.Registry {
	registry := types.Registry{
		RegistryId:  aws.String(s.config.account),
		RegistryArn: aws.String(arnPrefix + s.config.account + ":registry/" + s.config.account),
		RegistryUri: aws.String(s.registryURI()),
		Verified:    aws.Bool(false),
	}
	aliases := s.config.aliases()
	for i, name := range aliases {
		registry.Aliases = append(registry.Aliases, types.RegistryAlias{
			Name:                 aws.String(name),
			Status:               types.RegistryAliasStatusActive,
			PrimaryRegistryAlias: i == len(aliases)-1,
			DefaultRegistryAlias: i == 0,
		})
	}
	return registry
}

// registryURI is the address that repositories of the registry are under.
func (s *store) registryURI() string { return registryHost + "/" + s.config.primaryAlias() }

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

func (s *store) getRegistryCatalogData(*ecrpublic.GetRegistryCatalogDataInput) (*ecrpublic.GetRegistryCatalogDataOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &ecrpublic.GetRegistryCatalogDataOutput{RegistryCatalogData: s.registryCatalogData()}, nil
}

func (s *store) putRegistryCatalogData(in *ecrpublic.PutRegistryCatalogDataInput) (*ecrpublic.PutRegistryCatalogDataOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.registry
	state.DisplayName = aws.ToString(in.DisplayName)
	if err := s.commit(change{Registry: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.PutRegistryCatalogDataOutput{RegistryCatalogData: s.registryCatalogData()}, nil
}

func (s *store) registryCatalogData() *types.RegistryCatalogData {
	return &types.RegistryCatalogData{DisplayName: orAbsent(&s.registry.DisplayName)}
}
