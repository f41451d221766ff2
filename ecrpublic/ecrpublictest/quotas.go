package ecrpublictest

import "github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"

// Quotas are the limits that the emulator enforces. The zero value of a field
// stands for the service's default.
type Quotas struct {
	// Repositories is how many repositories the registry may have; 10,000 by
	// default.
	Repositories int

	// ImagesPerRepository is how many images a repository may have; 100,000 by
	// default.
	ImagesPerRepository int

	// TagsPerImage is how many tags may point at one image; 1,000 by default.
	TagsPerImage int

	// TagsPerRepository is how many resource tags a repository may have, not counting
	// those that start with "aws:"; 50 by default.
	TagsPerRepository int

	// LayerParts is how many parts an upload may have; 1,000 by default.
	LayerParts int

	// LayerBytes is the largest layer in bytes; 10,000 MiB by default.
	LayerBytes int64

	// MinPartBytes is the smallest part in bytes, other than an upload's last;
	// 5 MiB by default. It is checked when the upload is completed.
	MinPartBytes int64

	// PartBytes is the part size that InitiateLayerUpload asks for; 10 MiB by
	// default. Larger parts are accepted, up to 20 MiB.
	PartBytes int64
}

// DefaultQuotas returns the quotas that the service documents.
func DefaultQuotas() Quotas { return Quotas(registry.DefaultQuotas()) }
