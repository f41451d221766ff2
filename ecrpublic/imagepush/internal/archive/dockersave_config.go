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

// savedImages are read one by one, so that there can be no more than a layout may have.
type savedImages []savedImage

// UnmarshalJSON implements json.Unmarshaler.
func (s *savedImages) UnmarshalJSON(data []byte) error {
	return manifest.EachElement(data, func(decoder *json.Decoder) error {
		var image savedImage
		err := decoder.Decode(&image)
		*s = append(*s, image)
		return err
	})
}

// checkNumber bounds what manifest.json lists. It is what a layout may have, because
// the images become one.
func checkNumber(images []savedImage) error {
	names, layers := 0, 0
	for _, image := range images {
		names += max(1, len(image.RepoTags)) // each is listed like an image
		layers += len(image.Layers)
	}
	if names > maxManifests || layers > maxDescriptors {
		return fmt.Errorf("%s: more than %d images and names, or %d layers of them: %w", dockerSaveFile, maxManifests, maxDescriptors, errdef.ErrSizeExceedsLimit)
	}
	return nil
}

// savedConfigs reads the configs of an archive, each once: many images may have the
// same. Those of artifacts may be anything.
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
	err     error           // why it is not the config of an image, if so
}

// check fails if it is not the config of an image with these layers.
func (c savedConfig) check(image savedImage) error {
	if c.err == nil && len(c.diffIDs) != len(image.Layers) {
		return fmt.Errorf("%s: %d diff_ids for %d layers", image.Config, len(c.diffIDs), len(image.Layers))
	}
	return c.err
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
	config = savedConfig{entry: name, digest: digest.FromBytes(data), size: int64(len(data))}
	config.diffIDs, config.err = parseDiffIDs(name, data)
	return config, nil
}

// parseDiffIDs parses the config of an image.
func parseDiffIDs(name string, config []byte) ([]digest.Digest, error) {
	if err := manifest.CheckElements(config); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var parsed struct{ RootFS ocispec.RootFS }
	if err := json.Unmarshal(config, &parsed); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, d := range parsed.RootFS.DiffIDs {
		if err := d.Validate(); err != nil {
			return nil, fmt.Errorf("%s: diff_id %.300q: %w", name, d, err)
		}
	}
	return parsed.RootFS.DiffIDs, nil
}
