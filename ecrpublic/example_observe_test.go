package ecrpublic_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// spanPrinter prints spans when they start, and does not record them.
type spanPrinter struct{ tracing.NopTracerProvider }

func (p spanPrinter) Tracer(string, ...tracing.TracerOption) tracing.Tracer { return p }

func (p spanPrinter) StartSpan(ctx context.Context, name string, options ...tracing.SpanOption) (context.Context, tracing.Span) {
	fmt.Println(name)
	return p.NopTracerProvider.Tracer("").StartSpan(ctx, name, options...)
}

// Spans go to any provider of smithy-go. For OpenTelemetry use
// smithyoteltracing.Adapt; examples/retries-and-observability is a complete
// program.
func ExampleOptions_tracing() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client(func(o *ecrpublic.Options) { o.TracerProvider = spanPrinter{} })

	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err)
	// Output:
	// ECR PUBLIC.DescribeRegistries
	// OperationSerializer
	// RetryLoop
	// Attempt
	// ResolveAuthScheme
	// GetIdentity
	// ResolveEndpoint
	// ComputePayloadSHA256
	// SignRequest
	// DoHTTPRequest
	// OperationDeserializer
	// <nil>
}

// counts sums up counters by name.
type counts map[string]int64

func (c counts) Meter(scope string, _ ...metrics.MeterOption) metrics.Meter {
	return countingMeter{metrics.NopMeterProvider{}.Meter(scope), c}
}

// countingMeter has counters, and other instruments that do nothing.
type countingMeter struct {
	metrics.Meter
	counts counts
}

func (m countingMeter) Int64Counter(name string, _ ...metrics.InstrumentOption) (metrics.Int64Counter, error) {
	return counter{name, m.counts}, nil
}

type counter struct {
	name   string
	counts counts
}

func (c counter) Add(_ context.Context, n int64, _ ...metrics.RecordMetricOption) {
	c.counts[c.name] += n
}

// Metrics go to any provider of smithy-go; for OpenTelemetry use
// smithyotelmetrics.Adapt.
func ExampleOptions_metrics() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Times: 2, Effect: ecrpublictest.Throttle()})

	recorded := counts{}
	client := ecrpublic.New(srv.Client().Options(), func(o *ecrpublic.Options) {
		o.MeterProvider = recorded
		o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
	})
	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, recorded["client.call.attempts"], recorded["client.call.errors"])
	// Output: <nil> 3 2
}

// Logs help to find a mistake. They contain no secrets.
func ExampleOptions_logging() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Times: 1, Effect: ecrpublictest.Throttle()})

	client := ecrpublic.New(srv.Client().Options(), func(o *ecrpublic.Options) {
		o.ClientLogMode = aws.LogRetries
		o.Logger = logging.LoggerFunc(func(level logging.Classification, format string, values ...any) {
			fmt.Println(level, fmt.Sprintf(format, values...))
		})
		o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
	})
	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err)
	// Output:
	// DEBUG retrying request ECR PUBLIC/DescribeRegistries, attempt 2
	// <nil>
}
