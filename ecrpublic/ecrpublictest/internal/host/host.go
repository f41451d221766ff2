// Package host emulates the registry host, public.ecr.aws, which container
// tools call.
package host

import (
	"net/http"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
)

// Host is the registry host: the token endpoint and the OCI distribution API over
// a registry.
type Host struct {
	store    *registry.Store
	ecr      bool
	blobHost string
}

// New creates a host. As ECR it has the recorded quirks and refusals; otherwise
// it follows the specification. blobHost is the host to which clients of a real
// host name, or of TLS, are redirected for blobs; "" means none.
func New(store *registry.Store, ecr bool, blobHost string) *Host {
	return &Host{store, ecr, blobHost}
}

// resource is what a path below /v2/ names.
type resource struct {
	kind      string // of the last part: one of the keys of endpoints
	alias     string // of the registry
	name      string // of the repository
	reference string // a digest, a tag or an upload
	token     registry.TicketKind
}

// endpoint serves a request for a resource.
type endpoint func(h *Host, w http.ResponseWriter, r *http.Request, at resource) error

// endpointsOf lists what the registry host serves, by the kind of the resource
// and the method.
func endpointsOf(kind string) map[string]endpoint {
	switch kind {
	case "blobs":
		return map[string]endpoint{http.MethodGet: (*Host).getBlob, http.MethodHead: (*Host).headBlob}
	case "uploads":
		return map[string]endpoint{http.MethodPost: (*Host).beginUpload}
	case "upload":
		return map[string]endpoint{
			http.MethodGet: (*Host).uploadStatus, http.MethodPatch: (*Host).appendToUpload,
			http.MethodPut: (*Host).completeUpload, http.MethodDelete: (*Host).cancelUpload,
		}
	case "manifests":
		return map[string]endpoint{
			http.MethodGet: (*Host).getManifest, http.MethodHead: (*Host).getManifest,
			http.MethodPut: (*Host).putManifest, http.MethodDelete: (*Host).deleteManifest,
		}
	case "tags":
		return map[string]endpoint{http.MethodGet: (*Host).listTags}
	case "referrers":
		return map[string]endpoint{http.MethodGet: (*Host).listReferrers}
	}
	return nil
}

func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/token" || r.URL.Path == "/token/":
		h.token(w, r)
	case strings.HasPrefix(r.URL.Path, blobPath):
		h.serveBlob(w, r)
	default:
		w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
		token, err := h.authorize(r)
		if err != nil {
			refuseAccess(w, r, err)
			return
		}
		if err := h.serve(w, r, token); err != nil {
			h.refuse(w, r, err)
		}
	}
}

// serve handles an authorized request.
func (h *Host) serve(w http.ResponseWriter, r *http.Request, token registry.TicketKind) error {
	if r.URL.Path == "/v2/" || r.URL.Path == "/v2" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
		return nil
	}
	at, ok := parsePath(r.URL.Path)
	if !ok {
		return errUnsupported
	}
	at.token = token
	if err := h.store.Locate(at.alias, at.name); err != nil {
		return err
	}
	respond := endpointsOf(at.kind)[r.Method]
	if respond == nil {
		return errUnsupported
	}
	return respond(h, w, r, at)
}

// parsePath splits a path below /v2/ into the alias, the repository, which may
// have slashes itself, and the resource.
func parsePath(path string) (at resource, ok bool) {
	repository, reference := cutLast(strings.TrimPrefix(path, "/v2/"))
	repository, kind := cutLast(repository)
	switch {
	case kind == "uploads": // REPOSITORY/blobs/uploads/ID, or without the ID
		var above string
		if repository, above = cutLast(repository); above != "blobs" {
			return resource{}, false
		}
		if reference != "" {
			kind = "upload"
		}
	case kind == "blobs" && reference == "uploads":
		kind = "uploads"
	case kind == "tags" && reference != "list":
		return resource{}, false
	}
	alias, name, _ := strings.Cut(repository, "/")
	return resource{kind: kind, alias: alias, name: name, reference: reference}, name != "" && endpointsOf(kind) != nil
}

// cutLast cuts off the last part of a path.
func cutLast(path string) (before, last string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(0, i)], path[i+1:]
}
