package probes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
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
		t.unavailable = fmt.Errorf("%s %s: HTTP %d %s %s", method, request.URL.Path, r.status, code, message)
		return r, false
	}
	return r, true
}

// wants compares a response with what is expected; an empty code is any.
func (t *T) wants(r response, status int, code, text string) {
	gotCode, message := r.code()
	switch {
	case r.status != status:
		t.differs("expected HTTP %d, got %d %s %q", status, r.status, gotCode, message)
	case code != "" && gotCode != code:
		t.differs("expected %s, got %s %q", code, gotCode, message)
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

// host probes the registry host. All of it is left out of a session without HTTP.
func host(a *area) {
	a.name = "host"
	add := func(name, fact string, does func(context.Context, *T)) {
		a.add(name, fact, func(ctx context.Context, t *T) {
			if t.HTTP == nil {
				t.unavailable = errNoHost
				return
			}
			does(ctx, t)
		})
	}
	// simple sends one request to a repository with an image, with a bearer.
	simple := func(name, fact, method, repository, rest string, bearer func(*T, context.Context) (string, bool), check func(*T, response)) {
		add(name, fact, func(ctx context.Context, t *T) {
			path, ok := t.path(ctx, repository, rest)
			if !ok {
				return
			}
			if _, ok := t.image(ctx, repository, "one", "v1"); !ok {
				return
			}
			token := ""
			if bearer != nil {
				if token, ok = bearer(t, ctx); !ok {
					return
				}
			}
			if got, ok := t.call(ctx, method, path, token, ""); ok {
				check(t, got)
			}
		})
	}
	wants := func(status int, code, text string) func(*T, response) {
		return func(t *T, r response) { t.wants(r, status, code, text) }
	}
	add("no token is challenged", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/v2/", "", ""); ok {
			t.wants(got, http.StatusUnauthorized, "", "")
			t.holds(nil, `Bearer realm="…/token/",service="public.ecr.aws",scope="aws"`, func() bool {
				return regexp.MustCompile(`^Bearer realm="https?://[^"]+/token/",service="[^"]+",scope="aws"$`).MatchString(got.header.Get("Www-Authenticate"))
			})
		}
	})
	add("anybody gets a token", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/token/", "", ""); ok {
			t.wants(got, http.StatusOK, "", "")
		}
	})
	add("a login gets a token", "host/basic-token", func(ctx context.Context, t *T) { t.authorized(ctx) })
	add("a bearer that is no token", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/v2/", "Bearer bm8gdG9rZW4=", ""); ok {
			t.wants(got, http.StatusBadRequest, "DENIED", "Your Authorization Token is invalid.")
		}
	})
	add("the API's token is a bearer", "", func(ctx context.Context, t *T) {
		if login, ok := t.login(ctx); ok {
			if got, ok := t.call(ctx, http.MethodGet, "/v2/", "Bearer "+aws.ToString(login.AuthorizationToken), ""); ok {
				t.wants(got, http.StatusOK, "", "")
			}
		}
	})
	add("Basic is refused", "", func(ctx context.Context, t *T) {
		if login, ok := t.login(ctx); ok {
			if got, ok := t.call(ctx, http.MethodGet, "/v2/", "Basic "+aws.ToString(login.AuthorizationToken), ""); ok {
				_, message := got.code()
				t.equal(nil, "text", "Your Authorization Token is invalid.", message)
			}
		}
	})
	simple("tags are listed with the alias", "", http.MethodGet, "host", "/tags/list", (*T).anonymous, func(t *T, r response) {
		t.wants(r, http.StatusOK, "", "")
		var list struct {
			Name string
			Tags []string
		}
		t.holds(json.Unmarshal(r.body, &list), "ALIAS/NAME and v1", func() bool {
			return strings.HasSuffix(list.Name, "/"+t.name("host")) && len(list.Tags) == 1 && list.Tags[0] == "v1"
		})
	})
	simple("a page of 1,001 tags", "host/page-size", http.MethodGet, "host", "/tags/list?n=1001", (*T).anonymous, wants(http.StatusMethodNotAllowed, "UNSUPPORTED", "Member must have value less than or equal to 1000"))
	simple("a manifest", "", http.MethodGet, "host", "/manifests/v1", (*T).anonymous, func(t *T, r response) {
		t.wants(r, http.StatusOK, "", "")
		t.equal(nil, "body", manifest("one"), string(r.body))
		t.equal(nil, "Content-Type", mediaTypeManifest, r.header.Get("Content-Type"))
	})
	simple("HEAD of a manifest has its digest", "", http.MethodHead, "host", "/manifests/v1", (*T).anonymous, func(t *T, r response) {
		t.wants(r, http.StatusOK, "", "")
		t.equal(nil, "Docker-Content-Digest", digestOf(manifest("one")), r.header.Get("Docker-Content-Digest"))
	})
	simple("an unknown manifest", "host/manifest-unknown", http.MethodGet, "host", "/manifests/none", (*T).anonymous, wants(http.StatusNotFound, "MANIFEST_UNKNOWN", ""))
	simple("a manifest without a token", "", http.MethodGet, "host", "/manifests/v1", nil, wants(http.StatusUnauthorized, "DENIED", "Not Authorized"))
	simple("a blob", "", http.MethodGet, "host", "/blobs/"+digestOf("a layer"), (*T).anonymous, func(t *T, r response) {
		if r.status == http.StatusTemporaryRedirect {
			t.holds(nil, "a redirect says where to", func() bool { return r.header.Get("Location") != "" })
			return
		}
		t.wants(r, http.StatusOK, "", "")
		t.equal(nil, "body", "a layer", string(r.body))
	})
	simple("HEAD of a blob without a login", "", http.MethodHead, "host", "/blobs/"+digestOf("a layer"), (*T).anonymous, wants(http.StatusUnauthorized, "", ""))
	simple("HEAD of a blob with a login", "host/head-blob", http.MethodHead, "host", "/blobs/"+digestOf("a layer"), (*T).authorized, wants(http.StatusOK, "", ""))
	simple("referrers of an image without any", "", http.MethodGet, "host", "/referrers/"+digestOf(manifest("one")), (*T).anonymous, wants(http.StatusOK, "", ""))
	add("an unknown repository", "", func(ctx context.Context, t *T) {
		path, ok := t.path(ctx, "app", "")
		bearer, got := t.anonymous(ctx)
		if ok && got {
			if r, ok := t.call(ctx, http.MethodGet, strings.TrimSuffix(path, "app")+"none/manifests/v1", bearer, ""); ok {
				t.wants(r, http.StatusNotFound, "NAME_UNKNOWN", "The repository with name '"+t.name("none")+"' does not exist in the registry with id '")
			}
		}
	})
	uploads(add)
}

