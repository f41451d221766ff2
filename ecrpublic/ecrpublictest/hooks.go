package ecrpublictest

// hooks let faults change what the store answers, where a change of the HTTP
// exchange would not do. A nil func is off. All of them are called with the
// store's lock held and must not call back into it.
type hooks struct {
	// pageLimit returns how many items a page of an operation may hold, given
	// the number that was asked for; less than 1 counts as 1.
	pageLimit func(operation string, wanted int) int

	// nextToken returns the token that a page answers with, given the one that
	// was asked for ("" on the first page) and the right one ("" on the last).
	nextToken func(operation, requested, next string) string

	// visible tells whether an operation sees a repository that exists. Creating
	// a repository does not ask.
	visible func(operation, repository string) bool
}

func (h *hooks) limit(operation string, wanted int) int {
	if h.pageLimit == nil {
		return wanted
	}
	return max(1, h.pageLimit(operation, wanted))
}

func (h *hooks) token(operation, requested, next string) string {
	if h.nextToken == nil {
		return next
	}
	return h.nextToken(operation, requested, next)
}

func (h *hooks) sees(operation, repository string) bool {
	return h.visible == nil || h.visible(operation, repository)
}
