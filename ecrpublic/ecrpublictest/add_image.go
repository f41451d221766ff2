package ecrpublictest

// AddImage puts a small image into a repository, points the tags at it, and
// returns its digest. It creates the repository if it is missing, and the image
// is different each time. Faults do not apply to it, and no request is
// recorded. Without tags, the image is untagged. It fails, as the API does, if
// a name or a tag is invalid or a quota is exhausted; what it did before stays.
func (h *Handler) AddImage(repository string, tags ...string) (digest string, err error) {
	return h.store.AddImage(repository, tags...)
}
