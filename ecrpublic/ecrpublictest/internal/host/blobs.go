package host

import (
	"crypto/hmac"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
)

// headBlob responds with the size of a layer.
func (h *Host) headBlob(w http.ResponseWriter, _ *http.Request, at resource) error {
	size, err := h.layerSize(at)
	if err != nil {
		return err
	}
	setBlobHeader(w, at.reference)
	w.Header().Set("Accept-Ranges", "bytes")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	return nil
}

// getBlob sends a layer. Like ECR, it redirects the client to another host, if
// there is one that the client can reach.
func (h *Host) getBlob(w http.ResponseWriter, r *http.Request, at resource) error {
	if _, err := h.layerSize(at); err != nil {
		return err
	}
	if other := h.otherHost(r); h.ecr && other != "" && isRedirected(at.token) {
		w.Header().Set("Location", h.blobURL(schemeOf(r), other, at.reference))
		w.WriteHeader(http.StatusTemporaryRedirect)
		return nil
	}
	return h.sendBlob(w, r, at.reference)
}

// isRedirected reports whether ECR redirects the bearer of a token to another host
// for blobs. It was seen for tokens of /token/, which container tools use; for the
// API's own, used as a bearer by hand, nothing is known.
func isRedirected(token registry.TicketKind) bool { return token == registry.BearerTicket }

// layerSize returns the size of a layer that a repository has.
func (h *Host) layerSize(at resource) (int64, error) {
	if err := checkSHA256(at.reference); err != nil {
		return 0, err
	}
	size, ok := h.store.LayerSize(at.name, at.reference)
	if !ok {
		return 0, errBlobUnknown
	}
	return size, nil
}

// checkSHA256 reports whether a text is a digest of the only kind that layers and
// images have.
func checkSHA256(text string) error {
	d := digest.Digest(text)
	if d.Validate() != nil || d.Algorithm() != digest.SHA256 {
		return errDigestInvalid
	}
	return nil
}

func setBlobHeader(w http.ResponseWriter, digest string) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("ETag", strconv.Quote(digest))
}

// sendBlob sends a layer, or the requested range of it. Units of ranges other
// than bytes are ignored.
func (h *Host) sendBlob(w http.ResponseWriter, r *http.Request, digest string) error {
	content, err := h.store.OpenLayer(digest)
	if err != nil {
		return err
	}
	defer content.Close()
	if unit, _, _ := strings.Cut(r.Header.Get("Range"), "="); unit != "bytes" {
		r.Header.Del("Range")
	}
	setBlobHeader(w, digest)
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

const (
	// blobPath is the path of blobs on the host that serves them.
	blobPath = "/blob/"

	// blobURLLife is how long an address of a blob is valid.
	blobURLLife = time.Hour
)

// blobURL returns the address of a layer on the other host. It needs no token,
// and expires.
func (h *Host) blobURL(scheme, other, digest string) string {
	expires := strconv.FormatInt(h.store.Now().Add(blobURLLife).Unix(), 10)
	query := url.Values{"Expires": {expires}, "Signature": {hex.EncodeToString(h.store.Seal("blob", digest, expires))}}
	return (&url.URL{Scheme: scheme, Host: other, Path: blobPath + digest, RawQuery: query.Encode()}).String()
}

// serveBlob stands for the host that serves blobs. Like a content delivery
// network, it accepts signed addresses instead of tokens.
func (h *Host) serveBlob(w http.ResponseWriter, r *http.Request) {
	digest, query := strings.TrimPrefix(r.URL.Path, blobPath), r.URL.Query()
	signature, _ := hex.DecodeString(query.Get("Signature"))
	expires, err := strconv.ParseInt(query.Get("Expires"), 10, 64)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	case err != nil || h.store.Now().Unix() >= expires || !hmac.Equal(signature, h.store.Seal("blob", digest, query.Get("Expires"))):
		http.Error(w, "The address is not signed, or has expired.", http.StatusForbidden)
	default:
		if err := h.sendBlob(w, r, digest); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

// otherHost returns another name under which the client of a request reaches this
// server, or "": localhost for 127.0.0.1 and the reverse, and the configured blob
// host for a real host.
func (h *Host) otherHost(r *http.Request) string {
	name, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		name, port = r.Host, ""
	}
	other := h.blobHost
	switch {
	case schemeOf(r) == "https":
		// A certificate for the one name need not be one for the other.
	case name == "localhost":
		other = "127.0.0.1"
	case net.ParseIP(strings.Trim(name, "[]")).IsLoopback():
		other = "localhost"
	}
	if other == "" || port == "" {
		return other
	}
	return net.JoinHostPort(other, port)
}
