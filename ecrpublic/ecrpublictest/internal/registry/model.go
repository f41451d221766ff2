package registry

import (
	"maps"
	"slices"
	"time"

	"github.com/ecr-public/ecr-public-go/types"
)

// registryState is what is kept of the registry itself.
type registryState struct {
	Secret      []byte // seals tokens
	Open        bool   // there was a first repository, and with it an alias
	DisplayName string
}

// repositoryState is what is kept of a repository apart from its content.
type repositoryState struct {
	ID        string // of this repository and not of a later one of the same name
	Name      string
	CreatedAt time.Time
	Catalog   types.RepositoryCatalogData
	Policy    string // "" for none
	Tags      []types.Tag
}

// repository is a repository with its content.
type repository struct {
	repositoryState
	layers     map[string]*layer // by digest
	images     map[string]*Image // by digest
	tags       map[string]*tag   // by name
	imageOrder ordered[*Image]   // as the API lists them
	tagOrder   ordered[*tag]     // as the API lists them
	tagNames   ordered[*tag]     // as the registry lists them
}

func newRepository(state repositoryState) *repository {
	return &repository{
		repositoryState: state,
		layers:          map[string]*layer{},
		images:          map[string]*Image{},
		tags:            map[string]*tag{},
	}
}

// layer is a blob of a repository. MediaType is known once an image refers to it.
type layer struct {
	Digest    string
	Size      int64
	mediaType string
}

// tag is a name for an image.
type tag struct {
	Name   string
	Digest string
	SetAt  time.Time
}

// Image is a manifest of a repository, with what is derived from it.
type Image struct {
	Digest    string
	Manifest  []byte
	MediaType string
	PushedAt  time.Time

	references
	size    int64
	tags    []string        // in the order they were set
	parents map[string]bool // digests of the indexes that refer to it
}

func (r *repository) addLayer(l *layer) { r.layers[l.Digest] = l }

func (r *repository) addImage(img *Image) {
	img.parents = map[string]bool{}
	img.size = r.sizeOf(img)
	r.images[img.Digest] = img
	r.imageOrder.insert(listingKey(img.Digest), img)
	for _, blob := range img.blobs {
		if l := r.layers[blob.digest]; l != nil && l.mediaType == "" {
			l.mediaType = blob.mediaType
		}
	}
	for _, child := range img.children {
		r.images[child].parents[img.Digest] = true
	}
}

// sizeOf is the sum of an image's layers, without its config, and for an index
// the largest of its images.
func (r *repository) sizeOf(img *Image) int64 {
	var size int64
	for _, blob := range img.blobs {
		if blob.config {
			continue
		}
		if l := r.layers[blob.digest]; l != nil {
			size += l.Size
		} else {
			size += blob.size
		}
	}
	for _, child := range img.children {
		size = max(size, r.images[child].size)
	}
	return size
}

func (r *repository) removeImage(digest string) {
	img := r.images[digest]
	for _, name := range slices.Clone(img.tags) {
		r.removeTag(name)
	}
	for _, child := range img.children {
		delete(r.images[child].parents, digest)
	}
	delete(r.images, digest)
	r.imageOrder.remove(listingKey(digest))
}

// setTag points a tag at an image, away from the one it may have pointed at.
func (r *repository) setTag(t *tag) {
	r.removeTag(t.Name)
	r.tags[t.Name] = t
	r.tagOrder.insert(listingKey(t.Name), t)
	r.tagNames.insert(t.Name, t)
	img := r.images[t.Digest]
	img.tags = append(img.tags, t.Name)
}

func (r *repository) removeTag(name string) {
	t := r.tags[name]
	if t == nil {
		return
	}
	img := r.images[t.Digest]
	img.tags = slices.DeleteFunc(img.tags, func(n string) bool { return n == name })
	delete(r.tags, name)
	r.tagOrder.remove(listingKey(name))
	r.tagNames.remove(name)
}

// indexes returns the digests of the indexes that refer to the image, sorted.
func (img *Image) indexes() []string { return slices.Sorted(maps.Keys(img.parents)) }
