package housekeeping

import (
	"slices"
	"strings"
)

// graph says which images of a repository belong to which others: children to
// their indexes and referrers to their subjects. An image may belong to several.
type graph struct {
	images  map[string]*image
	owners  map[string][]string // by digest, sorted
	parts   map[string][]string // by digest of the owner, sorted
	follows map[string]bool     // whether an image without other tags is deleted with its owners, by digest
}

func newGraph(images []*image) *graph {
	g := &graph{images: make(map[string]*image, len(images)), owners: map[string][]string{}, parts: map[string][]string{}, follows: map[string]bool{}}
	for _, image := range images {
		if image.digest != "" {
			g.images[image.digest] = image
		}
	}
	for digest, image := range g.images {
		for _, child := range image.children {
			g.follows[child] = g.add(digest, child) || g.follows[child]
		}
		for _, subject := range image.taggedSubjects() {
			g.follows[digest] = g.add(subject, digest) || g.follows[digest]
		}
		// The manifest of an image with tags is read only before its deletion.
		// Its subject keeps the image, but does not take it along.
		if isOwner := g.add(image.subject, digest); len(image.detail.ImageTags) == 0 {
			g.follows[digest] = isOwner || g.follows[digest]
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

// add notes that part belongs to owner if both are in the repository, and reports
// whether they are.
func (g *graph) add(owner, part string) bool {
	if g.images[owner] == nil || g.images[part] == nil || owner == part {
		return false
	}
	g.owners[part] = append(g.owners[part], owner)
	g.parts[owner] = append(g.parts[owner], part)
	return true
}

// isPart reports whether an image is deleted with its owners, so that rules
// neither judge nor count it.
func (g *graph) isPart(image *image) bool { return image.isBare() && g.follows[image.digest] }

// subjects returns the digests that an image is a referrer of, by its manifest
// and its tags.
func (i *image) subjects() []string {
	digests := i.taggedSubjects()
	if i.subject != "" {
		digests = append(digests, i.subject)
	}
	return digests
}

// taggedSubjects returns the digests that the tags of an image refer to.
func (i *image) taggedSubjects() (digests []string) {
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
