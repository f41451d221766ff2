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

// ErrRepeatedToken ends a listing in which the service named the same next page
// a second time, so that it would never end.
var ErrRepeatedToken = errors.New("paginators: the service returned the same next token twice")

// ConfigError reports a setting that no listing can run with.
type ConfigError struct {
	// Field is the setting, such as "PaginationConfig.MaxItems".
	Field string

	// Problem completes the sentence that Field begins.
	Problem string
}

// Error names the field and the values that it takes.
func (e *ConfigError) Error() string { return "paginators: " + e.Field + " " + e.Problem }

// Options tune how a paginator works, not what it lists.
type Options struct {
	// Prefetch is how many pages are fetched ahead while the loop works on one, up
	// to 1,000. 0 fetches a page when the loop asks for it.
	Prefetch int

	// ClientOptions go along with every request.
	ClientOptions []func(*ecrpublic.Options)
}

// Paginator lists what an operation returns in pages. Every range over Pages or
// Items, and every Collect, is a listing of its own that begins at StartingToken.
// A listing ends with the first error: a [*ConfigError] before any request,
// [ErrRepeatedToken], the context's error, or the client's as it is. A Paginator
// serves one goroutine and one listing at a time. The New functions make one; the
// zero value is of no use.
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

// Pages yields the service's responses, empty ones too. The first and the last
// are cut to what StartingToken and MaxItems leave of them. Their NextToken stays
// the service's own: go on with ResumeToken instead.
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

// begin notes that the loop has been handed nothing yet.
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
// page, and ResumeToken as NextToken. Beside an error it returns what came before
// it, in the same form, or nil if that is nothing.
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

// ResumeToken is where a later listing goes on so that no item is lost or
// repeated: a StartingToken here, in boto3 and in the AWS CLI, for the same
// operation and PageSize, since it counts items of a page. It points behind the
// last page or item that the loop was handed, the one it broke on included,
// whatever ended the listing; inside the loop it is a checkpoint. Nil means that
// nothing is left, or that no listing has begun.
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

// MaxPageSize is the largest PageSize, and the most items that a page has.
const MaxPageSize = 1000

const maxPrefetch = 1000 // bounds the memory, and is far beyond use

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
	case p.size != nil && (*p.size < 1 || *p.size > MaxPageSize):
		p.err = &ConfigError{"PaginationConfig.PageSize", fmt.Sprintf("must be 1 to %d", MaxPageSize)}
	case !known:
		p.err = &ConfigError{"PaginationConfig.StartingToken", "must be a token of the service, or a resume token as this library and botocore make it"}
	case p.options.Prefetch < 0 || p.options.Prefetch > maxPrefetch:
		p.err = &ConfigError{"Options.Prefetch", fmt.Sprintf("must be 0 to %d", maxPrefetch)}
	}
	return p
}
