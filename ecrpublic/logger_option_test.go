package ecrpublic_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func TestLoggerOfTheOptionsIsKept(t *testing.T) {
	t.Parallel()
	logger := logging.NewStandardLogger(new(lockedBuffer))
	assert.Equal(t, logger, ecrpublic.New(ecrpublic.Options{Logger: logger}).Options().Logger)
	none := ecrpublic.New(ecrpublic.Options{}).Options().Logger
	require.NotNil(t, none, "options that see it may use it")
	none.Logf(logging.Debug, "into nothing")
}

// traceLogger is a logger that names the trace of a context.
type traceLogger struct {
	log   *lockedBuffer
	trace any
}

type traceKey struct{}

func (l traceLogger) WithContext(ctx context.Context) logging.Logger {
	return traceLogger{l.log, ctx.Value(traceKey{})}
}

func (l traceLogger) Logf(_ logging.Classification, format string, values ...any) {
	title, _, _ := strings.Cut(fmt.Sprintf(format, values...), "\n")
	fmt.Fprintf(l.log, "[%v %s]", l.trace, title)
}

// TestLoggersSeeTheContext logs everything that a call logs, with a logger that needs the
// call's context.
func TestLoggersSeeTheContext(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	_, err := scripted(&script{answers: []answer{{Status: 503}, {Status: 200}}}, ecrpublic.WithoutDelay, func(o *ecrpublic.Options) {
		o.Logger, o.ClientLogMode = traceLogger{log: &log}, aws.LogSigning|aws.LogRequest|aws.LogResponse|aws.LogRetries
	}).DescribeRegistries(context.WithValue(t.Context(), traceKey{}, "t1"), nil)
	require.NoError(t, err)
	attempt := "[t1 Request Signature:][t1 Request][t1 Response]"
	assert.Equal(t, attempt+"[t1 retrying request ECR PUBLIC/DescribeRegistries, attempt 2]"+attempt, log.String())
}
