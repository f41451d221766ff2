// Package scenario holds a service that claims to be ECR Public, and a client of
// it, against what is known of the real one. It calls all 23 operations.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// Check is one expectation; a nil Err means that it was met.
type Check struct {
	Name string
	Err  error
}

// Run goes through the whole scenario on an account that has no repository yet,
// and leaves no repository behind. Errors of the API are told apart by their
// code, so that a client with exceptions of its own can take part.
func Run(ctx context.Context, api ecrpublic.API) []Check {
	r := &run{ctx: ctx, api: api}
	r.emptyAccount()
	r.repositories()
	r.catalog()
	r.policies()
	r.tags()
	r.layers()
	r.images()
	r.indexes()
	r.deletion()
	r.paging()
	r.registry()
	r.cleanUp()
	return r.checks
}

// run is a scenario under way. Its context is that of Run, which its methods are
// a part of.
type run struct {
	ctx    context.Context
	api    ecrpublic.API
	checks []Check
}

func (r *run) check(name string, err error) { r.checks = append(r.checks, Check{name, err}) }

// equal checks a value that a call returned with an error, which has to be nil.
func (r *run) equal(name string, want, got any, err error) {
	switch {
	case err != nil:
		r.check(name, err)
	case !reflect.DeepEqual(want, got):
		r.check(name, fmt.Errorf("want %v, got %v", want, got))
	default:
		r.check(name, nil)
	}
}

// fails checks the code and a part of the text of an error.
func (r *run) fails(name, code, text string, err error) {
	var api smithy.APIError
	switch {
	case err == nil:
		r.check(name, fmt.Errorf("want %s, got success", code))
	case !errors.As(err, &api):
		r.check(name, fmt.Errorf("want %s, got %w", code, err))
	case api.ErrorCode() != code, !strings.Contains(api.ErrorMessage(), text):
		r.check(name, fmt.Errorf("want %s with %q, got %w", code, text, err))
	default:
		r.check(name, nil)
	}
}

// holds checks a condition on what a call returned with an error, which has to be
// nil. The condition is asked only then.
func (r *run) holds(name string, err error, condition func() bool) {
	if err == nil && !condition() {
		err = errors.New("the answer is another")
	}
	r.check(name, err)
}

// app is the repository that most checks are about.
const app = "scenario/app"

func (r *run) cleanUp() {
	repositories, err := r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{})
	r.check("DescribeRepositories lists what there is", err)
	if err != nil {
		return
	}
	for _, repository := range repositories.Repositories {
		_, err := r.api.DeleteRepository(r.ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: repository.RepositoryName, Force: true})
		r.check("DeleteRepository with force deletes "+*repository.RepositoryName, err)
	}
}
