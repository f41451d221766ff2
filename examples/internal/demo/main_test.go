package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// programs are run by this test binary when the variable names one of them.
const variable = "DEMO_TEST_PROGRAM"

var programs = map[string]demo.Program{
	"succeeds": func(context.Context, []string, io.Writer, io.Writer) error { return nil },
	"helps": func(_ context.Context, _ []string, stdout, _ io.Writer) error {
		return demo.NewFlags("helps", "Helps.").Parse([]string{"-h"}, stdout)
	},
	"fails": func(context.Context, []string, io.Writer, io.Writer) error { return errors.New("out of paper") },
	"misused": func(context.Context, []string, io.Writer, io.Writer) error {
		return fmt.Errorf("before the start: %w", demo.Usagef("-size is missing"))
	},
	"cleans up": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "started")
		<-ctx.Done()
		fmt.Fprintln(stdout, "cleaned up")
		return ctx.Err()
	},
	"returns why": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "started")
		<-ctx.Done()
		return context.Cause(ctx)
	},
	"hangs": func(_ context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "started")
		select {}
	},
	"is done in spite of it": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "started")
		<-ctx.Done()
		return nil
	},
}

func TestMain(m *testing.M) {
	if program, ok := programs[os.Getenv(variable)]; ok {
		demo.Main("program", program)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, program string) (command *exec.Cmd, stdout *bufio.Reader, stderr io.ReadCloser) {
	t.Helper()
	command = exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), variable+"="+program)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	stderr, err = command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	return command, bufio.NewReader(out), stderr
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	for program, want := range map[string]struct {
		status         int
		stdout, stderr string
	}{
		"succeeds": {},
		"helps":    {stdout: "Usage: helps"},
		"fails":    {status: 1, stderr: "program: out of paper\n"},
		"misused":  {status: 2, stderr: "program: before the start: -size is missing; program -h lists the flags\n"},
	} {
		command, out, errs := start(t, program)
		stdout, err := io.ReadAll(out)
		require.NoError(t, err)
		stderr, err := io.ReadAll(errs)
		require.NoError(t, err)
		_ = command.Wait() // the status is checked
		assert.Equal(t, want.status, command.ProcessState.ExitCode(), program)
		assert.True(t, strings.HasPrefix(string(stdout), want.stdout), "%s: %s", program, stdout)
		assert.Equal(t, want.stderr, string(stderr), program)
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send these signals")
	}
	const notice = "\ninterrupted, cleaning up; interrupt again to exit at once\n"
	for _, c := range []struct {
		program string
		signal  syscall.Signal
		status  int
		stderr  string
	}{
		{"cleans up", syscall.SIGINT, 130, notice + "program: interrupted: context canceled\n"},
		{"cleans up", syscall.SIGTERM, 143, notice + "program: terminated: context canceled\n"},
		{"returns why", syscall.SIGINT, 130, notice + "program: interrupted\n"},
		{"is done in spite of it", syscall.SIGINT, 0, notice},
	} {
		command, stdout, errs := start(t, c.program)
		_, err := stdout.ReadString('\n')
		require.NoError(t, err)
		require.NoError(t, command.Process.Signal(c.signal))
		stderr, err := io.ReadAll(errs)
		require.NoError(t, err)
		_ = command.Wait() // the status is checked
		assert.Equal(t, c.status, command.ProcessState.ExitCode(), c.program)
		assert.Equal(t, c.stderr, string(stderr))
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send these signals")
	}
	command, stdout, stderr := start(t, "hangs")
	_, err := stdout.ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, command.Process.Signal(os.Interrupt))
	var notice bytes.Buffer
	for !strings.Contains(notice.String(), "again") {
		_, err := io.CopyN(&notice, stderr, 1)
		require.NoError(t, err)
	}
	require.NoError(t, command.Process.Signal(os.Interrupt))
	require.Error(t, command.Wait())
	assert.Equal(t, syscall.SIGINT, command.ProcessState.Sys().(syscall.WaitStatus).Signal())
}