// errNoHost is why probes of the registry host are not run by a session without one.
var errNoHost = errors.New("no registry host was named for this run")

// uploads probes what a push over the registry host meets.
func uploads(add func(name, fact string, does func(context.Context, *T))) {
	// with begins an upload; check gets its address and the bearer.
	with := func(name, fact string, check func(ctx context.Context, t *T, address, bearer string)) {
		add(name, fact, func(ctx context.Context, t *T) {
			path, ok := t.path(ctx, "host", "/blobs/uploads/")
			if !ok {
				return
			}
			bearer, ok := t.authorized(ctx)
			if !ok {
				return
			}
			got, ok := t.call(ctx, http.MethodPost, path, bearer, "")
			if !ok {
				return
			}
			t.wants(got, http.StatusAccepted, "", "")
			if got.header.Get("Location") == "" {
				t.differs("the upload has no Location")
				return
			}
			check(ctx, t, got.header.Get("Location"), bearer)
		})
	}
	with("an upload is below the repository", "", func(_ context.Context, t *T, address, _ string) {
		u, err := url.Parse(address)
		t.holds(err, "/v2/ALIAS/NAME/blobs/uploads/UUID", func() bool {
			return regexp.MustCompile(`^/v2/[^/]+/` + t.name("host") + `/blobs/uploads/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(u.Path)
		})
	})
	with("a chunk is answered with 201", "host/patch-status", func(ctx context.Context, t *T, address, bearer string) {
		if got, ok := t.call(ctx, http.MethodPatch, address, bearer, "12345", "Content-Type", "application/octet-stream"); ok {
			t.wants(got, http.StatusCreated, "", "")
		}
	})
	with("the first byte again", "host/first-byte-again", func(ctx context.Context, t *T, address, bearer string) {
		chunk := []string{"Content-Type", "application/octet-stream", "Content-Range", "0-4"}
		got, ok := t.call(ctx, http.MethodPatch, address, bearer, "12345", chunk...)
		if !ok {
			return
		}
		if next := got.header.Get("Location"); next != "" {
			address = next
		}
		if got, ok := t.call(ctx, http.MethodPatch, address, bearer, "12345", chunk...); ok {
			t.wants(got, http.StatusRequestedRangeNotSatisfiable, "BLOB_UPLOAD_INVALID", "")
		}
	})
	with("a wrong digest over the host", "host/wrong-digest", func(ctx context.Context, t *T, address, bearer string) {
		if got, ok := t.call(ctx, http.MethodPut, withDigest(address, unknownDigest), bearer, "12345", "Content-Type", "application/octet-stream"); ok {
			t.wants(got, http.StatusBadRequest, "BLOB_UPLOAD_INVALID", "None of the provided layer digests match the calculated layer digest")
		}
	})
	with("an empty blob", "host/empty-blob", func(ctx context.Context, t *T, address, bearer string) {
		if got, ok := t.call(ctx, http.MethodPut, withDigest(address, digestOf("")), bearer, "", "Content-Type", "application/octet-stream"); ok {
			t.wants(got, http.StatusBadRequest, "BLOB_UPLOAD_INVALID", "does not have any parts")
		}
	})
	push := func(name, fact string, path, body, mediaType string, status int, code, text string) {
		add(name, fact, func(ctx context.Context, t *T) {
			address, ok := t.path(ctx, "host", path)
			if !ok {
				return
			}
			if bearer, ok := t.authorized(ctx); ok {
				if got, ok := t.call(ctx, http.MethodPut, address, bearer, body, "Content-Type", mediaType); ok {
					t.wants(got, status, code, text)
				}
			}
		})
	}
	push("a manifest with a missing layer", "host/layers-missing", "/manifests/missing", manifest("no such layer"), mediaTypeManifest, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "Layers with digests '[")
	push("an index with a missing image", "host/images-missing", "/manifests/missing", index(manifest("no such image")), mediaTypeIndex, http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN", "Images with digests '[")
	add("an image without layers", "images/no-layers", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "host", "{}") {
			return
		}
		address, ok := t.path(ctx, "host", "/manifests/bare")
		bearer, got := t.authorized(ctx)
		if ok && got {
			bare := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[]}`, mediaTypeManifest, blob(mediaTypeConfig, "{}"))
			if r, ok := t.call(ctx, http.MethodPut, address, bearer, bare, "Content-Type", mediaTypeManifest); ok {
				t.wants(r, http.StatusMethodNotAllowed, "UNSUPPORTED", "1 layer")
			}
		}
	})
	add("a push creates no repository", "", func(ctx context.Context, t *T) {
		path, ok := t.path(ctx, "app", "")
		bearer, got := t.authorized(ctx)
		if ok && got {
			if r, ok := t.call(ctx, http.MethodPost, strings.TrimSuffix(path, "app")+"pushed/blobs/uploads/", bearer, ""); ok {
				t.wants(r, http.StatusNotFound, "NAME_UNKNOWN", "The repository with name '"+t.name("pushed")+"' does not exist")
			}
			_, err := t.API.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{t.name("pushed")}})
			t.fails(err, "RepositoryNotFoundException", "")
		}
	})
	add("a mount is a fresh upload", "", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "app", "a layer") {
			return
		}
		path, ok := t.path(ctx, "host", "/blobs/uploads/?mount="+digestOf("a layer")+"&from=")
		from, fromOK := t.path(ctx, "app", "")
		bearer, got := t.authorized(ctx)
		if ok && fromOK && got {
			if r, ok := t.call(ctx, http.MethodPost, path+url.QueryEscape(strings.TrimPrefix(from, "/v2/")), bearer, ""); ok {
				t.wants(r, http.StatusAccepted, "", "")
			}
		}
	})
}

func withDigest(address, digest string) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + "digest=" + url.QueryEscape(digest)
}
