package imagepush

import (
	"net/http"
	"net/url"
	"strings"

	"oras.land/oras-go/v2/registry/remote"
)

// redirectedClient removes the query from the URLs that requests were redirected to,
// before oras-go puts them into errors. Registries redirect to presigned URLs, whose
// queries are as good as a login.
type redirectedClient struct{ remote.Client }

func (c redirectedClient) Do(request *http.Request) (*http.Response, error) {
	response, err := c.Client.Do(request)
	if failed, ok := err.(*url.Error); ok { //nolint:errorlint // only its own text has the URL
		failed.URL, _, _ = strings.Cut(failed.URL, "?")
	}
	if response == nil || response.Request == nil || response.Request.Response == nil {
		return response, err
	}
	last, to := *response.Request, *response.Request.URL
	to.RawQuery, last.URL = "", &to
	response.Request = &last
	return response, err
}
