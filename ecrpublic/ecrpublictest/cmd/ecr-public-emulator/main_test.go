package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// program is the emulator, run in this process.
type program struct {
	url    string
	stderr *bytes.Buffer
	stop   func() int // returns the exit code
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout, output := io.Pipe()
	p := &program{stderr: new(bytes.Buffer)}
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), output, p.stderr)
		_ = output.Close()
		ended <- code
	}()
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	require.NoError(t, err, p.stderr)
	p.url = strings.TrimSuffix(line, "\n")
	p.stop = func() int {
		cancel()
		rest, err := io.ReadAll(lines)
		assert.NoError(t, err)
		assert.Empty(t, rest, "one line only")
		return <-ended
	}
	return p
}

// anySecret is as long as a secret of AWS.
const anySecret = "SECRETEXAMPLE0123456789abcdefghijklmnopq"

func (p *program) client(accessKey, secretKey string) *ecrpublic.Client {
	return ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: &p.url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
		}),
	})
}

func TestRunServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	p := start(t)
	assert.Regexp(t, `^http://127\.0\.0\.1:[1-9][0-9]*$`, p.url)
	client := p.client("any", anySecret)
	out, err := client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, "app", *out.Repository.RepositoryName)
	var stderr bytes.Buffer
	taken := strings.TrimPrefix(p.url, "http://")
	assert.Equal(t, 1, run(t.Context(), []string{"-addr", taken}, io.Discard, &stderr))
	assert.Contains(t, stderr.String(), "-addr "+taken+": ")
	assert.Equal(t, 0, p.stop())
	assert.Empty(t, p.stderr.String())
}

func TestRunWithAccount(t *testing.T) {
	t.Parallel()
	p := start(t, "-account", "210987654321", "-alias", "my-team")
	client := p.client("any", anySecret)
	out, err := client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, "210987654321", *out.Repository.RegistryId)
	assert.Equal(t, "public.ecr.aws/my-team/app", *out.Repository.RepositoryUri)
	assert.Equal(t, 0, p.stop())
}

func TestRunWithCredentials(t *testing.T) {
	t.Parallel()
	p := start(t, "-access-key", "AKID", "-secret-key", "s3cret-of-the-emulator-that-tests-start1", "-log")
	_, err := p.client("AKID", "s3cret-of-the-emulator-that-tests-start1").DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	_, err = p.client("AKID", anySecret).DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "InvalidSignatureException")
	assert.Equal(t, 0, p.stop())
	assert.NotContains(t, p.stderr.String(), "s3cret")
}

func TestRunKeepsDataBetweenRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "-data", dir)
	_, err := p.client("any", anySecret).CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	require.Equal(t, 0, p.stop())

	p = start(t, "-data", dir)
	out, err := p.client("any", anySecret).DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, out.Repositories, 1)
	assert.Equal(t, "app", *out.Repositories[0].RepositoryName)
	assert.Equal(t, 0, p.stop())
}

func TestRunLogsRequests(t *testing.T) {
	t.Parallel()
	p := start(t, "-log")
	client := p.client("any", anySecret)
	_, err := client.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	token, err := client.GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	ping, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/v2/", nil)
	require.NoError(t, err)
	for range 2 { // without and with a token
		resp, err := http.DefaultClient.Do(ping)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		ping.Header.Set("Authorization", "Bearer "+*token.AuthorizationData.AuthorizationToken)
	}
	require.Equal(t, 0, p.stop())

	lines := strings.Split(strings.TrimSuffix(p.stderr.String(), "\n"), "\n")
	require.Len(t, lines, 4)
	assert.Contains(t, lines[0], "method=POST path=/ operation=DescribeRegistries status=200 error=\"\" bytes=17")
	assert.Contains(t, lines[2], "method=GET path=/v2/")
	assert.Contains(t, lines[2], "status=401 error=DENIED")
	assert.Regexp(t, `request_id=[0-9a-f-]{36}$`, lines[2])
	assert.Contains(t, lines[3], "status=200")
}

func TestRunReportsATakenAddress(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), []string{"-addr", taken.Addr().String()}, &stdout, &stderr))
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), taken.Addr().String())
}

func TestRunReportsAFailingListener(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	require.ErrorIs(t, serve(t.Context(), closed, http.NotFoundHandler()), net.ErrClosed)
}

// childVariable makes this test binary the program.
const childVariable = "ECR_PUBLIC_EMULATOR_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// Not in parallel: a child holds the files of this process until it is started,
// the lock of a data directory among them.
func TestSignalsStopTheProgram(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), os.Args[0], "-addr", "127.0.0.1:0")
			child.Env = append(os.Environ(), childVariable+"=1")
			stdout, err := child.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, child.Start())
			lines := bufio.NewReader(stdout)
			url, err := lines.ReadString('\n')
			require.NoError(t, err)
			assert.Regexp(t, `^http://127\.0\.0\.1:`, url)
			require.NoError(t, child.Process.Signal(signal))
			rest, err := io.ReadAll(lines)
			require.NoError(t, err)
			assert.Empty(t, rest)
			assert.NoError(t, child.Wait(), "exit code 0")
		})
	}
}

// The fault's reset must get through the writer that measures responses.
func TestLoggedLetsResetsThrough(t *testing.T) {
	t.Parallel()
	emulator, err := ecrpublictest.NewHandler()
	require.NoError(t, err)
	emulator.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ResetBefore()})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	log := make(lines, 1)
	go func() { ended <- serve(ctx, listener, logged(log, emulator)) }()
	_, err = http.Post("http://"+listener.Addr().String(), "", nil)
	require.ErrorIs(t, err, syscall.ECONNRESET)
	assert.Contains(t, <-log, "status=0")
	cancel()
	require.NoError(t, <-ended)
}

// lines holds what is written, for another goroutine to read.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
