// Command retries-and-observability makes calls that fail and are retried, and prints
// what OpenTelemetry records of them.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics/smithyotelmetrics"
	"github.com/aws/smithy-go/tracing/smithyoteltracing"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/types"
)

const about = `
Makes a few calls and prints what OpenTelemetry recorded: for each attempt, its status
and the time until the next one, from the spans; then a table of the metrics.

Without flags it starts an emulator that throttles, resets connections, refuses requests
and hangs. The calls only read, so -live is safe.`

func main() { demo.Main("retries-and-observability", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := demo.NewFlags("retries-and-observability", about)
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if service.Emulator != nil {
		disturb(service.Emulator, stdout)
	}

	// A service hands these to its exporters; here they stay in memory.
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	defer func() { _ = errors.Join(tracers.Shutdown(ctx), meters.Shutdown(ctx)) }()

	client := ecrpublic.New(service.Client.Options(), func(o *ecrpublic.Options) {
		o.TracerProvider = smithyoteltracing.Adapt(tracers)
		o.MeterProvider = smithyotelmetrics.Adapt(meters)
		// The client's own rules of what to try again, with other limits.
		o.Retryer = retry.AddWithMaxBackoffDelay(retry.AddWithMaxAttempts(o.Retryer, 4), 100*time.Millisecond)
	})
	failed := call(ctx, client)
	printAttempts(stdout, spans.GetSpans())
	var recorded metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &recorded); err != nil {
		return err
	}
	if err := printMetrics(stdout, recorded); err != nil || service.Emulator != nil { // whose calls are meant to fail
		return err
	}
	return failed
}

// disturb makes each call fail in another way.
func disturb(emulator *ecrpublictest.Server, stdout io.Writer) {
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized", Fault: smithy.FaultClient}
	fmt.Fprintln(stdout, "The emulator's faults")
	for _, d := range []struct {
		says  string
		fault ecrpublictest.Fault
	}{
		{"is throttled twice", ecrpublictest.Fault{Operation: "DescribeRegistries", Times: 2, Effect: ecrpublictest.Throttle()}},
		{"loses its connection in the middle of a response", ecrpublictest.Fault{Operation: "GetAuthorizationToken", Times: 1, Effect: ecrpublictest.ResetMidway()}},
		{"is denied", ecrpublictest.Fault{Operation: "GetRegistryCatalogData", Effect: ecrpublictest.Fail(denied)}},
		{"fails every time", ecrpublictest.Fault{Operation: "DescribeImages", Effect: ecrpublictest.Fail(&types.ServerException{})}},
		{"hangs, and has a deadline", ecrpublictest.Fault{Operation: "DescribeRepositories", Effect: ecrpublictest.Delay(time.Minute)}},
	} {
		emulator.Inject(d.fault)
		fmt.Fprintf(stdout, "  %s %s\n", d.fault.Operation, d.says)
	}
	fmt.Fprintln(stdout)
}

// call makes calls for their spans, which also record errors. It returns the first error
// that concerns more than the repository, which need not exist.
func call(ctx context.Context, client *ecrpublic.Client) error {
	_, described := client.DescribeRegistries(ctx, nil)
	_, token := client.GetAuthorizationToken(ctx, nil)
	_, catalog := client.GetRegistryCatalogData(ctx, nil)
	name := "demo/app"
	_, images := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: &name})
	if ecrpublic.IsNotFound(images) {
		images = nil
	}

	// A deadline bounds a call with all its attempts.
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, repositories := client.DescribeRepositories(ctx, nil)
	return cmp.Or(described, token, catalog, images, repositories)
}
