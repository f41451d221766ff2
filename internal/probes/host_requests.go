package probes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxResponse bounds what a probe reads of the registry host.
const maxResponse = 1 << 20

// response is the registry host's.
type response struct {
	status int
	header http.Header
	body   []byte
}

// code is the first error's code and message.
func (r response) code() (code, message string) {
	var body struct {
		Errors []struct{ Code, Message string } `json:"errors"`
	}
	if json.Unmarshal(r.body, &body) != nil || len(body.Errors) == 0 {
		return "", ""
	}
	return body.Errors[0].Code, body.Errors[0].Message
}

// call sends a request to the registry host.
func (t *T) call(ctx context.Context, method, path, authorization, body string, headers ...string) (response, bool) {
	address := path
	if !strings.HasPrefix(path, "http") {
		address = t.Host + path
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		t.unavailable = err
		return response{}, false
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	got, err := t.HTTP.Do(request)
	if err != nil {
		t.unavailable = err
		return response{}, false
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxResponse))
	if err != nil {
		t.unavailable = err
		return response{}, false
	}
	r := response{got.StatusCode, got.Header, text}
	code, message := r.code()
	if Refused(r.status, code) {
		t.unavailable = fmt.Errorf("%s", strings.TrimSpace(fmt.Sprintf("%s %s: HTTP %d %s %s", method, request.URL.Path, r.status, code, message)))
		return r, false
	}
	return r, true
}

// wants compares a response with what is expected; an empty code is any.
func (t *T) wants(r response, status int, code, text string) {
	gotCode, message := r.code()
	switch {
	case r.status != status && gotCode == "":
		t.differs("expected HTTP %d, got HTTP %d", status, r.status)
	case r.status != status:
		t.differs("expected HTTP %d, got HTTP %d %s %q", status, r.status, gotCode, message)
	case code != "" && gotCode != code:
		t.differs("expected %s, got %q %q", code, gotCode, message)
	case !strings.Contains(message, text):
		t.differs("expected a text with %q, got %q", text, message)
	}
}

// path is one of a repository of the session on the registry host.
func (t *T) path(ctx context.Context, repository, rest string) (string, bool) {
	r, ok := t.repository(ctx, repository)
	if !ok {
		return "", false
	}
	_, path, _ := strings.Cut(aws.ToString(r.RepositoryUri), "/")
	return "/v2/" + path + rest, true
}

// anonymous gets a bearer without a login.
func (t *T) anonymous(ctx context.Context) (string, bool) { return t.bearer(ctx, "anonymous", "") }

// authorized gets a bearer with a login, for pushes.
func (t *T) authorized(ctx context.Context) (string, bool) {
	login, ok := t.login(ctx)
	if !ok {
		return "", false
	}
	return t.bearer(ctx, "authorized", "Basic "+aws.ToString(login.AuthorizationToken))
}

func (t *T) bearer(ctx context.Context, name, authorization string) (string, bool) {
	value, ok := t.fixture("a bearer, "+name, func() (any, error) {
		got, ok := t.call(ctx, http.MethodGet, "/token/?service=public.ecr.aws&scope=aws", authorization, "")
		var body struct{ Token string }
		if !ok {
			return nil, t.unavailable
		}
		if got.status != http.StatusOK || json.Unmarshal(got.body, &body) != nil || body.Token == "" {
			return nil, fmt.Errorf("GET /token/: HTTP %d", got.status)
		}
		return "Bearer " + body.Token, nil
	})
	bearer, _ := value.(string)
	return bearer, ok
}

// errNoHost is why probes of the registry host are not run by a session without one.
var errNoHost = errors.New("no registry host was named for this run")
