package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/readall"
)

// urlOf returns an address below a repository. It validates the reference, whose
// parts therefore need no escaping.
func (c *Client) urlOf(ref imageref.Reference, kind, name string) (*url.URL, error) {
	if err := ref.Validate(); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	base := c.host
	if base == nil {
		base = &url.URL{Scheme: "https", Host: ref.RegistryHost(), Path: "/"}
	}
	if origin := originOf(base); !slices.Contains(c.transport.origins, origin) {
		return nil, fmt.Errorf("registry: the client's Login is not for %s", origin)
	}
	return base.JoinPath("v2", ref.Alias, ref.RepositoryName, kind, name), nil
}

// request is a GET or HEAD request of the client's own.
type request struct {
	method string
	url    *url.URL
	accept []string
	tokens *tokens // whose secrets are in no error
	from   int64   // the position of the first byte to send
}

// send returns a response with status 200, or with 206 if r.from is set. An error
// names the request.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), nil)
	if err != nil {
		return nil, r.failed(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // digests and sizes are those of the stored bytes
	if len(r.accept) > 0 {
		req.Header.Set("Accept", strings.Join(r.accept, ", "))
	}
	if r.from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", r.from))
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, r.failed(err)
	}
	if resp.StatusCode == http.StatusOK || r.from > 0 && resp.StatusCode == http.StatusPartialContent {
		return resp, nil
	}
	return nil, newError(resp, c.transport.tokens.redact)
}

// failed names the request in an error, once. It leaves out the address to which a
// request was redirected, because its signature is a secret.
func (r request) failed(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return r.tokens.redactError(fmt.Errorf("%s %s: %w", r.method, shown(r.url), err))
}

// read returns a response with status 200 and its whole body, which it limits in
// size. If the connection fails midway, it sends the request again.
func (c *Client) read(ctx context.Context, r request, limit int64) (*http.Response, []byte, error) {
	for attempt := 1; ; attempt++ {
		resp, err := c.send(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		data, err := r.readAll(resp, limit)
		if err == nil {
			return resp, data, nil
		}
		if ctx.Err() != nil || !isTransient(err) || attempt == maxConnectAttempts {
			return nil, nil, err
		}
		if sleepErr := sleep(ctx, backoff(attempt, minBackoff, maxBackoff)); sleepErr != nil {
			return nil, nil, err
		}
	}
}

// readAll reads a body up to a limit and closes it.
func (r request) readAll(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close()
	if resp.ContentLength > limit {
		return nil, r.failed(&sizeError{limit})
	}
	data, err := readall.ReadAll(nil, io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, r.failed(err)
	}
	if int64(len(data)) > limit {
		return nil, r.failed(&sizeError{limit})
	}
	return data, nil
}
