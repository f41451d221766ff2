package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"oras.land/oras-go/v2/registry/remote"
)

// maxElements is how many elements and members a list of a registry may have: enough
// for 100,000 tags. Four megabytes of empty elements would need hundreds once parsed.
const maxElements = 100_000

// boundedLists is a client that refuses longer lists of tags and referrers while it
// reads them.
type boundedLists struct{ remote.Client }

func (c boundedLists) Do(request *http.Request) (*http.Response, error) {
	response, err := c.Client.Do(request)
	if err == nil && !strings.Contains(request.URL.Path, "/blobs/") {
		response.Body = &boundedList{ReadCloser: response.Body}
	}
	return response, err
}

type boundedList struct {
	io.ReadCloser
	elements int
}

func (l *boundedList) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.elements += bytes.Count(p[:n], []byte(",")); l.elements > maxElements {
		return 0, fmt.Errorf("a response of more than %d elements", maxElements)
	}
	return n, err
}
