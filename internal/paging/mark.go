package paging

import "context"

type marked struct{}

// MarkContext tells the client that a request is made by a paginator, which it
// reports in the User-Agent header.
func MarkContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, marked{}, true)
}

// Marked reports whether [MarkContext] made the context.
func Marked(ctx context.Context) bool { return ctx.Value(marked{}) != nil }
