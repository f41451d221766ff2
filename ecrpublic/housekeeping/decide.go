package housekeeping

import "time"

// terms holds what the decisions depend on besides the images.
type terms struct {
	policy Policy
	now    time.Time
	grace  time.Duration
}

// judgement decides about images from what is known of them. It never deletes an
// image that it would keep if it knew more: an image is deleted only if a rule
// expires it or if it has owners, and only if all its owners are deleted.
// Nothing that could forbid the deletion may be unknown, and unknown images are
// not counted against others.
type judgement struct {
	terms
	*graph

	// hopeful makes decide assume the contents of unread manifests that delete
	// the most, which gives every image that could be deleted once all are read.
	hopeful bool

	blocker  *image // one that may be any other image or its index, or nil
	verdicts map[string]*verdict
}

// verdict is the decision about an image.
type verdict struct {
	Decision
	image   *image
	deleted bool
	level   int // of what is deleted: how many owners are above it
}

// decide returns a verdict for each image, in the order of the images, which is
// newest first.
func (t terms) decide(images []*image, hopeful bool) []*verdict {
	j := judgement{terms: t, graph: newGraph(images), hopeful: hopeful, verdicts: make(map[string]*verdict, len(images))}
	for _, image := range images {
		if image.digest == "" || image.mayBeIndex() && image.unread != "" && !hopeful {
			j.blocker = image
		}
	}
	verdicts := make([]*verdict, len(images))
	candidates := make([]candidate, 0, len(images))
	for i, image := range images {
		v := &verdict{image: image, Decision: Decision{Image: image.detail, Reason: ReasonNotSelected, Owners: j.owners[image.digest]}}
		v.Unknown = j.unknown(image)
		switch {
		case anyTagMatches(image.detail.ImageTags, t.policy.KeepTags):
			v.Reason = ReasonKeepTag
		case !j.isPart(image):
			candidates = append(candidates, candidate{&v.Decision, j.counts(v)})
		}
		verdicts[i], j.verdicts[image.digest] = v, v
	}
	t.policy.evaluate(candidates, t.now)
	j.delete(verdicts)
	for _, v := range verdicts {
		j.explain(v)
	}
	return verdicts
}

// unknown says what could forbid the deletion of an image but is not known.
func (j judgement) unknown(image *image) string {
	switch {
	case image.digest == "":
		return "digest missing"
	case image.doubt != "":
		return image.doubt
	case image.unread != "" && !j.hopeful:
		return image.unread
	case image.detail.ImagePushedAt == nil:
		return "push time missing"
	}
	return ""
}

// counts reports whether rules that count may count an image. A recent one without
// a tag may be a child of an index that is just being pushed.
func (j judgement) counts(v *verdict) bool {
	return v.Unknown == "" && !(v.image.isBare() && j.isRecent(v.image))
}

// isRecent reports whether an image is within the grace period.
func (t terms) isRecent(image *image) bool {
	return t.grace > 0 && image.detail.ImagePushedAt != nil && t.now.Sub(*image.detail.ImagePushedAt) < t.grace
}

// mayGo reports whether an image is deleted once all its owners are.
func (j judgement) mayGo(v *verdict) bool {
	if v.Reason == ReasonKeepTag || v.Unknown != "" || j.blocker != nil || j.isRecent(v.image) {
		return false
	}
	return v.Reason == ReasonExpired || j.isPart(v.image) || j.hopeful && v.image.unread != "" && len(v.image.detail.ImageTags) == 0
}

// delete marks the images to delete, each after all its owners. Images that
// own each other in a cycle stay.
func (j judgement) delete(verdicts []*verdict) {
	left := make(map[string]int, len(j.owners))
	var next []*verdict
	for _, v := range verdicts {
		if left[v.image.digest] = len(v.Owners); len(v.Owners) == 0 && j.mayGo(v) {
			next = append(next, v)
		}
	}
	for len(next) > 0 {
		v := next[0]
		next = next[1:]
		v.deleted = true
		for _, digest := range j.parts[v.image.digest] {
			part := j.verdicts[digest]
			left[digest]--
			part.level = max(part.level, v.level+1)
			if left[digest] == 0 && j.mayGo(part) {
				next = append(next, part)
			}
		}
	}
}

// explain gives a verdict its final reason.
func (j judgement) explain(v *verdict) {
	isPart := j.isPart(v.image)
	couldGo := isPart || v.Reason == ReasonExpired
	var keptOwner string
	for _, owner := range v.Owners {
		if !j.verdicts[owner].deleted {
			keptOwner = owner
			break
		}
	}
	switch {
	case v.Reason == ReasonKeepTag:
		v.Unknown = ""
	case v.deleted && isPart:
		v.Reason, v.Owner = ReasonOwnerDeleted, v.Owners[0]
	case v.deleted:
	case v.Unknown != "":
		v.Reason = ReasonUnknown
	case keptOwner != "" && couldGo:
		v.Reason, v.Owner = ReasonOwnerKept, keptOwner
	case j.blocker != nil && (couldGo || v.image.isBare()):
		v.Reason, v.Unknown = ReasonUnknown, "the digest of an image is missing"
		if j.blocker.digest != "" {
			v.Unknown, v.Owner = "may belong to "+j.blocker.digest+": "+j.blocker.unread, j.blocker.digest
		}
	case couldGo:
		v.Reason = ReasonRecent
	}
}
