package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"path"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// checkNumber bounds what manifest.json lists. It is what a layout may have, because
// the images become one.
func checkNumber(images []savedImage) error {
	layers := 0
	for _, image := range images {
		layers += len(image.Layers)
	}
	if len(images) > maxManifests || layers > maxDescriptors {
		return fmt.Errorf("%s: more than %d images, or %d layers of them: %w", dockerSaveFile, maxManifests, maxDescriptors, errdef.ErrSizeExceedsLimit)
	}
	return nil
}

// savedConfigs reads the configs of an archive, each once: many images may have the
// same.
type savedConfigs struct {
	tar  *tarFile
	read map[string]savedConfig // by entry
}

// savedConfig is what is kept of a config.
type savedConfig struct {
	entry   string
	digest  digest.Digest
	size    int64
	diffIDs []digest.Digest // of the uncompressed layers
}

func (s savedConfigs) of(ctx context.Context, image savedImage) (savedConfig, error) {
	if err := context.Cause(ctx); err != nil {
		return savedConfig{}, err
	}
	name := path.Clean(image.Config)
	config, ok := s.read[name]
	if !ok {
		var err error
		if config, err = s.tar.readConfig(name); err != nil {
			return config, err
		}
	}
	if len(config.diffIDs) != len(image.Layers) {
		return config, fmt.Errorf("%s: %d diff_ids for %d layers", image.Config, len(config.diffIDs), len(image.Layers))
	}
	s.read[name] = config
	return config, nil
}

func (t *tarFile) readConfig(name string) (config savedConfig, err error) {
	if err := t.checkUnique(name); err != nil {
		return config, err
	}
	data, err := readMetadata(t, name)
	if err != nil {
		return config, err
	}
	if err := manifest.CheckElements(data); err != nil {
		return config, fmt.Errorf("%s: %w", name, err)
	}
	var parsed struct{ RootFS ocispec.RootFS }
	if err := json.Unmarshal(data, &parsed); err != nil {
		return config, fmt.Errorf("%s: %w", name, err)
	}
	for _, d := range parsed.RootFS.DiffIDs {
		if err := d.Validate(); err != nil {
			return config, fmt.Errorf("%s: diff_id %.300q: %w", name, d, err)
		}
	}
	return savedConfig{name, digest.FromBytes(data), int64(len(data)), parsed.RootFS.DiffIDs}, nil
}
