package imageref

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// Host is the registry host that image references name.
	Host = "public.ecr.aws"

	// DualStackHost is another host of the same registry, which is also
	// reachable over IPv6.
	DualStackHost = "ecr-public.aws.com"

	// GalleryHost serves the web pages of public repositories.
	GalleryHost = "gallery.ecr.aws"
)

// Reference names a public repository or, with a tag or a digest, an image in
// it. The zero value names nothing; its text is empty.
type Reference struct {
	// Alias is the registry's alias, primary or not. Required.
	Alias string

	// RepositoryName is the repository as API calls expect it, without host and
	// alias. Required.
	RepositoryName string

	// Tag is the tag, up to 300 characters as the service accepts them; docker
	// accepts up to 128. Empty when the reference has none.
	Tag string

	// Digest is the digest with its algorithm, such as "sha256:9f86…"; empty
	// when the reference has none. Clients that get both use the digest.
	Digest string

	// DualStack selects [DualStackHost] instead of [Host].
	DualStack bool
}

// RegistryHost returns the host that the reference names.
func (r Reference) RegistryHost() string {
	if r.DualStack {
		return DualStackHost
	}
	return Host
}

// RepositoryURI returns the reference without tag and digest, in the form of
// [types.Repository.RepositoryUri].
func (r Reference) RepositoryURI() string {
	return r.RegistryHost() + "/" + r.Alias + "/" + r.RepositoryName
}

// GalleryURL returns the address of the repository's page in the public
// gallery.
func (r Reference) GalleryURL() string {
	return "https://" + GalleryHost + "/" + r.Alias + "/" + r.RepositoryName
}

// ImageIdentifier returns tag and digest as API calls expect them; nil for
// what the reference does not have.
func (r Reference) ImageIdentifier() types.ImageIdentifier {
	var id types.ImageIdentifier
	if r.Tag != "" {
		id.ImageTag = aws.String(r.Tag)
	}
	if r.Digest != "" {
		id.ImageDigest = aws.String(r.Digest)
	}
	return id
}

// String returns the full reference with its host, as docker and other
// clients accept it. [Parse] parses it.
func (r Reference) String() string {
	if r == (Reference{}) {
		return ""
	}
	s := r.RepositoryURI()
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return s
}

// Validate checks every part against the limits of the service. A parsed
// reference is valid; one built by hand may not be.
func (r Reference) Validate() error {
	if err := aliasRule.check(r.Alias); err != nil {
		return err
	}
	if err := repositoryNameRule.check(r.RepositoryName); err != nil {
		return err
	}
	if r.Tag != "" {
		if err := tagRule.check(r.Tag); err != nil {
			return err
		}
	}
	if r.Digest != "" {
		return digestRule.check(r.Digest)
	}
	return nil
}

// MarshalText returns the text of [Reference.String], or the error of
// [Reference.Validate]. The zero value gives an empty text.
func (r Reference) MarshalText() ([]byte, error) {
	if r == (Reference{}) {
		return []byte{}, nil
	}
	if err := r.Validate(); err != nil {
		return nil, err
	}
	return []byte(r.String()), nil
}

// UnmarshalText accepts what [Parse] accepts; an empty text gives the zero
// value. On an error the reference is unchanged.
func (r *Reference) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Reference{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}
