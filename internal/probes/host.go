package probes

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

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
	add("a request without a token is challenged", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/v2/", "", ""); ok {
			t.wants(got, http.StatusUnauthorized, "", "")
			t.holds(nil, `Bearer realm="…/token/",service="public.ecr.aws",scope="aws"`, func() bool {
				return regexp.MustCompile(`^Bearer realm="https?://[^"]+/token/",service="[^"]+",scope="aws"$`).MatchString(got.header.Get("Www-Authenticate"))
			})
		}
	})
	add("anyone gets a token", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/token/", "", ""); ok {
			t.wants(got, http.StatusOK, "", "")
		}
	})
	add("a login gets a token", "host/basic-token", func(ctx context.Context, t *T) { t.authorized(ctx) })
	add("an invalid bearer", "", func(ctx context.Context, t *T) {
		if got, ok := t.call(ctx, http.MethodGet, "/v2/", "Bearer bm8gdG9rZW4=", ""); ok {
			t.wants(got, http.StatusBadRequest, "DENIED", "Your Authorization Token is invalid.")
		}
	})
	add("the API's token works as a bearer", "", func(ctx context.Context, t *T) {
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
			t.holds(nil, "a Location with the redirect", func() bool { return r.header.Get("Location") != "" })
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
	pushes(add)
}
