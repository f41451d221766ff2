package ecrpublictest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// ControlPath is the path below which [WithControl] serves.
const ControlPath = "/_emulator/"

// WithControl lets programs in any language control the emulator over HTTP,
// below [ControlPath]. Bodies are JSON.
//
//	GET    health    returns {"status":"ok"}
//	POST   reset     forgets the state, the faults, the requests and the clock's offset
//	GET    requests  lists the requests, as Handler.Requests does
//	DELETE requests  forgets them
//	POST   faults    adds one, such as {"operation":"PutImage","times":2,"effect":"throttle"}
//	GET    faults    lists the added ones
//	DELETE faults    removes all
//	PUT    clock     moves the clock: {"offset":"13h"}
//	GET    clock     returns its time and offset
//	PUT    quotas    replaces the quotas: {"TagsPerImage":5}
//	GET    quotas    returns them
//
// A fault has the members of [Fault], in lower case, and the name of its effect:
// throttle, fail, expired-token, status, delay, reset-before, reset-after,
// reset-midway, truncate, cut-off, body, clock-offset, hide-new, short-pages or
// repeat-token. Further members are its arguments: status, code and message of fail,
// status of status, delay of delay and clock-offset, body of body, reads of hide-new
// and size of short-pages.
//
// An error is {"error":"..."}, with status 400 for an invalid body, 404 or 405 for
// any other request, and 500 if the data directory cannot be written. An invalid
// body changes nothing.
func WithControl() Option { return func(c *config) { c.control = true } }

// control is the handler of [WithControl].
type control struct {
	handler *Handler
	offset  *atomic.Int64 // of the clock, in nanoseconds
	faults  injectedFaults
}

// routes are the requests of the control path, by name and method.
func (c *control) routes() map[string]map[string]controlFunc {
	return map[string]map[string]controlFunc{
		"health":   {http.MethodGet: c.health},
		"reset":    {http.MethodPost: c.reset},
		"requests": {http.MethodGet: c.listRequests, http.MethodDelete: c.forgetRequests},
		"faults":   {http.MethodGet: c.listFaults, http.MethodPost: c.addFault, http.MethodDelete: c.clearFaults},
		"clock":    {http.MethodGet: c.readClock, http.MethodPut: c.setClock},
		"quotas":   {http.MethodGet: c.readQuotas, http.MethodPut: c.setQuotas},
	}
}

// before serves requests below [ControlPath] and passes the rest to next.
func (c *control) before(next http.Handler) http.Handler {
	own := c.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, below := strings.CutPrefix(r.URL.Path, ControlPath)
		if !below {
			next.ServeHTTP(w, r)
			return
		}
		respond(w, r, serveControl(own, name))
	})
}

type done struct{}

func (c *control) health(*http.Request) (any, error) { return map[string]string{"status": "ok"}, nil }

func (c *control) reset(r *http.Request) (any, error) {
	if err := expectNoBody(r); err != nil {
		return nil, err
	}
	c.offset.Store(0)
	c.faults.clear(c.handler)
	c.handler.ResetRequests()
	return done{}, c.handler.store.Reset()
}

// recordedRequest is a request in JSON, its input in the form of the API.
type recordedRequest struct {
	Operation     string          `json:"operation"`
	Time          time.Time       `json:"time"`
	Method        string          `json:"method"`
	Path          string          `json:"path"`
	Header        http.Header     `json:"header"`
	Input         json.RawMessage `json:"input,omitempty"`
	Status        int             `json:"status"`
	BytesReceived int64           `json:"bytesReceived"`
	BytesSent     int64           `json:"bytesSent"`
}

func (c *control) listRequests(*http.Request) (any, error) {
	list := []recordedRequest{}
	for _, r := range c.handler.Requests() {
		entry := recordedRequest{r.Operation, r.Time, r.Method, r.Path, r.Header, nil, r.Status, r.BytesReceived, r.BytesSent}
		if r.Input != nil {
			input, err := codec.Append(nil, r.Input)
			if err != nil {
				return nil, err
			}
			entry.Input = input
		}
		list = append(list, entry)
	}
	return map[string]any{"requests": list}, nil
}

func (c *control) forgetRequests(r *http.Request) (any, error) {
	if err := expectNoBody(r); err != nil {
		return nil, err
	}
	c.handler.ResetRequests()
	return done{}, nil
}

type clockState struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"offset"`
}

func (c *control) readClock(*http.Request) (any, error) {
	return clockState{c.handler.store.Now(), time.Duration(c.offset.Load()).String()}, nil
}

func (c *control) setClock(r *http.Request) (any, error) {
	var in struct {
		Offset string `json:"offset"`
	}
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	offset, err := time.ParseDuration(in.Offset)
	if err != nil {
		return nil, badRequest(fmt.Errorf(`offset %q: want a duration such as "13h" or "-5m"`, in.Offset))
	}
	c.offset.Store(int64(offset))
	return c.readClock(r)
}

func (c *control) readQuotas(*http.Request) (any, error) { return c.handler.store.Quotas(), nil }

func (c *control) setQuotas(r *http.Request) (any, error) {
	var in registry.Quotas
	if err := readControl(r, &in); err != nil {
		return nil, err
	}
	if err := c.handler.store.SetQuotas(in); err != nil {
		return nil, badRequest(err)
	}
	return c.readQuotas(r)
}
