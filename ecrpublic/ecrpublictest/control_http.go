package ecrpublictest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// controlFunc serves a request of the control path and returns what to send as JSON.
type controlFunc func(r *http.Request) (any, error)

// controlError is an error of the control path that is the client's.
type controlError struct {
	status int
	allow  string // methods, with 405
	error
}

func badRequest(err error) error { return &controlError{http.StatusBadRequest, "", err} }

// serveControl returns what serves the requests for a name.
func serveControl(routes map[string]map[string]controlFunc, name string) controlFunc {
	return func(r *http.Request) (any, error) {
		methods, known := routes[name]
		if !known {
			return nil, &controlError{http.StatusNotFound, "", fmt.Errorf("%s%s: want one of %s", ControlPath, name, sortedNames(routes))}
		}
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet // net/http drops the body
		}
		serve, known := methods[method]
		if !known {
			allow := sortedNames(methods)
			return nil, &controlError{http.StatusMethodNotAllowed, allow, fmt.Errorf("%s %s%s: want one of %s", r.Method, ControlPath, name, allow)}
		}
		return serve(r)
	}
}

func sortedNames[V any](of map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}

// respond sends a result or an error as JSON.
func respond(w http.ResponseWriter, r *http.Request, serve controlFunc) {
	out, err := serve(r)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		status := http.StatusInternalServerError
		if refused, ok := errors.AsType[*controlError](err); ok {
			status = refused.status
			if refused.allow != "" {
				w.Header().Set("Allow", refused.allow)
			}
		}
		w.WriteHeader(status)
		out = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(out)
}
