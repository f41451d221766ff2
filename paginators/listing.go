package paginators

import (
	"context"
	"iter"
	"slices"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// span is the part of a listing that a page covers.
type span struct {
	from paging.Position
	rest int     // how many items the service has from there to the page's end
	next *string // asks for the next page; nil on the last one
}

// after returns the position just past n items of the span, and whether
// anything is left.
func (s span) after(n int) (paging.Position, bool) {
	if n < s.rest {
		return paging.Position{Token: s.from.Token, Skip: s.from.Skip + n}, true
	}
	return paging.Position{Token: s.next}, s.next != nil
}

// page is a response, cut to count items.
type page[Out any] struct {
	span
	out   *Out
	count int
}

// source fetches the pages, ahead of its consumer if the options ask for it.
func (p *Paginator[Out, Item]) source(ctx context.Context) iter.Seq2[page[Out], error] {
	if p.err != nil {
		return func(yield func(page[Out], error) bool) { yield(page[Out]{}, p.err) }
	}
	if p.options.Prefetch > 0 {
		return paging.Ahead(ctx, p.options.Prefetch, p.walk)
	}
	return p.walk(ctx)
}

// walk fetches one page after the other. It remembers the tokens to detect a
// repetition.
func (p *Paginator[Out, Item]) walk(ctx context.Context) iter.Seq2[page[Out], error] {
	return func(yield func(page[Out], error) bool) {
		pages, from, left, seen := p.start(p.from.Token, p.size), p.from, p.maxItems, map[string]bool{}
		for {
			got, err := p.fetch(ctx, pages, from, left)
			if !yield(got, err) || got.next == nil || got.count == left {
				return
			}
			if seen[*got.next] {
				yield(page[Out]{}, ErrRepeatedToken)
				return
			}
			seen[*got.next] = true
			from, left = paging.Position{Token: got.next}, left-got.count
		}
	}
}

// fetch gets a page and cuts it to the items from a position on, up to a
// limit.
func (p *Paginator[Out, Item]) fetch(ctx context.Context, pages pager[Out], from paging.Position, limit int) (page[Out], error) {
	if err := ctx.Err(); err != nil {
		return page[Out]{}, err
	}
	out, err := pages.NextPage(ctx, p.options.ClientOptions...)
	if err != nil {
		return page[Out]{}, err
	}
	items, next := p.fields(out)
	rest := (*items)[min(from.Skip, len(*items)):]
	got := page[Out]{span{from, len(rest), *next}, out, min(limit, len(rest))}
	if got.next != nil && *got.next == "" {
		got.next = nil
	}
	if got.count < len(*items) {
		got.out = new(*out) // the client's own stays whole
		cut, _ := p.fields(got.out)
		*cut = slices.Clone(rest[:got.count])
	}
	return got, nil
}
