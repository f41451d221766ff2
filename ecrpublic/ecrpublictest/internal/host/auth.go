package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

var errNotAuthorized = errors.New("Not Authorized") // seen

// authorize returns the kind of a request's token, or an error unless the request
// may continue. Pulling needs any token; pushing needs one issued for a login.
func (h *Host) authorize(r *http.Request) (registry.TicketKind, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", errNotAuthorized
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", registry.ErrInvalidTicket
	}
	kind, allowed, err := h.store.OpenBearer(token)
	if err != nil {
		return "", err
	}
	if allowed == registry.MayPush || r.Method == http.MethodGet || r.Method == http.MethodHead && !h.hidesFromAnonymous(r) {
		return kind, nil
	}
	return "", errNotAuthorized
}

// hidesFromAnonymous reports whether a HEAD request needs a login: ECR Public
// refuses those for blobs with 401, although it serves the GET.
func (h *Host) hidesFromAnonymous(r *http.Request) bool {
	return h.ecr && strings.Contains(r.URL.Path, "/blobs/")
}

// token issues a token: for a login one that may push, otherwise one that may
// pull.
func (h *Host) token(w http.ResponseWriter, r *http.Request) {
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
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"token": h.store.NewBearer(allowed)})
}

// login returns the rights of the credentials in a request for a token.
func (h *Host) login(r *http.Request) (registry.Right, error) {
	if r.Header.Get("Authorization") == "" {
		return registry.MayPull, nil
	}
	user, password, _ := r.BasicAuth()
	if user != registry.UserName {
		return "", registry.ErrInvalidTicket
	}
	return h.store.OpenTicket(registry.LoginTicket, password)
}

// statusExpiredLogin is the status for an expired login. The text was seen,
// the status is a guess.
const statusExpiredLogin = http.StatusForbidden

// refuseAccess asks clients without a sufficient token to get one. An invalid
// token or an expired bearer is refused with 400 and no challenge, as was seen.
func refuseAccess(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadRequest
	switch {
	case errors.Is(err, errNotAuthorized):
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", challenge(r))
	case errors.Is(err, registry.ErrExpiredTicket):
		status = statusExpiredLogin
	}
	WriteError(w, status, "DENIED", err.Error())
}

// challenge names the token endpoint of the host that the client called.
func challenge(r *http.Request) string {
	return fmt.Sprintf(`Bearer realm="%s://%s/token/",service="%s",scope="aws"`, schemeOf(r), r.Host, imageref.Host)
}

// schemeOf returns the scheme that the client used. For the real hosts it is
// always HTTPS, even if the TLS proxy does not say so.
func schemeOf(r *http.Request) string {
	if r.TLS != nil || r.Header.Get(ForwardedProto) == "https" || isRegistryName(hostname(r.Host)) {
		return "https"
	}
	return "http"
}

// ForwardedProto names the client's scheme if a proxy in between uses another.
const ForwardedProto = "X-Forwarded-Proto"

// isRegistryName reports whether a host name is one of the real registry host.
func isRegistryName(name string) bool {
	return name == imageref.Host || name == imageref.DualStackHost
}

// hostname returns the host of a Host header, without the port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
