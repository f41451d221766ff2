package paginators

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/paging"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	maxPageSize = 1000
	maxPrefetch = 1000 // bounds the memory, and is far beyond use
)

// pager is an official paginator.
type pager[Out any] interface {
	NextPage(context.Context, ...func(*ecrpublic.Options)) (*Out, error)
}

// newPaginator keeps what is wrong with the settings for the listings to report.
func newPaginator[Out, Item any](
	config *types.PaginatorConfig, optFns []func(*Options),
	start func(token *string, size *int32) pager[Out], fields func(*Out) (*[]Item, **string),
) *Paginator[Out, Item] {
	p := &Paginator[Out, Item]{start: start, fields: fields, maxItems: math.MaxInt}
	for _, fn := range optFns {
		fn(&p.options)
	}
	c := *cmp.Or(config, &types.PaginatorConfig{})
	p.size = c.PageSize
	if c.MaxItems != nil {
		p.maxItems = int(*c.MaxItems)
	}
	known := true
	if c.StartingToken != nil {
		p.from, known = paging.ParsePosition(*c.StartingToken)
	}
	switch {
	case p.maxItems < 1:
		p.err = &ConfigError{"PaginationConfig.MaxItems", "must be at least 1"}
	case p.size != nil && (*p.size < 1 || *p.size > maxPageSize):
		p.err = &ConfigError{"PaginationConfig.PageSize", fmt.Sprintf("must be 1 to %d", maxPageSize)}
	case !known:
		p.err = &ConfigError{"PaginationConfig.StartingToken", "must be a token of the service, or a resume token as this library and botocore make it"}
	case p.options.Prefetch < 0 || p.options.Prefetch > maxPrefetch:
		p.err = &ConfigError{"Options.Prefetch", fmt.Sprintf("must be 0 to %d", maxPrefetch)}
	}
	return p
}

// span is the part of a listing that a page covers.
type span struct {
	from paging.Position
	rest int     // how many items the service has from there to the page's end
	next *string // asks for the next page; nil on the last one
}

// after is the place behind n items of the span, and whether anything is left.
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

// walk fetches one page after the other. It keeps 8 bytes of each token to know
// it again; a million pages mistake one for another once in 30 million listings.
func (p *Paginator[Out, Item]) walk(ctx context.Context) iter.Seq2[page[Out], error] {
	return func(yield func(page[Out], error) bool) {
		pages, from, left := p.start(p.from.Token, p.size), p.from, p.maxItems
		seed, seen := maphash.MakeSeed(), map[uint64]bool{}
		for {
			got, err := p.fetch(ctx, pages, from, left)
			if !yield(got, err) || got.next == nil || got.count == left {
				return
			}
			token := maphash.String(seed, *got.next)
			if seen[token] {
				yield(page[Out]{}, ErrRepeatedToken)
				return
			}
			seen[token] = true
			from, left = paging.Position{Token: got.next}, left-got.count
		}
	}
}

// fetch gets a page and cuts it to the items from a place on, up to a limit.
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
