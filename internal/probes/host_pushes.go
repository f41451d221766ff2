package probes

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// pushes probes what a push over the registry host meets.
func pushes(add func(name, fact string, does func(context.Context, *T))) {
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
	with("an upload's address is below its repository", "", func(_ context.Context, t *T, address, _ string) {
		u, err := url.Parse(address)
		t.holds(err, "/v2/ALIAS/NAME/blobs/uploads/UUID", func() bool {
			return regexp.MustCompile(`^/v2/[^/]+/` + t.name("host") + `/blobs/uploads/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(u.Path)
		})
	})
	with("a chunk returns 201", "host/patch-status", func(ctx context.Context, t *T, address, bearer string) {
		if got, ok := t.call(ctx, http.MethodPatch, address, bearer, "12345", "Content-Type", "application/octet-stream"); ok {
			t.wants(got, http.StatusCreated, "", "")
		}
	})
	with("Range has the length of the last chunk", "host/range", func(ctx context.Context, t *T, address, bearer string) {
		for first := 0; first < 10; first += 5 {
			got, ok := t.call(ctx, http.MethodPatch, address, bearer, "12345", "Content-Type", "application/octet-stream", "Content-Range", fmt.Sprintf("%d-%d", first, first+4))
			if !ok {
				return
			}
			t.equal(nil, fmt.Sprint("Range after byte ", first+4), "0-4", got.header.Get("Range"))
			if next := got.header.Get("Location"); next != "" {
				address = next
			}
		}
	})
	with("a chunk sent twice", "host/first-byte-again", func(ctx context.Context, t *T, address, bearer string) {
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
	with("a wrong digest", "host/wrong-digest", func(ctx context.Context, t *T, address, bearer string) {
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
	push("a manifest that is not JSON", "host/manifest-form", "/manifests/bad", "not JSON", mediaTypeManifest, http.StatusMethodNotAllowed, "UNSUPPORTED", "Invalid JSON syntax")
	push("a manifest with a missing layer", "host/layers-missing", "/manifests/missing", manifest("no such layer"), mediaTypeManifest, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "Layers with digests '[")
	push("an index with a missing image", "host/images-missing", "/manifests/missing", index(manifest("no such image")), mediaTypeIndex, http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN", "Images with digests '[")
	add("an image without layers", "images/no-layers", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "host", "{}") {
			return
		}
		address, ok := t.path(ctx, "host", "/manifests/bare")
		bearer, got := t.authorized(ctx)
		if ok && got {
			if r, ok := t.call(ctx, http.MethodPut, address, bearer, bare(), "Content-Type", mediaTypeManifest); ok {
				t.wants(r, http.StatusMethodNotAllowed, "UNSUPPORTED", "1 layer")
			}
		}
	})
	add("a push does not create a repository", "", func(ctx context.Context, t *T) {
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
	add("a mount starts a new upload", "", func(ctx context.Context, t *T) {
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
