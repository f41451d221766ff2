package registry

import (
	"sync"

	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// shape is what the service's model says of a member: bounds of its length, of
// its number of entries or of its value, and a pattern.
type shape struct {
	min, max   int64 // a max of 0 is no bound
	pattern    *pattern
	constraint func(pattern string) string // how a message names the pattern; nil for mustMatch
	item       *shape                      // of each entry of a list
}

func length(lowest, highest int64) shape { return shape{min: lowest, max: highest} }
func (s shape) matching(p pattern) shape { s.pattern = &p; return s }
func (s shape) of(item shape) shape      { s.item = &item; return s }

// shapes is the model's table of constraints, by the Go name of a member. Where
// an operation differs, its input's name comes before the member's.
var shapes = sync.OnceValue(func() map[string]shape {
	var (
		text              = shape{}
		repositoryName    = length(limits.MinRepositoryName, limits.MaxRepositoryName).matching(repositoryNamePattern)
		registryID        = text.matching(registryIDPattern)
		registryIDOrAlias = length(limits.MinAlias, limits.MaxAlias)
		freeText          = length(0, limits.MaxEntries).of(length(1, limits.MaxEntry))
		position          = shape{} // not negative, as its min is 0
		tagKey            = length(1, 128)
	)
	registryID.constraint = registryIDMustMatch
	return map[string]shape{
		"RepositoryName":  repositoryName,
		"RepositoryNames": length(1, limits.MaxBatch).of(repositoryName),

		"RegistryId":                                  registryID,
		"BatchDeleteImageInput.RegistryId":            registryIDOrAlias,
		"BatchCheckLayerAvailabilityInput.RegistryId": registryIDOrAlias,
		"InitiateLayerUploadInput.RegistryId":         registryIDOrAlias,
		"UploadLayerPartInput.RegistryId":             registryIDOrAlias,
		"CompleteLayerUploadInput.RegistryId":         registryIDOrAlias,
		"PutImageInput.RegistryId":                    registryIDOrAlias,

		"ImageIds":      length(1, limits.MaxBatch),
		"ImageTag":      length(1, limits.MaxTag),
		"ImageManifest": length(1, limits.MaxManifest),

		"LayerDigests": length(1, limits.MaxBatch).of(text.matching(digestPattern)),
		"BatchCheckLayerAvailabilityInput.LayerDigests": length(1, limits.MaxBatch).of(length(0, 1000)),
		"LayerPartBlob": length(0, limits.MaxPart),
		"PartFirstByte": position,
		"PartLastByte":  position,
		"UploadId":      text.matching(uploadIDPattern),

		"MaxResults": length(1, paginators.MaxPageSize),

		"PolicyText": length(0, 10240),

		"Description":      length(0, limits.MaxDescription),
		"AboutText":        length(0, limits.MaxText),
		"UsageText":        length(0, limits.MaxText),
		"Architectures":    freeText,
		"OperatingSystems": freeText,
		"LogoImageBlob":    length(0, limits.MaxLogo),
		"DisplayName":      length(0, 100),

		"ResourceArn": length(1, 2048),
		"Tags":        length(0, 200),
		"TagKeys":     length(0, 200).of(tagKey),
		"Key":         tagKey,
		"Value":       length(0, 256),
	}
})
