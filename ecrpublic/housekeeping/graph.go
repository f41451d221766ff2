package housekeeping

import (
	"slices"
	"strings"
)

// graph says which images of a repository belong to which others: children to
// their indexes and referrers to their subjects. An image may belong to several.
type graph struct {
	images map[string]*image
	owners map[string][]string // by digest, sorted
	parts  map[string][]string // by digest of the owner, sorted
}

func newGraph(images []*image) *graph {
	g := &graph{images: make(map[string]*image, len(images)), owners: map[string][]string{}, parts: map[string][]string{}}
	for _, image := range images {
		if image.digest != "" {
			g.images[image.digest] = image
		}
	}
	for digest, image := range g.images {
		for _, child := range image.children {
			g.add(digest, child)
		}
		for _, subject := range image.subjects() {
			g.add(subject, digest)
		}
	}
	for _, links := range []map[string][]string{g.owners, g.parts} {
		for digest, list := range links {
			slices.Sort(list)
			links[digest] = slices.Compact(list)
		}
	}
	return g
}

// add notes that part belongs to owner if both are in the repository.
func (g *graph) add(owner, part string) {
	if g.images[owner] != nil && g.images[part] != nil && owner != part {
		g.owners[part] = append(g.owners[part], owner)
		g.parts[owner] = append(g.parts[owner], part)
	}
}

// isPart reports whether an image is deleted with its owners, so that rules
// neither judge nor count it.
func (g *graph) isPart(image *image) bool { return image.isBare() && len(g.owners[image.digest]) > 0 }

// isDangling reports whether the subject of an image is missing from the
// repository.
func (g *graph) isDangling(image *image) bool {
	return slices.ContainsFunc(image.subjects(), func(subject string) bool { return g.images[subject] == nil })
}

// subjects returns the digests that an image is a referrer of, by its manifest
// and its tags.
func (i *image) subjects() (digests []string) {
	if i.subject != "" {
		digests = append(digests, i.subject)
	}
	for _, tag := range i.detail.ImageTags {
		if subject := subjectOfTag(tag); subject != "" {
			digests = append(digests, subject)
		}
	}
	return digests
}

// subjectOfTag returns the digest that a tag such as "sha256-<digest>.sig"
// refers to, or "". Such tags come from the tag schema of the OCI specification
// and from cosign.
func subjectOfTag(tag string) string {
	const digits = 64
	rest, ok := strings.CutPrefix(tag, "sha256-")
	if !ok || len(rest) < digits || len(rest) > digits && rest[digits] != '.' {
		return ""
	}
	return "sha256:" + rest[:digits]
}
