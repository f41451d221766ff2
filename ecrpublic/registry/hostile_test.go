package registry_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// endless sends bytes until the client disconnects.
func endless(mediaType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		if r.Method == http.MethodHead {
			return
		}
		block := []byte(strings.Repeat("x", 64<<10))
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

// serve starts a registry host over HTTP that requires no token.
func serve(t *testing.T, content http.Handler) *registry.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			content.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return open(t, registry.Options{Host: server.URL})
}

// readings lists all methods that read.
func readings(client *registry.Client) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Resolve":  func(ctx context.Context) error { _, err := client.Resolve(ctx, tagged("v1")); return err },
		"Manifest": func(ctx context.Context) error { _, err := client.Manifest(ctx, tagged("v1")); return err },
		"Tags": func(ctx context.Context) error {
			for _, err := range client.Tags(ctx, app) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Referrers": func(ctx context.Context) error {
			for _, err := range client.Referrers(ctx, digested(digest.FromString("x").String()), "") {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Blob": func(ctx context.Context) error {
			blob, err := client.Blob(ctx, app, digest.FromString("x"))
			if err != nil {
				return err
			}
			defer blob.Close()
			_, err = io.Copy(io.Discard, io.LimitReader(blob, 1<<20))
			return err
		},
	}
}

func TestEndlessBodies(t *testing.T) {
	client := serve(t, endless("application/json"))
	for name, read := range readings(client) {
		if name == "Blob" { // its caller decides how much to read
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := read(t.Context())
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		if name != "Referrers" { // refused by its type
			assert.ErrorContains(t, err, "the response has more than the limit of ", name)
		}
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), name)
	}
}

// TestCostlyElements serves pages of megabytes whose elements take many times their bytes
// once parsed. Not parallel: it counts what the process allocates.
func TestCostlyElements(t *testing.T) {
	list := func(before, element, after string, size int) string {
		return before + strings.Repeat(element+",", size/(len(element)+1)) + element + after
	}
	for name, c := range map[string]struct{ method, content string }{
		"tags":             {"Tags", list(`{"tags":[`, `""`, `]}`, 8<<20-100)},
		"no tags":          {"Tags", list(`{"tags":[`, `null`, `]}`, 8<<20-100)},
		"tags and others":  {"Tags", list(`{"tags":[],"others":[`, `{}`, `]}`, 8<<20-100)},
		"nested tags":      {"Tags", `{"tags":` + strings.Repeat("[", 4<<20)},
		"referrers":        {"Referrers", list(`{"manifests":[`, `{}`, `]}`, 8<<20-100)},
		"no referrers":     {"Referrers", list(`{"manifests":[`, `null`, `]}`, 8<<20-100)},
		"their texts":      {"Referrers", list(`{"manifests":[`, `{"annotations":{"":""}}`, `]}`, 8<<20-100)},
		"manifest":         {"Manifest", list(`{"layers":[`, `{}`, `]}`, 4<<20-100)},
		"layers of old":    {"Manifest", list(`{"fsLayers":[`, `{}`, `]}`, 4<<20-100)},
		"another's layers": {"Manifest", list(`{"other":[`, `{"a":[]}`, `]}`, 4<<20-100)},
	} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			if r.Method != http.MethodHead {
				_, _ = io.WriteString(w, c.content)
			}
		}))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := readings(client)[c.method](t.Context())
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		if name != "nested tags" { // refused by its syntax
			assert.ErrorContains(t, err, "more than 100000 members and list elements", name)
		}
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(48<<20), name)
	}
}

func TestAnnouncedSizeIsCheckedBeforeReading(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
		w.Header().Set("Docker-Content-Digest", digest.FromString("x").String())
		w.Header().Set("Content-Length", "109951162777600")
		w.WriteHeader(http.StatusOK)
	}))
	for name, read := range readings(client) {
		err := read(t.Context())
		assert.Regexp(t, `the response has more than the limit of \d+ bytes|the manifest has 109951162777600 bytes, the limit is 4194304`, err.Error(), name)
	}
}

func TestHTMLIsNoContent(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusNotFound, http.StatusForbidden, http.StatusTeapot} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			fmt.Fprint(w, "<html>\n<body>Welcome \x1b[31mto the proxy"+strings.Repeat(".", 1<<20))
		}))
		for name, read := range readings(client) {
			if name == "Blob" && status == http.StatusOK { // the digest is checked at the end
				continue
			}
			err := read(t.Context())
			require.Error(t, err, "%s %d", name, status)
			assert.Less(t, len(err.Error()), 1000, "%s %d", name, status)
			assert.NotContains(t, err.Error(), "\x1b", "%s %d", name, status)
			assert.Contains(t, err.Error(), "/v2/acme/team/app/", "%s %d", name, status)
		}
	}
}

