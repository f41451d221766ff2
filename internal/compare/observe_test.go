package compare

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// TestSpansAndMetrics makes the same calls with both clients, and compares the spans
// with their properties, and the instruments with their units, descriptions and
// attributes. Dashboards depend on these names. Only the scope differs.
func TestSpansAndMetrics(t *testing.T) {
	t.Parallel()
	var ours, theirs recorder
	for i, answers := range [][]int{{200}, {503, 200}, {400}, {429, 429, 400}} {
		client := ecrpublic.New(ecrpublic.Options{
			Region: "us-east-1", Credentials: historicCredentials, HTTPClient: answering(answers), TracerProvider: &ours, MeterProvider: &ours,
			Retryer: ownRetryer{3},
		})
		_, err := client.DescribeRegistries(t.Context(), nil)
		counterpart := official.New(official.Options{
			Region: "us-east-1", Credentials: historicCredentials, HTTPClient: answering(answers), TracerProvider: &theirs, MeterProvider: &theirs,
			Retryer: ownRetryer{3},
		})
		_, counterpartErr := counterpart.DescribeRegistries(t.Context(), nil)
		assert.Equal(t, counterpartErr == nil, err == nil, "call %d", i)
	}
	assert.Equal(t, theirs.spans, ours.spans)
	assert.Greater(t, len(ours.spans), 20)
	for what, want := range theirs.measured {
		assert.Equal(t, want, ours.measured[what], "records of %s", what)
	}
	for what := range ours.measured {
		assert.Contains(t, theirs.measured, what)
	}
	assert.Greater(t, len(ours.measured), 5)
}

// answering returns responses with one status after the other.
func answering(statuses []int) aws.HTTPClient {
	n := 0
	return sender(func(r *http.Request) (*http.Response, error) {
		status := statuses[n]
		n++
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
	})
}

// recorder notes spans as they end, and how often each instrument records.
type recorder struct {
	spans    []string
	measured map[string]int
	metrics.NopMeterProvider
}

func (r *recorder) Tracer(string, ...tracing.TracerOption) tracing.Tracer { return r }

func (r *recorder) StartSpan(ctx context.Context, name string, options ...tracing.SpanOption) (context.Context, tracing.Span) {
	var o tracing.SpanOptions
	for _, option := range options {
		option(&o)
	}
	return ctx, &recordedSpan{recorder: r, name: name, kind: o.Kind, properties: sorted(o.Properties)}
}

type recordedSpan struct {
	recorder   *recorder
	name       string
	kind       tracing.SpanKind
	status     tracing.SpanStatus
	properties []string
	ended      bool
}

func (s *recordedSpan) Name() string                        { return s.name }
func (s *recordedSpan) Context() tracing.SpanContext        { return tracing.SpanContext{} }
func (s *recordedSpan) SetStatus(status tracing.SpanStatus) { s.status = status }
func (s *recordedSpan) SetProperty(k, v any) {
	s.properties = append(s.properties, fmt.Sprint(k, "=", v))
}
func (s *recordedSpan) AddEvent(n string, _ ...tracing.EventOption) { s.SetProperty("event", n) }
func (s *recordedSpan) End() {
	if s.ended { // the official client ends some spans twice
		return
	}
	s.ended = true
	slices.Sort(s.properties)
	s.recorder.spans = append(s.recorder.spans, fmt.Sprintf("%s kind %v, status %v, %s", s.name, s.kind, s.status, strings.Join(s.properties, ", ")))
}

func (r *recorder) Meter(scope string, options ...metrics.MeterOption) metrics.Meter {
	return recordedMeter{r.NopMeterProvider.Meter(scope, options...), r}
}

type recordedMeter struct {
	metrics.Meter
	recorder *recorder
}

type instrument struct {
	recorder *recorder
	what     string
}

func (m recordedMeter) instrument(kind, name string, options []metrics.InstrumentOption) instrument {
	var o metrics.InstrumentOptions
	for _, option := range options {
		option(&o)
	}
	return instrument{m.recorder, fmt.Sprintf("%s %s [%s] %q", kind, name, o.UnitLabel, o.Description)}
}

func (m recordedMeter) Float64Histogram(name string, options ...metrics.InstrumentOption) (metrics.Float64Histogram, error) {
	return float64Histogram{m.instrument("histogram", name, options)}, nil
}

func (m recordedMeter) Int64Counter(name string, options ...metrics.InstrumentOption) (metrics.Int64Counter, error) {
	return int64Counter{m.instrument("counter", name, options)}, nil
}

type (
	float64Histogram struct{ instrument }
	int64Counter     struct{ instrument }
)

func (h float64Histogram) Record(_ context.Context, _ float64, options ...metrics.RecordMetricOption) {
	h.note(options)
}

func (c int64Counter) Add(_ context.Context, _ int64, options ...metrics.RecordMetricOption) {
	c.note(options)
}

func (i instrument) note(options []metrics.RecordMetricOption) {
	var o metrics.RecordMetricOptions
	for _, option := range options {
		option(&o)
	}
	if i.recorder.measured == nil {
		i.recorder.measured = map[string]int{}
	}
	i.recorder.measured[i.what+" "+strings.Join(sorted(o.Properties), ", ")]++
}

func sorted(properties smithy.Properties) []string {
	var lines []string
	for k, v := range properties.Values() {
		lines = append(lines, fmt.Sprint(k, "=", v))
	}
	slices.Sort(lines)
	return lines
}
