package registry

import (
	"cmp"
	"fmt"
	"reflect"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Quotas are the limits that a registry enforces. The zero value of a field stands
// for the service's default. What each is stands at the type of the same fields
// that users see.
type Quotas struct {
	Repositories        int
	ImagesPerRepository int
	TagsPerImage        int
	TagsPerRepository   int
	LayerParts          int
	LayerBytes          int64
	MinPartBytes        int64
	PartBytes           int64
}

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
	v := reflect.ValueOf(q)
	for i := range v.NumField() {
		if n := v.Field(i).Int(); n < 0 {
			return fmt.Errorf("quotas: %s %d: want none below 0", v.Type().Field(i).Name, n)
		}
	}
	return nil
}
