package housekeeping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/types"
)

// Reason says why an image is deleted or stays.
type Reason string

// Values of [Reason]. The first two delete an image, the others keep it.
const (
	// A rule expires the image.
	ReasonExpired Reason = "expired"
	// The image is a child or referrer of images that are all deleted.
	ReasonOwnerDeleted Reason = "owner deleted"
	// The image is a child or referrer of one that is kept.
	ReasonOwnerKept Reason = "owner kept"
	// A rule selects the image but does not expire it.
	ReasonRetained Reason = "retained"
	// One of the policy's KeepTags matches.
	ReasonKeepTag Reason = "keep tag"
	// No rule selects the image.
	ReasonNotSelected Reason = "not selected"
	// The image was pushed less than [PruneOptions.Grace] ago.
	ReasonRecent Reason = "pushed recently"
	// Something that could forbid the deletion is unknown; see
	// [Decision.Unknown].
	ReasonUnknown Reason = "unknown"
)

// Decision is a [Plan]'s decision about one image.
type Decision struct {
	// Image is the image as the service described it.
	Image types.ImageDetail

	// Reason says why the image is deleted or stays.
	Reason Reason

	// Rule is the name of the rule that decided about the image; empty if none
	// did.
	Rule string

	// Owner is the digest of the image that this one is a child or referrer of,
	// if that was the reason.
	Owner string

	// Owners are the digests of all images in the repository that this one is
	// known to be a child or referrer of. The image is not deleted before they
	// are gone.
	Owners []string

	// Unknown says what is unknown if the reason is [ReasonUnknown], such as
	// "manifest not readable" or "push time missing".
	Unknown string
}

// Deletes reports whether the plan deletes the image.
func (d Decision) Deletes() bool {
	return d.Reason == ReasonExpired || d.Reason == ReasonOwnerDeleted
}

// Why returns the reason, with the rule, the owner or the unknown that it
// refers to.
func (d Decision) Why() string {
	switch d.Reason {
	case ReasonExpired, ReasonRetained:
		return fmt.Sprintf("%s: %s", d.Reason, d.Rule)
	case ReasonOwnerDeleted, ReasonOwnerKept:
		return fmt.Sprintf("%s: %s", d.Reason, d.Owner)
	case ReasonUnknown:
		return fmt.Sprintf("%s: %s", d.Reason, d.Unknown)
	}
	return string(d.Reason)
}

// Plan says what a policy does to a repository. You may change it before applying
// it: [Plan.Apply] deletes what is in Delete, except children and referrers of
// images that stay.
type Plan struct {
	// Repository is the repository's name.
	Repository string

	// RegistryId is the account of the images, from the service's responses.
	// Images are deleted in this account only. Empty if no response names it.
	RegistryId string

	// Delete lists the images to delete: owners before their children and
	// referrers, then indexes first, then the oldest first.
	Delete []Decision

	// Keep lists the images that stay, newest first.
	Keep []Decision

	// GraphError says why manifests could not be read, or subjects that were not
	// listed could not be looked up; nil if all that matter were. Images that may
	// be children of an unread manifest are kept, and so are referrers of what may
	// be there.
	GraphError error
}

// Unknown counts the images that the plan keeps because something that could
// forbid their deletion is unknown.
func (p *Plan) Unknown() int {
	n := 0
	for _, d := range p.Keep {
		if d.Reason == ReasonUnknown {
			n++
		}
	}
	return n
}

// fill expects verdicts sorted newest first.
func (p *Plan) fill(verdicts []*verdict) {
	var deleted []*verdict
	for _, v := range verdicts {
		if v.deleted {
			deleted = append(deleted, v)
		} else {
			p.Keep = append(p.Keep, v.Decision)
		}
	}
	slices.Reverse(deleted)
	isImage := func(v *verdict) int {
		if isIndex(v.Image) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(deleted, func(a, b *verdict) int {
		return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(isImage(a), isImage(b)))
	})
	for _, v := range deleted {
		p.Delete = append(p.Delete, v.Decision)
	}
}

// Bytes returns the size of the images to delete, without indexes. It is the
// most that a prune can free, because images share layers with each other and
// with those that stay.
func (p *Plan) Bytes() int64 {
	var bytes int64
	for _, d := range p.Delete {
		if !isIndex(d.Image) {
			bytes += aws.ToInt64(d.Image.ImageSizeInBytes)
		}
	}
	return bytes
}

// String returns a summary and a table with a line for each image, those to
// delete first.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: delete %d of %d images, up to %d bytes\n", p.Repository, len(p.Delete), len(p.Delete)+len(p.Keep), p.Bytes())
	if n := p.Unknown(); n > 0 {
		fmt.Fprintf(&b, "images kept because something is not known about them: %d\n", n)
	}
	if p.GraphError != nil {
		fmt.Fprintf(&b, "some manifests could not be read: %v\n", p.GraphError)
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, d := range slices.Concat(p.Delete, p.Keep) {
		action := "keep"
		if i < len(p.Delete) {
			action = "delete"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", action, aws.ToString(d.Image.ImageDigest), strings.Join(d.Image.ImageTags, ","), d.Why())
	}
	table.Flush()
	return b.String()
}
