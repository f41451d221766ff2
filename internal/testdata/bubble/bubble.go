// Package bubble runs tests of the client on a clock of their own.
package bubble

import (
	"crypto/fips140"
	"testing"
	"testing/synctest"
)

// Test runs a test as [synctest.Test] does. In FIPS mode it skips the test: Go's
// FIPS module gets its entropy from the clock, which stands still in a bubble.
func Test(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if fips140.Enabled() {
		t.Skip("Go's FIPS module gets its entropy from the clock, which stands still in a bubble")
	}
	synctest.Test(t, test)
}
