package ecrpublictest

import (
	"reflect"
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
	"github.com/ecr-public/ecr-public-go/types"
)

// call is a call of an API operation, for effects that change inputs and
// outputs rather than HTTP.
type call wire.Call

// intercept runs a call with the faults around it, the first one outermost.
func (f *faults) intercept(asked wire.Call) (any, error) {
	c := call(asked)
	run := func() (any, error) { return f.hidden.run(c) }
	for _, fault := range slices.Backward(f.current()) {
		around, inner := fault.Effect.call, run
		if around == nil {
			continue
		}
		run = func() (any, error) {
			if fault.Effect.pagesOnly && !isPage(c.Input) || !f.happens(fault, c.Operation) {
				return inner()
			}
			return around(f, call{c.Operation, c.Input, inner})
		}
	}
	return run()
}

// member returns a field of a struct, or nil when it has none of that name and
// type.
func member[T any](of any, name string) *T {
	field := reflect.ValueOf(of).Elem().FieldByName(name)
	if !field.IsValid() {
		return nil
	}
	p, _ := field.Addr().Interface().(*T)
	return p
}

// isPage reports whether an input asks for a page rather than for named
// items.
func isPage(input any) bool {
	if member[*int32](input, "MaxResults") == nil {
		return false
	}
	names, ids := member[[]string](input, "RepositoryNames"), member[[]types.ImageIdentifier](input, "ImageIds")
	return (names == nil || *names == nil) && (ids == nil || *ids == nil)
}

// shorten asks for at most size items.
func (c call) shorten(size int) (any, error) {
	asked := member[*int32](c.Input, "MaxResults")
	if *asked == nil && size < registry.DefaultPage || *asked != nil && int(**asked) > size {
		*asked = new(int32(size))
	}
	return c.Run()
}

// repeatToken returns the token with which the page was requested.
func (c call) repeatToken() (any, error) {
	out, err := c.Run()
	if token := *member[*string](c.Input, "NextToken"); err == nil && token != nil {
		*member[*string](out, "NextToken") = token
	}
	return out, err
}

// hide runs the creation of a repository and hides it from the next reads.
func (c call) hide(f *faults, reads int) (any, error) {
	out, err := c.Run()
	if created, ok := out.(*ecrpublic.CreateRepositoryOutput); ok && err == nil {
		f.hidden.add(*created.Repository.RepositoryName, reads)
	}
	return out, err
}
