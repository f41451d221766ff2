package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// result is what a run found. Nothing in it identifies the account.
type result struct {
	Service string         `json:"service"`
	Taken   time.Time      `json:"taken"`
	Probes  []probedResult `json:"probes"`

	// Setup are the exchanges that made what probes share, by its name.
	Setup map[string][]exchange `json:"setup"`
}

// probedResult is a probe's outcome with what was sent and received.
type probedResult struct {
	probes.Result
	Exchanges []exchange `json:"exchanges"`
}

// exchange is a scrubbed request and its response, in the form of the recorded vectors:
// a status, headers, and the body as text.
type exchange struct {
	ID        string      `json:"id"`                  // the probe's name and a number
	Operation string      `json:"operation,omitempty"` // of the API; empty for the registry host
	Method    string      `json:"method"`
	URL       string      `json:"url"`
	Sent      http.Header `json:"sent,omitempty"`
	Input     string      `json:"input,omitempty"`
	Status    int         `json:"status"`
	Headers   http.Header `json:"headers"`
	Body      string      `json:"body"`
}

// longest is how much of a body is recorded; of a layer the rest says nothing.
const longest = 64 << 10

// recorder keeps the exchanges of the probe under way.
type recorder struct {
	next      http.RoundTripper
	scrubber  *ecrpublictest.Scrubber
	exchanges []exchange
}

// RoundTrip sends a request and records it with its response.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	sent, err := readBody(request)
	if err != nil {
		return nil, err
	}
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	r.exchanges = append(r.exchanges, exchange{
		Operation: operationOf(request), Method: request.Method, URL: r.scrubber.Text(request.URL.String()), Sent: r.scrubber.Header(request.Header),
		Input: r.scrubber.Body(shortened(sent)), Status: response.StatusCode, Headers: r.scrubber.Header(response.Header), Body: r.scrubber.Body(shortened(body)),
	})
	return response, nil
}

// take returns the exchanges from a position on, numbered, and forgets them.
func (r *recorder) take(name string, from int) []exchange {
	taken := r.exchanges[from:]
	r.exchanges = r.exchanges[:from:from]
	for i := range taken {
		taken[i].ID = fmt.Sprintf("%s#%d", name, i+1)
	}
	return taken
}

func shortened(body []byte) string {
	if len(body) > longest {
		return fmt.Sprintf("%s... and %d bytes more", body[:100], len(body)-100)
	}
	return string(body)
}

// recordedPrefix stands for the run's in records. It is as long, since probes make names
// of a certain length.
const recordedPrefix = "parity-thisrecord"

// newScrubber also replaces the run's prefix and addresses, which differ by run.
func newScrubber(t *target) *ecrpublictest.Scrubber {
	replace := map[string]string{t.prefix: recordedPrefix}
	for _, address := range []string{t.host, t.address} {
		if address != "" && !strings.Contains(address, imageref.Host) {
			_, host, _ := strings.Cut(address, "://")
			replace[address], replace[host] = "https://"+imageref.Host, imageref.Host
		}
	}
	return &ecrpublictest.Scrubber{Replace: replace}
}

// probeAll runs probes on a target, in repositories that it deletes afterwards.
func probeAll(ctx context.Context, t *target, folder string, registry bool, list []probes.Probe, show func(step string, done, total int)) (_ *result, err error) {
	out := &result{Service: t.name, Setup: map[string][]exchange{}, Taken: time.Now().UTC().Truncate(time.Second)}
	journal, err := newJournal(folder, t)
	if err != nil {
		return out, err
	}
	if journal != nil {
		defer func() { err = errors.Join(err, journal.close(), cleanUp(ctx, t, folder)) }()
	}
	record := &recorder{scrubber: newScrubber(t), next: &guard{next: t.transport, prefix: t.prefix, registry: registry, journal: journal, pace: t.pace()}}
	client := &http.Client{Transport: record, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	session := &probes.Session{
		API: ecrpublic.New(t.client.Options(), func(o *ecrpublic.Options) {
			o.HTTPClient = client
			o.Retryer = aws.NopRetryer{}
			if t.live {
				o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 5)
			}
		}),
		HTTP: client, Host: t.host, Prefix: t.prefix,
		Setup: func(name string) func() {
			from := len(record.exchanges)
			return func() { out.Setup[name] = record.take("setup/"+name, from) }
		},
		Poll: func(ctx context.Context) {
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second):
			}
		},
	}
	probes.Run(ctx, session, list, func(r probes.Result) {
		for i := range r.Details {
			r.Details[i] = record.scrubber.Text(r.Details[i])
		}
		out.Probes = append(out.Probes, probedResult{r, record.take(r.Name, 0)})
		show("probes", len(out.Probes), len(list))
	})
	return out, nil
}

func (r *result) write(file string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

func readResult(file string) (*result, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r result
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s is not a result of -json: %w", file, err)
	}
	return &r, nil
}
