package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/internal/records"
)

// maxCalls and maxBytes bound what a run may send, whatever the probes do.
const (
	maxCalls = 2000
	maxBytes = 100 << 20
)

// guard is the only way to the service. It lets nothing through that is about another
// repository than the run's own, writes to the journal before anything is made, and
// keeps the pace.
type guard struct {
	next     http.RoundTripper
	prefix   string
	host     string // the registry host's address; empty if there is none
	registry bool   // the registry's own data may be changed
	journal  *journal
	pace     time.Duration
	calls    int
	bytes    int64

	displayName *string // the registry's, as it was read last
}

// named are the members of requests that name what they are about.
type named struct {
	RepositoryName  string
	RepositoryNames []string
	ResourceArn     string
}

// RoundTrip refuses a request, or journals and sends it.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := records.ReadBody(r)
	if err != nil {
		return nil, err
	}
	operation := records.OperationOf(r)
	if err := g.check(r, operation, body); err != nil {
		return nil, fmt.Errorf("parity does not send this: %w", err)
	}
	if g.calls, g.bytes = g.calls+1, g.bytes+int64(len(body)); g.calls > maxCalls || g.bytes > maxBytes {
		return nil, fmt.Errorf("parity sends no more than %d requests and %d bytes", maxCalls, maxBytes)
	}
	if err := g.note(operation, body); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if g.pace > 0 {
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(g.pace):
		}
	}
	response, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch operation {
	case "GetRegistryCatalogData":
		err = g.remember(response)
	case "CreateRepository":
		err = g.answered(body)
	}
	return response, err
}

// check reports why a request does not belong to the run.
func (g *guard) check(r *http.Request, operation string, body []byte) error {
	own := func(name string) error {
		if strings.HasPrefix(name, g.prefix+"/") {
			return nil
		}
		return fmt.Errorf("%s: %q is not below %s/", operation, name, g.prefix)
	}
	if operation == "" { // the registry host
		if address := r.URL.Scheme + "://" + r.URL.Host; address != g.host {
			return fmt.Errorf("%s %s: the registry host is %s, and no other is called", r.Method, address, g.host)
		}
		path := r.URL.Path
		if path == "/v2/" || path == "/token/" {
			return nil
		}
		if _, rest, ok := strings.Cut(strings.TrimPrefix(path, "/v2/"), "/"); ok {
			return own(rest)
		}
		return fmt.Errorf("%s %s", r.Method, path)
	}
	switch operation {
	case "DescribeRegistries", "GetAuthorizationToken":
		return nil
	case "GetRegistryCatalogData", "PutRegistryCatalogData":
		if g.registry {
			return nil
		}
		return errors.New(operation + " needs -registry-data")
	}
	var about named
	if err := json.Unmarshal(body, &about); err != nil {
		return err
	}
	if about.ResourceArn != "" {
		_, name, _ := strings.Cut(about.ResourceArn, ":repository/")
		if name == "" && g.registry {
			return nil // the ARN of the registry, which has no tags
		}
		return own(name)
	}
	for _, name := range about.RepositoryNames {
		if err := own(name); err != nil {
			return err
		}
	}
	if len(about.RepositoryNames) > 0 && about.RepositoryName == "" {
		return nil
	}
	return own(about.RepositoryName)
}

// note journals what a request may leave behind.
func (g *guard) note(operation string, body []byte) error {
	switch operation {
	case "CreateRepository":
		var about named
		if err := json.Unmarshal(body, &about); err != nil {
			return err
		}
		return g.journal.add(entry{Repository: about.RepositoryName})
	case "PutRegistryCatalogData":
		if g.displayName == nil {
			return errors.New("the display name is not known yet")
		}
		return g.journal.addOnce(entry{DisplayName: g.displayName})
	}
	return nil
}

// answered journals that the service has responded to the creation of a repository.
func (g *guard) answered(body []byte) error {
	var about named
	if err := json.Unmarshal(body, &about); err != nil {
		return err
	}
	return g.journal.add(entry{Answered: about.RepositoryName})
}

// remember keeps the display name that was read first.
func (g *guard) remember(response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var out struct {
		RegistryCatalogData *struct{ DisplayName string }
	}
	if response.StatusCode == http.StatusOK && g.displayName == nil && json.Unmarshal(body, &out) == nil && out.RegistryCatalogData != nil {
		g.displayName = &out.RegistryCatalogData.DisplayName
	}
	return nil
}
