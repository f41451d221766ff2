package ecrpublictest

import (
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/types"
)

// hiddenRepositories holds repositories that reads do not see yet.
type hiddenRepositories struct {
	account string

	mu    sync.Mutex
	reads map[string]int // by repository, how many do not see it
}

func (h *hiddenRepositories) add(name string, reads int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads[name] = reads
}

func (h *hiddenRepositories) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.reads)
}

// read counts a read of a repository and reports whether it is hidden from it.
func (h *hiddenRepositories) read(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reads[name] <= 0 {
		return false
	}
	h.reads[name]--
	return true
}

// run hides repositories from a call.
func (h *hiddenRepositories) run(c call) (any, error) {
	if c.Operation == "CreateRepository" {
		return c.Run()
	}
	for _, name := range namesIn(c.Input) {
		if h.read(name) {
			return nil, registry.RepositoryNotFound(name, h.account)
		}
	}
	out, err := c.Run()
	if listed, ok := out.(*ecrpublic.DescribeRepositoriesOutput); ok && err == nil && isPage(c.Input) {
		listed.Repositories = slices.DeleteFunc(listed.Repositories, func(r types.Repository) bool { return h.read(*r.RepositoryName) })
	}
	return out, err
}

// namesIn returns the repositories that an input names.
func namesIn(input any) []string {
	if names := member[[]string](input, "RepositoryNames"); names != nil {
		return *names
	}
	if name := member[*string](input, "RepositoryName"); name != nil {
		return []string{aws.ToString(*name)}
	}
	if arn := member[*string](input, "ResourceArn"); arn != nil {
		_, name, _ := strings.Cut(aws.ToString(*arn), ":repository/")
		return []string{name}
	}
	return nil
}
