package ecrpublictest

import (
	"cmp"
	"fmt"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Quotas are the limits that the emulator enforces. The zero value of a field
// stands for the service's default.
type Quotas struct {
	// Repositories is how many repositories the registry may have; 10,000 by
	// default.
	Repositories int

	// ImagesPerRepository is how many images a repository may hold; 100,000 by
	// default.
	ImagesPerRepository int

	// TagsPerImage is how many tags may point at one image; 1,000 by default.
	TagsPerImage int

	// TagsPerRepository is how many labels a repository may have, those that
	// begin with "aws:" not counted; 50 by default.
	TagsPerRepository int

	// LayerParts is how many parts an upload may have; 1,000 by default.
	LayerParts int

	// LayerBytes is the largest layer in bytes; 10,000 MiB by default.
	LayerBytes int64

	// MinPartBytes is the smallest part in bytes, other than an upload's last;
	// 5 MiB by default. It is checked when the upload is completed.
	MinPartBytes int64

	// PartBytes is the part size that InitiateLayerUpload asks for; 10 MiB by
	// default. Larger parts are taken, up to 20 MiB.
	PartBytes int64
}

const mebibyte = 1 << 20

// DefaultQuotas returns the quotas that the service documents.
func DefaultQuotas() Quotas {
	return Quotas{
		Repositories:        10_000,
		ImagesPerRepository: 100_000,
		TagsPerImage:        1_000,
		TagsPerRepository:   50,
		LayerParts:          1_000,
		LayerBytes:          limits.MaxLayer,
		MinPartBytes:        limits.MinPart,
		PartBytes:           limits.UsualPart,
	}
}

func (q Quotas) withDefaults() Quotas {
	d := DefaultQuotas()
	return Quotas{
		Repositories:        cmp.Or(q.Repositories, d.Repositories),
		ImagesPerRepository: cmp.Or(q.ImagesPerRepository, d.ImagesPerRepository),
		TagsPerImage:        cmp.Or(q.TagsPerImage, d.TagsPerImage),
		TagsPerRepository:   cmp.Or(q.TagsPerRepository, d.TagsPerRepository),
		LayerParts:          cmp.Or(q.LayerParts, d.LayerParts),
		LayerBytes:          cmp.Or(q.LayerBytes, d.LayerBytes),
		MinPartBytes:        cmp.Or(q.MinPartBytes, d.MinPartBytes),
		PartBytes:           cmp.Or(q.PartBytes, d.PartBytes),
	}
}

func (q Quotas) check() error {
	smallest := min(int64(q.Repositories), int64(q.ImagesPerRepository), int64(q.TagsPerImage), int64(q.TagsPerRepository),
		int64(q.LayerParts), q.LayerBytes, q.MinPartBytes, q.PartBytes)
	if smallest < 0 {
		return fmt.Errorf("quotas: %d is negative", smallest)
	}
	return nil
}
