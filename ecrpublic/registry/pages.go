package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	// pageSize is the largest page that the host serves; more is an error.
	pageSize = 1000

	// maxPage bounds a page, in bytes: a thousand tags, or descriptors with their
	// annotations.
	maxPage = 8 << 20

	// maxPages bounds a listing. The documented quota is 100,000 images per
	// repository, for which pages of ten tags would do.
	maxPages = 10_000
)

// eachPage reads a listing page by page, following the host's links, until use
// returns false or an error.
func (c *Client) eachPage(ctx context.Context, first *url.URL, accept []string, use func(*http.Response, []byte) (more bool, err error)) error {
	r := request{method: http.MethodGet, url: first, accept: accept, tokens: c.transport.tokens}
	var seen loops
	for page := 1; ; page++ {
		if page > maxPages {
			return r.failed(fmt.Errorf("the listing has more than %d pages", maxPages))
		}
		resp, data, err := c.read(ctx, r, maxPage)
		if err != nil {
			return err
		}
		more, err := use(resp, data)
		if err != nil {
			return r.failed(err)
		}
		if !more {
			return nil
		}
		next, err := nextPage(r.url, resp.Header)
		if err != nil {
			return r.failed(err)
		}
		if next == nil {
			return nil
		}
		if seen.again(next.String()) {
			return r.failed(errors.New("the link to the next page leads back to an earlier one"))
		}
		r.url = next
	}
}

// nextPage returns the address in a Link header with rel="next", or nil.
func nextPage(current *url.URL, header http.Header) (*url.URL, error) {
	for _, links := range header.Values("Link") {
		for link := range strings.SplitSeq(links, ",") {
			target, parameters, ok := strings.Cut(strings.TrimSpace(link), ">")
			target, opened := strings.CutPrefix(target, "<")
			if !ok || !opened || !isNext(parameters) {
				continue
			}
			next, err := current.Parse(target)
			if err != nil {
				return nil, fmt.Errorf("the link to the next page is not a URL: %q", printable(target))
			}
			if originOf(next) != originOf(current) || next.Path != current.Path {
				return nil, fmt.Errorf("the link to the next page leads to %s", shown(next))
			}
			return next, nil
		}
	}
	return nil, nil
}

func isNext(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.EqualFold(strings.Trim(strings.TrimSpace(value), `"`), "next")
		}
	}
	return false
}

// loops detects a cycle of values in constant memory: it compares each value with an
// earlier one, which it replaces at ever longer intervals.
type loops struct {
	kept        string
	since, span int
}

func (l *loops) again(value string) bool {
	if value == l.kept {
		return true
	}
	if l.since == l.span {
		l.kept, l.since, l.span = value, 0, 2*l.span+1
	}
	l.since++
	return false
}
