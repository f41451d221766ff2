package paginators

import (
	"context"
	"fmt"
	"iter"
)

// Part is a page of one of several listings that [Merge] or [Concat] run.
type Part[K, Out, Item any] struct {
	// Key is the key that the caller paired with the listing.
	Key K

	// Listing is the paginator. Its ResumeToken points just past Page or, beside an
	// error, just past the last page that the loop received.
	Listing *Paginator[Out, Item]

	// Page is the service's response, cut as [Paginator.Pages] does; nil beside an
	// error.
	Page *Out
}

// Items returns the items of the page. The slice shares the page's memory.
func (p Part[K, Out, Item]) Items() []Item {
	if p.Page == nil {
		return nil
	}
	items, _ := p.Listing.fields(p.Page)
	return *items
}

const maxConcurrent = 1000 // bounds the memory, far above any sensible use

// Merge runs listings concurrently, at most n at a time (1 to 1,000), and yields
// their pages as they arrive. The pages of one listing stay in order.
//
// An error concerns only its Part's listing and ends it; the others continue if the
// loop does. Each listing ends with its last page or with an error, also after the
// context has ended, so a loop without errors has seen everything. An n out of range
// yields a [*ConfigError] with a zero Part.
//
// To restart later, save each Part's ResumeToken by its key: a listing whose saved
// token is nil is complete, and one without a saved token has not started.
//
// Listings, usually from slices.All or maps.All, is advanced between pages and only as
// far as n allows, so it may create listings on the fly from another listing. No
// paginator may be in it twice. At most n pages, and those that Options.Prefetch adds,
// are in memory. When the loop ends, all goroutines have ended; leaving it early
// cancels their requests.
func Merge[K, Out, Item any](ctx context.Context, n int, listings iter.Seq2[K, *Paginator[Out, Item]]) iter.Seq2[Part[K, Out, Item], error] {
	return func(yield func(Part[K, Out, Item], error) bool) {
		if err := checkConcurrency(n); err != nil {
			yield(Part[K, Out, Item]{}, err)
			return
		}
		next, stop := iter.Pull2(listings)
		defer stop()
		ctx, cancel := context.WithCancel(ctx)
		pages, ends := make(chan delivery[K, Out, Item]), make(chan struct{})
		running, more := 0, true
		defer func() {
			cancel()
			for running > 0 {
				select {
				case <-pages:
				case <-ends:
					running--
				}
			}
		}()
		for {
			for more && running < n {
				var part Part[K, Out, Item]
				if part.Key, part.Listing, more = next(); more {
					running++
					go func() {
						deliver(ctx, part, pages)
						ends <- struct{}{}
					}()
				}
			}
			if running == 0 {
				return
			}
			select {
			case d := <-pages:
				if !d.hand(yield) {
					return
				}
			case <-ends:
				running--
			}
		}
	}
}

// Concat is like [Merge], but keeps the order of the listings: all pages of the first,
// then those of the second, and so on. While the loop works on one listing, the first
// pages of the next n-1 are fetched.
func Concat[K, Out, Item any](ctx context.Context, n int, listings iter.Seq2[K, *Paginator[Out, Item]]) iter.Seq2[Part[K, Out, Item], error] {
	return func(yield func(Part[K, Out, Item], error) bool) {
		if err := checkConcurrency(n); err != nil {
			yield(Part[K, Out, Item]{}, err)
			return
		}
		next, stop := iter.Pull2(listings)
		defer stop()
		ctx, cancel := context.WithCancel(ctx)
		var running []chan delivery[K, Out, Item] // each closed at its listing's end
		more := true
		defer func() {
			cancel()
			for _, pages := range running {
				for range pages { // until the goroutine has ended
				}
			}
		}()
		for {
			for more && len(running) < n {
				var part Part[K, Out, Item]
				if part.Key, part.Listing, more = next(); more {
					pages := make(chan delivery[K, Out, Item])
					running = append(running, pages)
					go func() {
						defer close(pages)
						deliver(ctx, part, pages)
					}()
				}
			}
			if len(running) == 0 {
				return
			}
			d, ok := <-running[0]
			if !ok {
				running = running[1:]
				continue
			}
			if !d.hand(yield) {
				return
			}
		}
	}
}

func checkConcurrency(n int) error {
	if n < 1 || n > maxConcurrent {
		return &ConfigError{"n", fmt.Sprintf("must be 1 to %d", maxConcurrent)}
	}
	return nil
}

// delivery carries a page to the loop.
type delivery[K, Out, Item any] struct {
	part  Part[K, Out, Item]
	page  page[Out]
	err   error
	first bool // of its listing
}

// deliver sends all pages of a listing. The receiver must receive until it returns.
func deliver[K, Out, Item any](ctx context.Context, part Part[K, Out, Item], pages chan<- delivery[K, Out, Item]) {
	if part.Listing == nil {
		pages <- delivery[K, Out, Item]{part: part, err: &ConfigError{"Listing", "must not be nil"}}
		return
	}
	first := true
	for page, err := range part.Listing.source(ctx) {
		part.Page = page.out
		pages <- delivery[K, Out, Item]{part, page, err, first}
		first = false
	}
}

// hand passes the page to the loop. The listing's position changes only here, in the
// loop's goroutine.
func (d delivery[K, Out, Item]) hand(yield func(Part[K, Out, Item], error) bool) bool {
	if p := d.part.Listing; p != nil && p.err == nil {
		if d.first {
			p.begin()
		}
		if d.err == nil {
			p.at, p.done = d.page.span, d.page.count
		}
	}
	return yield(d.part, d.err)
}
