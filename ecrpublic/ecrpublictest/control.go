package ecrpublictest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
// repeat-token. Further members are its arguments: status, code, message, delay,
// body, reads and size.
func WithControl() Option { return func(c *config) { c.control = true } }

// control is the handler of [WithControl].
type control struct {
	handler *Handler
	offset  *atomic.Int64 // of the clock, in nanoseconds
	faults  injectedFaults
}

func (c *control) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(r *http.Request) (any, error){
		"GET health":      func(*http.Request) (any, error) { return map[string]string{"status": "ok"}, nil },
		"POST reset":      c.reset,
		"GET requests":    c.listRequests,
		"DELETE requests": c.forgetRequests,
		"GET faults":      c.listFaults,
		"POST faults":     c.addFault,
		"DELETE faults":   c.clearFaults,
		"GET clock":       c.readClock,
		"PUT clock":       c.setClock,
		"GET quotas":      c.readQuotas,
		"PUT quotas":      c.setQuotas,
	} {
		var method, name string
		_, _ = fmt.Sscan(pattern, &method, &name) // they are two words
		mux.HandleFunc(method+" "+ControlPath+name, func(w http.ResponseWriter, r *http.Request) {
			answerControl(w, serve, r)
		})
	}
	return mux
}

// before serves requests below [ControlPath] and passes the rest to next.
func (c *control) before(next http.Handler) http.Handler {
	own := c.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, ControlPath) {
			own.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func answerControl(w http.ResponseWriter, serve func(r *http.Request) (any, error), r *http.Request) {
	out, err := serve(r)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// readControl reads a JSON body without unknown members.
func readControl(r *http.Request, value any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return fmt.Errorf("the body is not the JSON that is expected: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body has more than one JSON value")
	}
	return nil
}

type done struct{}

func (c *control) reset(r *http.Request) (any, error) {
	c.offset.Store(0)
	_, _ = c.clearFaults(r)
	if err := c.handler.store.Reset(); err != nil {
		return nil, err
	}
	return c.forgetRequests(r)
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

func (c *control) forgetRequests(*http.Request) (any, error) {
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
		return nil, errors.New(`offset: want a duration such as "13h" or "-5m"`)
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
		return nil, err
	}
	return c.readQuotas(r)
}
