package codec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An exponent is applied digit by digit, so one of a billion has to be refused
// and not tried. The bound shows at its lower end, where the value itself is a
// legal timestamp.
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
