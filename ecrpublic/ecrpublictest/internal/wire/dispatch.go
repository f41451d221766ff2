package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// operation is an operation of the API: its input, and the method of the store
// that implements it.
type operation struct {
	newInput func() any
	run      func(s *registry.Store, input any) (output any, err error)
}

// handle returns the operation for a method of the store.
func handle[In, Out any](run func(*registry.Store, *In) (*Out, error)) operation {
	return operation{
		newInput: func() any { return new(In) },
		run: func(s *registry.Store, input any) (any, error) {
			if err := registry.Check(input); err != nil {
				return nil, err
			}
			out, err := run(s, input.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

var operations = sync.OnceValue(func() map[string]operation {
	return map[string]operation{
		"BatchCheckLayerAvailability": handle((*registry.Store).BatchCheckLayerAvailability),
		"BatchDeleteImage":            handle((*registry.Store).BatchDeleteImage),
		"CompleteLayerUpload":         handle((*registry.Store).CompleteLayerUpload),
		"CreateRepository":            handle((*registry.Store).CreateRepository),
		"DeleteRepository":            handle((*registry.Store).DeleteRepository),
		"DeleteRepositoryPolicy":      handle((*registry.Store).DeleteRepositoryPolicy),
		"DescribeImageTags":           handle((*registry.Store).DescribeImageTags),
		"DescribeImages":              handle((*registry.Store).DescribeImages),
		"DescribeRegistries":          handle((*registry.Store).DescribeRegistries),
		"DescribeRepositories":        handle((*registry.Store).DescribeRepositories),
		"GetAuthorizationToken":       handle((*registry.Store).GetAuthorizationToken),
		"GetRegistryCatalogData":      handle((*registry.Store).GetRegistryCatalogData),
		"GetRepositoryCatalogData":    handle((*registry.Store).GetRepositoryCatalogData),
		"GetRepositoryPolicy":         handle((*registry.Store).GetRepositoryPolicy),
		"InitiateLayerUpload":         handle((*registry.Store).InitiateLayerUpload),
		"ListTagsForResource":         handle((*registry.Store).ListTagsForResource),
		"PutImage":                    handle((*registry.Store).PutImage),
		"PutRegistryCatalogData":      handle((*registry.Store).PutRegistryCatalogData),
		"PutRepositoryCatalogData":    handle((*registry.Store).PutRepositoryCatalogData),
		"SetRepositoryPolicy":         handle((*registry.Store).SetRepositoryPolicy),
		"TagResource":                 handle((*registry.Store).TagResource),
		"UntagResource":               handle((*registry.Store).UntagResource),
		"UploadLayerPart":             handle((*registry.Store).UploadLayerPart),
	}
})

// Operations returns the names of all operations, sorted.
func Operations() []string { return slices.Sorted(maps.Keys(operations())) }

// OperationOf returns the operation that a request asks for, or "" when it is
// none of the API.
func OperationOf(r *http.Request) string {
	name, ok := strings.CutPrefix(r.Header.Get(awsjson.TargetHeader), awsjson.TargetPrefix)
	if !ok || r.Method != http.MethodPost {
		return ""
	}
	return name
}

// call runs an operation and returns its output as JSON.
func (a API) call(name string, p *Payload) ([]byte, error) {
	op, known := operations()[name]
	if !known {
		return nil, unknownOperation(name)
	}
	if a.Region != endpoints.HomeRegion {
		return nil, registry.UnsupportedCommand(name)
	}
	input := op.newInput()
	if err := p.decode(input); err != nil {
		return nil, notSerialized(err)
	}
	out, err := a.Intercept(Call{name, input, func() (any, error) { return op.run(a.Store, input) }})
	if err != nil {
		return nil, err
	}
	return codec.Append(nil, out)
}

// NewInput returns an empty input of an operation, or nil when there is none of
// that name.
func NewInput(name string) any {
	op, known := operations()[name]
	if !known {
		return nil
	}
	return op.newInput()
}
