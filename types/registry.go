package types

// Registry is an account's public registry. An account gets one with its first
// repository.
type Registry struct {
	// RegistryId is the twelve-digit account.
	RegistryId *string

	// RegistryArn has the form arn:aws:ecr-public::{account}:registry/{account}.
	RegistryArn *string

	// RegistryUri is the registry's address by its primary alias, such as
	// public.ecr.aws/a1b2c3d4.
	RegistryUri *string

	// Verified reports whether AWS marks the publisher as verified.
	Verified *bool

	// Aliases are the names under which the registry can be pulled from, in no
	// documented order; one of them is primary.
	Aliases []RegistryAlias
}

// RegistryAlias is a name of a registry: the one assigned with the first
// repository, or one requested by its owner.
type RegistryAlias struct {
	// Name has 2 to 50 characters.
	Name *string

	// Status says whether the alias can be used yet.
	Status RegistryAliasStatus

	// PrimaryRegistryAlias marks the one alias that URIs are built with.
	PrimaryRegistryAlias bool

	// DefaultRegistryAlias marks the alias that the service assigned.
	DefaultRegistryAlias bool
}

// RegistryCatalogData is what the public gallery shows of a registry.
type RegistryCatalogData struct {
	// DisplayName is the author's name, shown for verified accounts; nil when
	// it was never set.
	DisplayName *string
}
