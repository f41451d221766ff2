package paginators

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/paging"
	"github.com/ecr-public/ecr-public-go/types"
)

// ErrRepeatedToken ends a listing that would never end, because the service
// returned the same next token twice.
var ErrRepeatedToken = errors.New("paginators: the service returned the same next token twice")

// ConfigError reports an invalid setting.
type ConfigError struct {
	// Field is the setting, such as "PaginationConfig.MaxItems".
	Field string

	// Problem completes the sentence that Field begins.
	Problem string
}

// Error names the field and its allowed values.
func (e *ConfigError) Error() string { return "paginators: " + e.Field + " " + e.Problem }

// Options configure how a paginator works, not what it lists.
type Options struct {
	// Prefetch is how many pages are fetched ahead while the loop works on one, up
	// to 1,000. 0 fetches a page when the loop asks for it.
	Prefetch int

	// ClientOptions apply to every request.
	ClientOptions []func(*ecrpublic.Options)
}

// Paginator iterates over the pages of an operation. Every range over Pages or
// Items, and every Collect, is a separate listing that starts at StartingToken. A
// listing ends with the first error: a [*ConfigError] before any request,
// [ErrRepeatedToken], the context's error, or the client's error as it is. A
// Paginator must not be used by several goroutines, or for several listings, at
// the same time. Create one with a New function; the zero value is not usable.
type Paginator[Out, Item any] struct {
	start    func(token *string, size *int32) pager[Out]
	fields   func(*Out) (items *[]Item, next **string)
	from     paging.Position
	size     *int32
	maxItems int
	options  Options
	err      error // what is wrong with the settings

	at   span // what the loop was handed last
	done int  // how many items of it
}

// Pages yields the service's responses, including empty ones. The first and the
// last are cut to what StartingToken and MaxItems leave of them. Their NextToken
// is still the service's own; to continue later, use ResumeToken instead.
func (p *Paginator[Out, Item]) Pages(ctx context.Context) iter.Seq2[*Out, error] {
	return func(yield func(*Out, error) bool) {
		if p.err == nil {
			p.begin()
		}
		for page, err := range p.source(ctx) {
			if err == nil {
				p.at, p.done = page.span, page.count
			}
			if !yield(page.out, err) {
				return
			}
		}
	}
}

// begin records that the loop has received nothing yet.
func (p *Paginator[Out, Item]) begin() { p.at, p.done = span{from: p.from, rest: 1}, 0 }

// Items yields the items of all pages, holding one page at a time.
func (p *Paginator[Out, Item]) Items(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for page, err := range p.Pages(ctx) {
			if err != nil {
				yield(*new(Item), err)
				return
			}
			items, _ := p.fields(page)
			for i, item := range *items {
				p.done = i + 1
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// Collect merges all pages into one output: every item, the metadata of the last
// page, and ResumeToken as NextToken. On an error it also returns what came
// before it, in the same form, or nil if there was nothing.
func (p *Paginator[Out, Item]) Collect(ctx context.Context) (*Out, error) {
	var merged *Out
	var all []Item
	for page, err := range p.Pages(ctx) {
		if err != nil {
			return merged, err
		}
		items, _ := p.fields(page)
		all = append(all, *items...)
		merged = new(*page)
		items, next := p.fields(merged)
		*items, *next = all, p.ResumeToken()
	}
	return merged, nil
}

// ResumeToken returns the StartingToken with which a later listing continues
// without losing or repeating an item, here, in boto3 or in the AWS CLI.
// Operation and PageSize must be the same, because the token counts items of a
// page. It points just past the last page or item that the loop received,
// including the one it broke on, however the listing ended. Inside the loop it
// is a checkpoint. Nil means that nothing is left, or that no listing has
// started.
func (p *Paginator[Out, Item]) ResumeToken() *string {
	place, left := p.at.after(p.done)
	if !left {
		return nil
	}
	return new(place.Encode())
}

// pager is an official paginator.
type pager[Out any] interface {
	NextPage(context.Context, ...func(*ecrpublic.Options)) (*Out, error)
}

// MaxPageSize is the largest PageSize that the service accepts, and the most
// items on a page.
const MaxPageSize = 1000

const maxPrefetch = 1000 // bounds the memory, far above any sensible use

// newPaginator saves the error of invalid settings; listings report it.
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
	case p.size != nil && (*p.size < 1 || *p.size > MaxPageSize):
		p.err = &ConfigError{"PaginationConfig.PageSize", fmt.Sprintf("must be 1 to %d", MaxPageSize)}
	case !known:
		p.err = &ConfigError{"PaginationConfig.StartingToken", "must be a token of the service, or a resume token as this library and botocore make it"}
	case p.options.Prefetch < 0 || p.options.Prefetch > maxPrefetch:
		p.err = &ConfigError{"Options.Prefetch", fmt.Sprintf("must be 0 to %d", maxPrefetch)}
	}
	return p
}
