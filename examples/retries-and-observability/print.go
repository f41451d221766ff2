package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// printAttempts prints the span of each call, and below it those of its attempts.
func printAttempts(w io.Writer, spans tracetest.SpanStubs) {
	fmt.Fprintln(w, "The client's attempts, from its spans")
	slices.SortStableFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	for _, call := range spans {
		if call.Parent.IsValid() {
			continue
		}
		fmt.Fprintf(w, "  %s: %s\n", value(call, "rpc.method"), outcome(call))
		for _, loop := range children(spans, call, "RetryLoop") {
			for _, attempt := range children(spans, loop, "Attempt") {
				fmt.Fprintf(w, "    %s  %-9s  %5d ms\n", value(attempt, "operation.attempt"), answer(spans, attempt), duration(attempt).Milliseconds())
			}
		}
	}
	fmt.Fprintln(w)
}

// outcome is ok, or the error's code, or the end of its message, where the cause
// stands.
func outcome(call tracetest.SpanStub) string {
	message := value(call, "exception.message")
	return cmp.Or(value(call, "api.error_code"), strings.TrimSpace(message[strings.LastIndex(message, ", ")+1:]), "ok")
}

// answer returns the HTTP status of an attempt, even if its response was
// truncated.
func answer(spans tracetest.SpanStubs, attempt tracetest.SpanStub) string {
	for _, request := range children(spans, attempt, "DoHTTPRequest") {
		if status := value(request, "http.status_code"); status != "" && status != "0" {
			return "HTTP " + status
		}
	}
	return "no response"
}

func children(spans tracetest.SpanStubs, parent tracetest.SpanStub, name string) (found tracetest.SpanStubs) {
	for _, span := range spans {
		if span.Name == name && span.Parent.SpanID() == parent.SpanContext.SpanID() {
			found = append(found, span)
		}
	}
	return found
}

func value(span tracetest.SpanStub, key attribute.Key) string {
	for _, a := range span.Attributes {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

func duration(span tracetest.SpanStub) time.Duration { return span.EndTime.Sub(span.StartTime) }

// figures are metrics of one operation.
type figures struct {
	attempts, errors int64
	seconds          float64
}

// printMetrics prints three of the client's metrics for each operation.
func printMetrics(w io.Writer, recorded metricdata.ResourceMetrics) error {
	byOperation := map[string]figures{}
	add := func(attributes attribute.Set, more func(*figures)) {
		operation, _ := attributes.Value("rpc.method")
		f := byOperation[operation.String()]
		more(&f)
		byOperation[operation.String()] = f
	}
	for _, scope := range recorded.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch m.Name {
			case "client.call.attempts":
				for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
					add(p.Attributes, func(f *figures) { f.attempts += p.Value })
				}
			case "client.call.errors":
				for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
					add(p.Attributes, func(f *figures) { f.errors += p.Value })
				}
			case "client.call.duration":
				for _, p := range m.Data.(metricdata.Histogram[float64]).DataPoints {
					add(p.Attributes, func(f *figures) { f.seconds += p.Sum })
				}
			}
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "client.call.\tattempts\terrors\tduration")
	for _, operation := range slices.Sorted(maps.Keys(byOperation)) {
		f := byOperation[operation]
		fmt.Fprintf(table, "  %s\t%d\t%d\t%.3f s\n", operation, f.attempts, f.errors, f.seconds)
	}
	return table.Flush()
}
