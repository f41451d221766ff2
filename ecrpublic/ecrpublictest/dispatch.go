package ecrpublictest

import (
	"net/http"
	"strings"
	"sync"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// operation is an operation of the API: its input, and the method of the store
// that answers it.
type operation struct {
	newInput func() any
	run      func(s *store, input any) (output any, err error)
}

// handle makes an operation of a method of the store.
func handle[In, Out any](run func(*store, *In) (*Out, error)) operation {
	return operation{
		newInput: func() any { return new(In) },
		run: func(s *store, input any) (any, error) {
			if err := check(input); err != nil {
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
		"BatchCheckLayerAvailability": handle((*store).batchCheckLayerAvailability),
		"BatchDeleteImage":            handle((*store).batchDeleteImage),
		"CompleteLayerUpload":         handle((*store).completeLayerUpload),
		"CreateRepository":            handle((*store).createRepository),
		"DeleteRepository":            handle((*store).deleteRepository),
		"DeleteRepositoryPolicy":      handle((*store).deleteRepositoryPolicy),
		"DescribeImageTags":           handle((*store).describeImageTags),
		"DescribeImages":              handle((*store).describeImages),
		"DescribeRegistries":          handle((*store).describeRegistries),
		"DescribeRepositories":        handle((*store).describeRepositories),
		"GetAuthorizationToken":       handle((*store).getAuthorizationToken),
		"GetRegistryCatalogData":      handle((*store).getRegistryCatalogData),
		"GetRepositoryCatalogData":    handle((*store).getRepositoryCatalogData),
		"GetRepositoryPolicy":         handle((*store).getRepositoryPolicy),
		"InitiateLayerUpload":         handle((*store).initiateLayerUpload),
		"ListTagsForResource":         handle((*store).listTagsForResource),
		"PutImage":                    handle((*store).putImage),
		"PutRegistryCatalogData":      handle((*store).putRegistryCatalogData),
		"PutRepositoryCatalogData":    handle((*store).putRepositoryCatalogData),
		"SetRepositoryPolicy":         handle((*store).setRepositoryPolicy),
		"TagResource":                 handle((*store).tagResource),
		"UntagResource":               handle((*store).untagResource),
		"UploadLayerPart":             handle((*store).uploadLayerPart),
	}
})

// operationOf returns the operation that a request asks for, or "" when it is
// none of the API.
func operationOf(r *http.Request) string {
	name, ok := strings.CutPrefix(r.Header.Get(awsjson.TargetHeader), awsjson.TargetPrefix)
	if !ok || r.Method != http.MethodPost {
		return ""
	}
	return name
}

// call answers an operation's input with the JSON of its output.
func (a api) call(name string, p *payload) ([]byte, error) {
	op, known := operations()[name]
	if !known {
		return nil, unknownOperation(name)
	}
	if a.store.config.region != endpoints.HomeRegion {
		return nil, unsupportedCommand(name)
	}
	input := op.newInput()
	if err := p.decode(input); err != nil {
		return nil, notSerialized(err)
	}
	out, err := a.intercept(call{name, input, func() (any, error) { return op.run(a.store, input) }})
	if err != nil {
		return nil, err
	}
	return codec.Append(nil, out)
}
