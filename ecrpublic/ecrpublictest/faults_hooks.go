package ecrpublictest

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// hooks are the faults that the store asks for.
func (f *faults) hooks() hooks {
	return hooks{pageLimit: f.pageLimit, nextToken: f.nextToken, visible: f.visible}
}

func (f *faults) pageLimit(operation string, wanted int) int {
	for _, fault := range f.current() {
		if size := fault.Effect.pageSize; size > 0 && f.happens(fault, operation) {
			wanted = min(wanted, size)
		}
	}
	return wanted
}

func (f *faults) nextToken(operation, requested, next string) string {
	for _, fault := range f.current() {
		if fault.Effect.repeatToken && f.happens(fault, operation) && requested != "" {
			next = requested
		}
	}
	return next
}

// hide makes the repository that a request created invisible for some reads.
func (f *faults) hide(r *http.Request, a *answer, reads int) {
	if a.status != http.StatusOK || operationName(r) != "CreateRepository" {
		return
	}
	var input ecrpublic.CreateRepositoryInput
	p, err := readPayload(r, nil)
	if err != nil || p.decode(&input) != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hidden[aws.ToString(input.RepositoryName)] = reads
}

// visible counts a read of a repository and tells whether it is seen.
func (f *faults) visible(_, repository string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	left := f.hidden[repository]
	if left <= 0 {
		return true
	}
	f.hidden[repository] = left - 1
	return false
}
