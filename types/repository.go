package types

import (
	"io"
	"time"
)

// Repository is a public repository.
type Repository struct {
	// RepositoryArn has the form
	// arn:aws:ecr-public::{account}:repository/{name}; the region is empty.
	RepositoryArn *string

	// RegistryId is the twelve-digit account that owns the registry.
	RegistryId *string

	// RepositoryName is the name without the alias, such as "team/app".
	RepositoryName *string

	// RepositoryUri is what clients pull from: the registry's primary alias and
	// the name, such as public.ecr.aws/a1b2c3d4/team/app.
	RepositoryUri *string

	// CreatedAt has millisecond precision.
	CreatedAt *time.Time
}

// RepositoryCatalogData is what the public gallery shows of a repository. A
// member that was never set, or was set to an empty value, is nil.
type RepositoryCatalogData struct {
	// Description is the short text of search results.
	Description *string

	// Architectures is a list of free text; the gallery shows badges for "ARM",
	// "ARM 64", "x86" and "x86-64" only.
	Architectures []string

	// OperatingSystems is a list of free text; the gallery shows badges for
	// "Linux" and "Windows" only.
	OperatingSystems []string

	// LogoUrl is where the service serves the logo; it changes with every put.
	LogoUrl *string

	// AboutText is the long description, GitHub-flavoured Markdown.
	AboutText *string

	// UsageText explains how to use the images, in Markdown.
	UsageText *string

	// MarketplaceCertified is set by AWS.
	MarketplaceCertified *bool
}

// RepositoryCatalogDataInput sets what the public gallery shows of a repository.
// The service checks the limits below; this client does not.
type RepositoryCatalogDataInput struct {
	// Description has up to 1,024 characters.
	Description *string

	// Architectures has up to 50 entries of 1 to 50 characters. Nil leaves the
	// member out; an empty list clears it.
	Architectures []string

	// OperatingSystems has up to 50 entries of 1 to 50 characters. Nil leaves
	// the member out; an empty list clears it.
	OperatingSystems []string

	// LogoImageBlob is a PNG of up to 512,000 bytes, 60 to 2,048 pixels a side.
	// It is shown for verified accounts only and cannot be read back.
	LogoImageBlob []byte

	// LogoImageReader supplies the logo instead of LogoImageBlob; setting both
	// is an error. A seekable reader is read from its current position and is
	// rewound for a retry; any other is read into memory first. It is not
	// closed.
	LogoImageReader io.Reader `ecr:"logoImageBlob" json:"-"`

	// AboutText has up to 25,600 characters of Markdown.
	AboutText *string

	// UsageText has up to 25,600 characters of Markdown.
	UsageText *string
}
