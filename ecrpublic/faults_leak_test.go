package ecrpublic_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails if a test of this package leaves a goroutine of the client, of
// a server or of a connection behind. An open connection has goroutines, so none
// of these is left either.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leftGoroutines(); code == 0 && len(left) > 0 {
		fmt.Printf("FAIL: goroutines are left after the tests:\n\n%s\n", strings.Join(left, "\n\n"))
		code = 1
	}
	os.Exit(code)
}

// leftGoroutines returns the stacks of goroutines that do not end soon.
func leftGoroutines() []string {
	const soon = 10 * time.Second
	var left []string
	for start := time.Now(); time.Since(start) < soon; time.Sleep(10 * time.Millisecond) {
		if left = ourGoroutines(); len(left) == 0 {
			break
		}
	}
	return left
}

// ourGoroutines returns all goroutines except this one and the test runner's.
func ourGoroutines() []string {
	const enough = 4 << 20
	stacks := make([]byte, enough)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var ours []string
	for _, stack := range strings.Split(string(stacks), "\n\n")[1:] {
		if strings.Contains(stack, "ecr-public-go") || strings.Contains(stack, "net/http.") || strings.Contains(stack, "internal/poll.") {
			ours = append(ours, stack)
		}
	}
	return ours
}
