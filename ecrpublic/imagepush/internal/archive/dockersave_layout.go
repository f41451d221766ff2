package archive

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
)

// savedNames are the manifests that manifest.json means by a name.
type savedNames map[string]map[digest.Digest]bool

// add adds the name of an image, and its tag alone.
func (s savedNames) add(tag string, d digest.Digest) {
	for _, name := range append(shortNames(tag), tag[strings.LastIndexByte(tag, ':')+1:]) {
		if s[name] == nil {
			s[name] = map[digest.Digest]bool{}
		}
		s[name][d] = true
	}
}

// checkSaved compares the two lists of an archive. Every image in manifest.json must
// also be reachable from index.json, a complete image that index.json names must lead
// to one in manifest.json, and a name must mean the same image in both. Docker leaves
// images without a tag out of index.json if others have one.
func (l *Layout) checkSaved(ctx context.Context, saved savedConfigs, images []savedImage) error {
	byConfig := map[digest.Digest][]node{}
	for _, n := range l.manifests {
		if config := l.config(n.desc); config != "" {
			byConfig[config] = append(byConfig[config], n)
		}
	}
	hasNames := slices.ContainsFunc(l.Images, func(image ocispec.Descriptor) bool { return len(Names(image)) > 0 })
	mayLack := hasNames || madeOnSaving(images)
	l.saved = map[digest.Digest]bool{}
	named := savedNames{}
	compared := 0
	for _, image := range images {
		config, err := saved.of(ctx, image)
		if err != nil {
			return err
		}
		nodes := byConfig[config.digest]
		if len(nodes) == 0 && mayLack && len(image.RepoTags) == 0 {
			continue
		}
		if compared += len(nodes) * max(1, len(image.RepoTags)); compared > maxDescriptors {
			return fmt.Errorf("%s: more than %d names, or images that have a config together: %w", dockerSaveFile, maxDescriptors, errdef.ErrSizeExceedsLimit)
		}
		same := slices.DeleteFunc(slices.Clone(nodes), func(n node) bool { return !image.hasLayers(config, n.blobs[1:]) })
		switch {
		case len(nodes) == 0 && len(image.RepoTags) == 0:
			return fmt.Errorf("%s lists an image without a tag, with config %s, that %s does not list: save images by their tags, or each by itself", dockerSaveFile, config.digest, ocispec.ImageIndexFile)
		case len(nodes) == 0:
			return fmt.Errorf("%s names an image with config %s, but %s does not", dockerSaveFile, config.digest, ocispec.ImageIndexFile)
		case len(same) == 0:
			return fmt.Errorf("the image with config %s has other layers in %s than in %s", config.digest, dockerSaveFile, ocispec.ImageIndexFile)
		}
		for _, n := range same {
			l.saved[n.desc.Digest] = true
			for _, tag := range image.RepoTags {
				named.add(tag, n.desc.Digest)
			}
		}
	}
	for _, root := range l.Images {
		if err := l.checkRoot(root, named); err != nil {
			return err
		}
	}
	return nil
}

// hasLayers reports whether manifest.json gives an image the layers of a manifest
// that has the same config. An entry among the blobs has the digest of the layer,
// compressed or not. Of any other entry only the config can say what it is, which the
// configs of artifacts do not.
func (i savedImage) hasLayers(config savedConfig, layers []ocispec.Descriptor) bool {
	if len(i.Layers) != len(layers) {
		return false
	}
	known := config.check(i) == nil
	for at, layer := range layers {
		entry := path.Clean(i.Layers[at])
		switch {
		case isBlob(entry, layer.Digest), known && isBlob(entry, config.diffIDs[at]):
		case !known, strings.HasPrefix(entry, ocispec.ImageBlobsDir+"/"):
			return false
		}
	}
	return true
}

// isBlob reports whether an entry is where a layout has the blob of a digest.
func isBlob(entry string, d digest.Digest) bool {
	name, err := blobPath(d)
	return err == nil && name == entry
}

// checkRoot checks an image of index.json. One without a name is pushed only if the
// caller names its digest, or if there is no other.
func (l *Layout) checkRoot(root ocispec.Descriptor, named savedNames) error {
	names := Names(root)
	if len(names) == 0 {
		return nil
	}
	reached := map[digest.Digest]bool{}
	complete, listed := false, false
	for _, image := range l.leaves(root) {
		reached[image.Digest] = true
		complete = complete || l.missing(image) == ""
		listed = listed || l.saved[image.Digest]
	}
	if complete && !listed {
		return fmt.Errorf("%s lists image %s, but %s does not", ocispec.ImageIndexFile, root.Digest, dockerSaveFile)
	}
	for _, name := range names {
		same := len(named[name]) == 0
		for d := range named[name] {
			same = same || reached[d]
		}
		if !same {
			return fmt.Errorf("%q is image %s in %s, but another one in %s", name, root.Digest, ocispec.ImageIndexFile, dockerSaveFile)
		}
	}
	return nil
}
