package ecrpublic_test

import (
	"testing"

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
