package demotest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// Failures checks that a program ends as it should in situations that every example can
// get into: with status 2 if its arguments are wrong, else 1, and a last line on stderr
// that says what to do. Endpoint and live are the arguments that it needs with those
// flags. The test must not be parallel.
func Failures(t *testing.T, program demo.Program, endpoint, live []string) {
	t.Helper()
	offline(t)
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	guarded := ecrpublictest.NewServer(ecrpublictest.WithCredentials("AKIDEXAMPLE", "another-secret-0123456789-ABCDEFGHIJKLMNO"))
	t.Cleanup(guarded.Close)
	credentials := map[string]string{"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "no-secret-of-anybody-0123456789-ABCDEFGH"}
	for name, c := range map[string]struct {
		environment map[string]string
		args        []string
		status      int
		lastLine    string
	}{
		"unknown flag":      {args: []string{"-unknown"}, status: 2, lastLine: "-unknown; program -h lists the flags"},
		"argument":          {args: []string{"word"}, status: 2, lastLine: `unexpected argument "word"`},
		"bad flag":          {args: []string{"-live=perhaps"}, status: 2, lastLine: `"perhaps" for -live`},
		"no URL":            {args: append([]string{"-endpoint", "localhost:4510"}, endpoint...), status: 2, lastLine: "write it as http://host:port"},
		"refused":           {args: append([]string{"-endpoint", "http://" + closed(t)}, endpoint...), status: 1, lastLine: "is the emulator or service running there?"},
		"unresolvable":      {args: append([]string{"-endpoint", "http://emulator.invalid"}, endpoint...), status: 1, lastLine: "check the network"},
		"another program":   {args: append([]string{"-endpoint", web.URL}, endpoint...), status: 1, lastLine: "check -endpoint"},
		"no credentials":    {args: append([]string{"-live"}, live...), status: 1, lastLine: "AWS_SECRET_ACCESS_KEY"},
		"no network":        {credentials, append([]string{"-live"}, live...), 1, "check the network"},
		"impossible region": {with(credentials, "AWS_REGION", "us_east_1"), append([]string{"-live"}, live...), 1, `the region "us_east_1"`},
		"bad credentials":   {credentials, append([]string{"-endpoint", guarded.URL}, endpoint...), 1, "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
	} {
		if name == "bad credentials" && slices.Contains(live, "-login") {
			continue // without the flag, the program uses none
		}
		t.Run(name, func(t *testing.T) {
			for key, value := range c.environment {
				t.Setenv(key, value)
			}
			var stdout, stderr bytes.Buffer
			status := demo.Report(t.Context(), &stderr, "program", program(t.Context(), c.args, &stdout, &stderr))
			lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
			assert.Equal(t, c.status, status)
			assert.Contains(t, lines[len(lines)-1], c.lastLine)
			if status == 2 {
				assert.Empty(t, stdout.String())
				assert.Len(t, lines, 1)
			}
		})
	}
}

func with(environment map[string]string, key, value string) map[string]string {
	all := maps.Clone(environment)
	all[key] = value
	return all
}

// closed returns an address on this machine where no program listens.
func closed(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// offline lets no host name be resolved, and takes the AWS settings away, for the time of
// the test.
func offline(t *testing.T) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	for _, key := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_ECR_PUBLIC", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE",
	} {
		t.Setenv(key, "")
	}
	t.Setenv("AWS_CONFIG_FILE", none)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	resolver := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = resolver })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		resolver, server := net.Pipe()
		go denyNames(server) // ends when the resolver closes the connection
		return resolver, nil
	}}
}

// denyNames is a name server that knows no host. Messages follow their length in two
// bytes.
func denyNames(conn net.Conn) {
	defer conn.Close()
	for {
		query := make([]byte, 2)
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		query = append(query, make([]byte, binary.BigEndian.Uint16(query))...)
		if _, err := io.ReadFull(conn, query[2:]); err != nil || len(query) < 6 {
			return
		}
		const isResponse, nameError = 0x80, 3
		query[4] |= isResponse
		query[5] = nameError
		if _, err := conn.Write(query); err != nil {
			return
		}
	}
}
