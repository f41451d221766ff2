package registry

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *Store) BatchCheckLayerAvailability(in *ecrpublic.BatchCheckLayerAvailabilityInput) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.target(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	out := &ecrpublic.BatchCheckLayerAvailabilityOutput{Layers: []types.Layer{}, Failures: []types.LayerFailure{}}
	for _, digest := range in.LayerDigests {
		switch {
		case digest == "":
			out.Failures = append(out.Failures, layerFailure(digest, types.LayerFailureCodeMissingLayerDigest, reasonLayerMissing))
		case !digestPattern.matches(digest):
			out.Failures = append(out.Failures, layerFailure(digest, types.LayerFailureCodeInvalidLayerDigest, reasonPattern("layer digest", digestPattern)))
		default:
			out.Layers = append(out.Layers, r.checkLayer(digest))
		}
	}
	return out, nil
}

func layerFailure(digest string, code types.LayerFailureCode, reason string) types.LayerFailure {
	return types.LayerFailure{LayerDigest: &digest, FailureCode: code, FailureReason: &reason}
}

// checkLayer reports whether a layer exists; a missing one is not a failure.
func (r *repository) checkLayer(digest string) types.Layer {
	l := r.layers[digest]
	if l == nil {
		return types.Layer{LayerDigest: &digest, LayerAvailability: types.LayerAvailabilityUnavailable}
	}
	return types.Layer{
		LayerDigest:       &digest,
		LayerAvailability: types.LayerAvailabilityAvailable,
		LayerSize:         aws.Int64(l.Size),
		MediaType:         OrAbsent(&l.mediaType),
	}
}
