package ecrpublictest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cuelabs.dev/go/oci/ociregistry"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

var errNotAuthorized = errors.New(textNotAuthorized)

// authorize returns an error unless a request may continue. Anybody may pull, but
// not without a token; only a login pushes.
func (h *registry) authorize(r *http.Request) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return errNotAuthorized
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return errInvalidTicket
	}
	allowed, err := h.store.openBearer(token)
	if err != nil {
		return err
	}
	if allowed == mayPush || r.Method == http.MethodGet || r.Method == http.MethodHead && !h.hidesFromAnonymous(r) {
		return nil
	}
	return errNotAuthorized
}

// hidesFromAnonymous reports whether a HEAD request needs a login: ECR Public
// answers those for blobs with 401, although it serves the GET.
func (h *registry) hidesFromAnonymous(r *http.Request) bool {
	return h.store.config.mode == RegistryECR && strings.Contains(r.URL.Path, "/blobs/")
}

// token answers with a token: to a login with one that pushes, and to anybody
// with one that pulls.
func (h *registry) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	allowed, err := h.login(r)
	if err != nil {
		refuseAccess(w, r, err)
		return
	}
	token := h.store.newTicket(bearerTicket, allowed, h.store.config.now().Add(h.store.config.bearerLife))
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"token": token})
}

// login tells what the credentials of a request for a token allow.
func (h *registry) login(r *http.Request) (right, error) {
	if r.Header.Get("Authorization") == "" {
		return mayPull, nil
	}
	user, password, _ := r.BasicAuth()
	if user != userName {
		return "", errInvalidTicket
	}
	return h.store.openTicket(loginTicket, password)
}

// statusExpiredLogin answers a login that has expired. Its text was seen, its
// status is a guess.
const statusExpiredLogin = http.StatusForbidden

// refuseAccess asks clients without a sufficient token to get one. A token that
// is invalid, or a bearer that has expired, is answered with 400 and without a
// challenge, which was seen.
func refuseAccess(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadRequest
	switch {
	case errors.Is(err, errNotAuthorized):
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", challenge(r))
	case errors.Is(err, errExpiredTicket):
		status = statusExpiredLogin
	}
	writeRegistryStatus(w, status, ociregistry.NewError(err.Error(), ociregistry.ErrDenied.Code(), nil))
}

// challenge names the token endpoint of the host that the client talks to.
func challenge(r *http.Request) string {
	scheme := r.Header.Get(forwardedProto)
	switch {
	case r.TLS != nil:
		scheme = "https"
	case scheme == "":
		scheme = "http"
	}
	return fmt.Sprintf(`Bearer realm="%s://%s/token/",service="%s",scope="aws"`, scheme, r.Host, imageref.Host)
}