func TestWrongContent(t *testing.T) {
	t.Parallel()
	good := `{"schemaVersion":2,"mediaType":"` + ocispec.MediaTypeImageManifest + `"}`
	for name, c := range map[string]struct{ mediaType, digest, content, want string }{
		"digest":             {ocispec.MediaTypeImageManifest, digest.FromString("other").String(), good, "the content has digest sha256:"},
		"digest's form":      {ocispec.MediaTypeImageManifest, "sha256:../../etc/passwd", good, "the response's digest is"},
		"digest's algorithm": {ocispec.MediaTypeImageManifest, "md5:d41d8cd98f00b204e9800998ecf8427e", good, "the response's digest is"},
		"not JSON":           {ocispec.MediaTypeImageManifest, "", "hello", "is not a manifest"},
		"a list":             {ocispec.MediaTypeImageManifest, "", "[]", "is not a manifest"},
		"another type":       {ocispec.MediaTypeImageIndex, "", good, "the manifest says media type"},
		"no type":            {"text/plain", "", `{"schemaVersion":2}`, "neither the response nor the manifest says its media type"},
	} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.mediaType)
			if c.digest != "" {
				w.Header().Set("Docker-Content-Digest", c.digest)
			}
			fmt.Fprint(w, c.content)
		}))
		_, err := client.Manifest(t.Context(), tagged("v1"))
		assert.ErrorContains(t, err, c.want, name)
		_, err = client.Manifest(t.Context(), digested(digest.FromString("wanted").String()))
		assert.ErrorContains(t, err, "want "+digest.FromString("wanted").String(), name)
	}
}

func TestWrongBlob(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "evil") }))
	blob, err := client.Blob(t.Context(), app, digest.FromString("good"))
	require.NoError(t, err)
	content, err := io.ReadAll(blob)
	assert.ErrorContains(t, err, "the content has digest "+digest.FromString("evil").String())
	assert.Equal(t, "evil", string(content))
	_, again := blob.Read(make([]byte, 1))
	assert.Equal(t, err, again)
	require.NoError(t, blob.Close())
}

func TestEndlessPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		next func(page int) string
		want string
	}{
		"the same":       {func(int) string { return "/v2/acme/team/app/tags/list?last=a" }, "leads back to an earlier one"},
		"in a circle":    {func(page int) string { return fmt.Sprintf("?last=%d", page%7) }, "leads back to an earlier one"},
		"ever new":       {func(page int) string { return fmt.Sprintf("?last=%d", page) }, "more than 10000 pages"},
		"another host":   {func(int) string { return "https://evil.test/v2/acme/team/app/tags/list" }, "the link to the next page leads to https://evil.test/"},
		"another scheme": {func(int) string { return "http://registry.test/v2/acme/team/app/tags/list" }, "the link to the next page leads to http://registry.test/"},
		"another path":   {func(int) string { return "/v2/acme/other/tags/list" }, "the link to the next page leads to https://registry.test/v2/acme/other/"},
		"no address":     {func(int) string { return "https://[::1" }, "the link to the next page is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := 0
			h := newFakeHost()
			h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				page++
				w.Header().Set("Link", `<`+c.next(page)+`>; rel="next"`)
				fmt.Fprintf(w, `{"name":"acme/team/app","tags":["v%d"]}`, page)
			})
			client := h.open(t, registry.Options{})
			err := readings(client)["Tags"](t.Context())
			assert.ErrorContains(t, err, c.want)
			assert.Zero(t, h.count("evil.test"))
		})
	}
}

