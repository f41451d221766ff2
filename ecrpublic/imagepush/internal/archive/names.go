package archive

import (
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// annotationImageName is where Docker and containerd write an image's whole name;
// the name of OCI is then no more than the tag.
const annotationImageName = "io.containerd.image.name"

// Names returns the names that users may use for an image of index.json, or of the
// list that docker save's is turned into, the most specific first.
func Names(image ocispec.Descriptor) (names []string) {
	for _, key := range []string{annotationImageName, ocispec.AnnotationRefName} {
		if name := image.Annotations[key]; name != "" {
			names = append(names, shortNames(name)...)
		}
	}
	return names
}

// shortNames returns a name, and before it the form that docker shows if there is one.
func shortNames(name string) []string {
	if short, ok := strings.CutPrefix(name, "docker.io/"); ok {
		return []string{strings.TrimPrefix(short, "library/"), name}
	}
	return []string{name}
}
