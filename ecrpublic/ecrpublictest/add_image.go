package ecrpublictest

// AddImage puts a small image into a repository, points the tags at it, and
// returns its digest. It creates the repository if it is missing, and the image
// is different each time, so that a test can begin with whatever it needs; no
// fault happens to it and no request is recorded. Without tags the image is
// untagged. It fails, as the API does, when a name or a tag is invalid or a
// quota is used up; what it did until then stays.
func (h *Handler) AddImage(repository string, tags ...string) (digest string, err error) {
	return h.store.AddImage(repository, tags...)
}