func TestImpossibleTagsAndReferrers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"tags":["ok","../../x"]}`, `{"tags":[""]}`, `{"tags":["a b"]}`, `{"tags":{}}`, `{"tags":"x"}`, "[]", ""} {
		h := newFakeHost()
		h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		err := readings(h.open(t, registry.Options{}))["Tags"](t.Context())
		assert.ErrorContains(t, err, "GET https://registry.test/v2/acme/team/app/tags/list: the response ", body)
	}
	for _, body := range []string{`{"manifests":[{"digest":"x"}]}`, `{"manifests":{}}`, "[]", ""} {
		h := newFakeHost()
		h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
			fmt.Fprint(w, body)
		})
		err := readings(h.open(t, registry.Options{}))["Referrers"](t.Context())
		assert.ErrorContains(t, err, "the response ", body)
	}
}

// Tokens are requested only from the registry host itself.
func TestForeignRealms(t *testing.T) {
	t.Parallel()
	for _, realm := range []string{
		"https://evil.test/token/", "http://registry.test/token/", "https://registry.test.evil.test/token/",
		"https://registry.test@evil.test/token/", "https://user:pw@registry.test/token/", "https://registry.test:8443/token/", "", "::", "/token/",
	} {
		h := newFakeHost()
		h.realm = realm
		client := h.open(t, registry.Options{Login: (&logins{}).provider()})
		for name, read := range readings(client) {
			assert.ErrorContains(t, read(t.Context()), "the host names the token endpoint ", "%s %s", realm, name)
		}
		assert.Empty(t, h.secrets, realm)
	}
	h := newFakeHost()
	h.realm = "https://REGISTRY.test:443/token/"
	assert.Equal(t, http.StatusOK, h.status(t, h.open(t, registry.Options{}), manifestPath))

	// A realm that changes with a refusal is checked as well.
	h = newFakeHost()
	client := h.open(t, registry.Options{})
	require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
	h.accept("none")
	h.refuse = func(w http.ResponseWriter) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://evil.test/token/"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
	_, err := client.Do(h.get(t, manifestPath))
	assert.ErrorContains(t, err, "the host names the token endpoint ")
	assert.Zero(t, h.count("evil.test"))
}

func TestOtherAuthenticationIsRefused(t *testing.T) {
	t.Parallel()
	basic := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	client := newFakeHost().open(t, registry.Options{HTTPClient: &http.Client{Transport: inMemory{basic}}, Login: (&logins{}).provider()})
	err := readings(client)["Manifest"](t.Context())
	assert.True(t, registry.IsDenied(err), err)
}

// Only the token endpoint gets the login. It must not redirect.
func TestRedirectedTokenEndpoint(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://evil.test/token/", http.StatusTemporaryRedirect)
	}
	client := h.open(t, registry.Options{Login: (&logins{}).provider()})
	err := readings(client)["Manifest"](t.Context())
	assert.ErrorContains(t, err, "GET https://registry.test/token/: 307 Temporary Redirect")
	assert.Zero(t, h.count("evil.test"))
}

func TestSecretsGoToNoOtherHost(t *testing.T) {
	t.Parallel()
	content := "a blob"
	for _, other := range []string{"https://cdn.test", "https://sub.registry.test", "https://registry.test:8443"} {
		h := newFakeHost()
		h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other+"/blob?signature=secret", http.StatusTemporaryRedirect)
		})
		var seen []http.Header
		both := inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Host == "registry.test" {
				h.ServeHTTP(w, r)
				return
			}
			seen = append(seen, r.Header)
			fmt.Fprint(w, content)
		})}
		client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: both}, Login: (&logins{}).provider()})
		blob, err := client.Blob(t.Context(), app, digest.FromString(content))
		require.NoError(t, err)
		got, err := io.ReadAll(blob)
		require.NoError(t, err)
		require.NoError(t, blob.Close())
		assert.Equal(t, content, string(got))
		require.Len(t, seen, 1, other)
		for name, values := range seen[0] {
			assert.NotContains(t, fmt.Sprint(values), "token", name)
			assert.NotContains(t, fmt.Sprint(values), "password", name)
			assert.NotEqual(t, "Authorization", name)
		}
	}
}

func TestNoRedirectToPlainHTTP(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://registry.test"+r.URL.Path+"?signature=secret", http.StatusTemporaryRedirect)
	})
	for name, read := range readings(h.open(t, registry.Options{})) {
		err := read(t.Context())
		assert.ErrorContains(t, err, "redirected from HTTPS to http://registry.test", name)
		assert.NotContains(t, err.Error(), "signature", name)
	}
}

func TestRedirectsInACircle(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
	})
	for name, read := range readings(h.open(t, registry.Options{})) {
		assert.ErrorContains(t, read(t.Context()), "stopped after 10 redirects", name)
	}
}

func TestSilentHost(t *testing.T) {
	t.Parallel()
	for _, silent := range []string{"header", "body"} {
		t.Run(silent, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				transport := roundTripFunc(func(req *http.Request) (*http.Response, error) {
					if !strings.Contains(req.URL.Path, "/v2/acme/") {
						return inMemory{h}.RoundTrip(req)
					}
					if silent == "header" {
						<-req.Context().Done()
						return nil, req.Context().Err()
					}
					return &http.Response{StatusCode: http.StatusOK, Body: silentBody{req.Context()}, ContentLength: -1, Header: http.Header{}}, nil
				})
				client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: transport}})
				for name, read := range readings(client) {
					start := time.Now()
					err := read(t.Context())
					assert.ErrorContains(t, err, "no byte was sent or received for 1m0s", name)
					var timeout net.Error
					if assert.ErrorAs(t, err, &timeout) {
						assert.True(t, timeout.Timeout())
					}
					assert.Less(t, time.Since(start), 10*time.Minute, name)
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					assert.ErrorIs(t, read(ctx), context.DeadlineExceeded, name)
					cancel()
				}
			})
		})
	}
}

type silentBody struct{ ctx context.Context }

func (b silentBody) Read([]byte) (int, error) {
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

func (silentBody) Close() error { return nil }
