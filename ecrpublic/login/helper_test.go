package login_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// serve runs a helper that has the password "hunter2".
func serve(t *testing.T, in string, args ...string) (out string, calls int32, err error) {
	t.Helper()
	client := always(token("hunter2", time.Now().Add(time.Hour)), nil)
	var buffer bytes.Buffer
	err = login.ServeHelper(t.Context(), login.NewProvider(client), args, strings.NewReader(in), &buffer)
	return buffer.String(), client.calls.Load(), err
}

func TestHelperGet(t *testing.T) {
	t.Parallel()
	for _, server := range []string{
		"public.ecr.aws", "https://public.ecr.aws", "https://public.ecr.aws/v2/", "public.ecr.aws/a1b2c3d4", "ecr-public.aws.com",
		"public.ecr.aws:443", "https://public.ecr.aws:443/v1/", "HTTPS://public.ecr.aws",
		"public.ecr.aws/" + strings.Repeat("a", 4096-len("public.ecr.aws/\n")),
	} {
		out, _, err := serve(t, server+"\n", "get")
		require.NoError(t, err, server)
		assert.JSONEq(t, `{"ServerURL": "`+server+`", "Username": "AWS", "Secret": "hunter2"}`, out)
	}
}

// Docker continues anonymously only after this text.
func TestHelperDoesNotKnowOtherHosts(t *testing.T) {
	t.Parallel()
	for _, server := range []string{
		"https://index.docker.io/v1/", "123456789012.dkr.ecr.us-east-1.amazonaws.com", "https://evil.example/public.ecr.aws",
		"https://public.ecr.aws@evil.example", "public.ecr.aws.evil.example", "https://public.ecr.aws\\@evil.example",
		"http://public.ecr.aws", "oci://public.ecr.aws", "://public.ecr.aws", "public.ecr.aws:80", "https://public.ecr.aws:8443",
	} {
		out, calls, err := serve(t, server, "get")
		require.Error(t, err)
		assert.Equal(t, "credentials not found in native keychain\n", out, server)
		assert.Zero(t, calls, server)
	}
}

func TestHelperGetWithoutServer(t *testing.T) {
	t.Parallel()
	out, _, err := serve(t, " \n", "get")
	require.Error(t, err)
	assert.Equal(t, "no credentials server URL\n", out)
}

func TestHelperListMakesNoCall(t *testing.T) {
	t.Parallel()
	out, calls, err := serve(t, "unused", "list")
	require.NoError(t, err)
	assert.JSONEq(t, `{"public.ecr.aws": "AWS", "ecr-public.aws.com": "AWS"}`, out)
	assert.Zero(t, calls)
}

func TestHelperRefusesToStoreAndErase(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"store", "erase"} {
		out, calls, err := serve(t, `{"ServerURL": "public.ecr.aws", "Username": "AWS", "Secret": "x"}`, action)
		require.Error(t, err)
		assert.Contains(t, out, "cannot be stored or erased")
		assert.Zero(t, calls)
	}
}

func TestHelperUnknownAction(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"version"}, {"get", "list"}} {
		out, _, err := serve(t, "", args...)
		require.Error(t, err)
		assert.Contains(t, out, "want one of get, list, store, erase")
	}
}

func TestHelperTellsWhyThereIsNoLogin(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := login.NewProvider(always(nil, apiError("AccessDeniedException", "no")))
	err := login.ServeHelper(t.Context(), p, []string{"get"}, strings.NewReader("public.ecr.aws"), &out)
	assert.True(t, ecrpublic.IsAccessDenied(err))
	assert.Contains(t, out.String(), "sts:GetServiceBearerToken")
}

func TestHelperInputThatCannotBeRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	var out bytes.Buffer
	p := login.NewProvider(always(nil, nil))
	err := login.ServeHelper(t.Context(), p, []string{"get"}, iotest.ErrReader(broken), &out)
	require.ErrorIs(t, err, broken)
}

// A truncated address must not be taken for another host.
func TestHelperInputThatIsTooLong(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"public.ecr.aws/" + strings.Repeat("a", 4096), strings.Repeat("a", 1<<20), strings.Repeat(" ", 4097)} {
		out, calls, err := serve(t, server, "get")
		require.ErrorContains(t, err, "read the server URL: it is longer than 4096 bytes")
		assert.Equal(t, err.Error()+"\n", out)
		assert.Zero(t, calls)
	}
}

func TestHelperHonoursTheContextWhileReading(t *testing.T) {
	t.Parallel()
	in, writer := io.Pipe()
	defer writer.Close() // ends the reading goroutine
	reason := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	var out bytes.Buffer
	err := login.ServeHelper(ctx, login.NewProvider(always(nil, nil)), []string{"get"}, in, &out)
	require.ErrorIs(t, err, reason)
	assert.Equal(t, "read the server URL: interrupted\n", out.String())
}
