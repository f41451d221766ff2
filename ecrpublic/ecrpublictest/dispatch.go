package ecrpublictest

import (
	"net/http"
	"strings"
	"sync"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// operation answers an input with the JSON of its output.
type operation func(s *store, input *payload) ([]byte, error)

// handle makes an operation of a method of the store.
func handle[In, Out any](run func(*store, *In) (*Out, error)) operation {
	return func(s *store, input *payload) ([]byte, error) {
		in := new(In)
		if err := input.decode(in); err != nil {
			return nil, notSerialized(err)
		}
		if err := check(in); err != nil {
			return nil, err
		}
		out, err := run(s, in)
		if err != nil {
			return nil, err
		}
		return codec.Append(nil, out)
	}
}

// uploadPart is the operation that goes on after its answer.
func uploadPart(s *store, input *payload) ([]byte, error) {
	return handle(func(s *store, in *ecrpublic.UploadLayerPartInput) (*ecrpublic.UploadLayerPartOutput, error) {
		return s.uploadLayerPart(in, input.hold)
	})(s, input)
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
		"UploadLayerPart":             uploadPart,
	}
})

// operationOf returns the operation that a request asks for, or "" when it is
// none of the API.
func operationOf(r *http.Request) string {
	name, ok := strings.CutPrefix(r.Header.Get(awsjson.TargetHeader), awsjson.TargetPrefix)
	if !ok {
		return ""
	}
	return name
}

// call runs an operation.
func (s *store) call(name string, input *payload) ([]byte, error) {
	run, known := operations()[name]
	if !known {
		return nil, unknownOperation(name)
	}
	if s.config.region != endpoints.HomeRegion {
		return nil, unsupportedCommand(name)
	}
	return run(s, input)
}
