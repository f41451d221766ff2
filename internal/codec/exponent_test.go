package codec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Exponents are applied digit by digit, so an exponent of a billion must be rejected
// before it is applied. The bound is tested with negative exponents, because their
// values are valid timestamps.
func TestExponentsOfTimestampsAreBounded(t *testing.T) {
	t.Parallel()
	least, err := parseTime([]byte("1e-64"))
	require.NoError(t, err)
	assert.Zero(t, least.Unix())
	_, err = parseTime([]byte("1e-65"))
	require.ErrorIs(t, err, errTimeRange)
	_, err = parseTime([]byte("0e65"))
	require.ErrorIs(t, err, errTimeRange)
}
