package housekeeping

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/types"
)

// graph tells which images of a repository belong to which others: children to
// their indexes and referrers to their subjects.
type graph struct {
	images map[string]types.ImageDetail
	parts  map[string][]string // owner to parts
	owned  map[string]bool     // parts
	whole  bool                // every manifest was read
}

func newGraph(images []types.ImageDetail) *graph {
	g := &graph{images: map[string]types.ImageDetail{}, parts: map[string][]string{}, owned: map[string]bool{}}
	for _, image := range images {
		g.images[aws.ToString(image.ImageDigest)] = image
	}
	for digest, image := range g.images {
		for _, tag := range image.ImageTags {
			g.add(subjectOfTag(tag), digest)
		}
	}
	return g
}

// add notes that part belongs to owner if both are in the repository.
func (g *graph) add(owner, part string) {
	if _, ok := g.images[owner]; !ok {
		return
	}
	if _, ok := g.images[part]; !ok {
		return
	}
	g.parts[owner] = append(g.parts[owner], part)
	g.owned[part] = true
}

// isPart tells whether an image is judged by what it belongs to and not by the
// rules.
func (g *graph) isPart(image types.ImageDetail) bool {
	for _, tag := range image.ImageTags {
		if subjectOfTag(tag) == "" {
			return false
		}
	}
	return g.owned[aws.ToString(image.ImageDigest)]
}

// subjectOfTag returns the digest that a tag such as "sha256-<digest>.sig" is
// about, or "". Such tags come from the tag schema of the OCI specification and
// from cosign.
func subjectOfTag(tag string) string {
	const digits = 64
	rest, ok := strings.CutPrefix(tag, "sha256-")
	if !ok || len(rest) < digits || len(rest) > digits && rest[digits] != '.' {
		return ""
	}
	return "sha256:" + rest[:digits]
}

func isIndex(image types.ImageDetail) bool {
	return manifest.IsIndex(aws.ToString(image.ImageManifestMediaType))
}

// unread lists the images whose manifests may say more than their descriptions:
// indexes for their children, and untagged images for their subject.
func (g *graph) unread() (digests []string) {
	for digest, image := range g.images {
		if isIndex(image) || len(image.ImageTags) == 0 {
			digests = append(digests, digest)
		}
	}
	return digests
}

func (g *graph) addManifest(digest string, m manifest.Manifest) {
	for _, child := range m.Manifests {
		g.add(digest, child.Digest.String())
	}
	if m.Subject != nil {
		g.add(m.Subject.Digest.String(), digest)
	}
}

// decide judges the images, which are sorted newest first: the rules judge those
// that are no parts, and these pass it on to their parts. To be kept counts for
// more than to be deleted.
func (g *graph) decide(policy Policy, images []types.ImageDetail, now time.Time) []Decision {
	judged := policy.evaluate(slices.DeleteFunc(slices.Clone(images), func(image types.ImageDetail) bool {
		return g.isPart(image) && !anyTagMatches(image.ImageTags, policy.KeepTags)
	}), now, g.whole)
	decisions := make(map[string]Decision, len(images))
	var kept, deleted []string
	for _, d := range judged {
		digest := aws.ToString(d.Image.ImageDigest)
		decisions[digest] = d
		if d.Deletes() {
			deleted = append(deleted, digest)
		} else {
			kept = append(kept, digest)
		}
	}
	g.passOn(kept, ReasonOwnerKept, decisions)
	g.passOn(deleted, ReasonOwnerDeleted, decisions)
	all := make([]Decision, len(images))
	for i, image := range images {
		d, ok := decisions[aws.ToString(image.ImageDigest)]
		if !ok {
			d = Decision{Image: image, Reason: ReasonNotSelected}
		}
		all[i] = d
	}
	return all
}

// passOn gives a reason to the parts of owners, to their parts, and so on. Only
// a reason to keep replaces a decision, and only one to delete.
func (g *graph) passOn(owners []string, reason Reason, decisions map[string]Decision) {
	for len(owners) > 0 {
		owner := owners[0]
		owners = owners[1:]
		if decisions[owner].Deletes() != (reason == ReasonOwnerDeleted) {
			continue
		}
		for _, part := range slices.Sorted(slices.Values(g.parts[owner])) {
			d, decided := decisions[part]
			if decided && (reason == ReasonOwnerDeleted || !d.Deletes()) {
				continue
			}
			decisions[part] = Decision{Image: g.images[part], Reason: reason, Rule: d.Rule, Owner: owner}
			owners = append(owners, part)
		}
	}
}
