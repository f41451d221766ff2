package demo_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	flags := demo.NewFlags("program", "\nDoes things.")
	assert.ErrorIs(t, flags.Parse([]string{"-h"}, &stdout), flag.ErrHelp)
	assert.Regexp(t, `^Usage: program \[flags\]\n\nDoes things.\n\n(?s).*-endpoint URL\n.*-live\n`, stdout.String())
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"-missing":           {"-missing"},
		`argument "word"`:    {"word"},
		"http://host:port":   {"-endpoint", "localhost:4510"},
		`-endpoint "/path"`:  {"-endpoint", "/path"},
		"-endpoint is empty": {"-endpoint", ""}, // such as that of a variable that is not set
		"-name is empty":     {"-name="},
		`"http://:80" is not the address of a server`:        {"-endpoint", "http://:80"},
		`"http://host:65536" is not the address of a server`: {"-endpoint", "http://host:65536"},
		`"http://host:0" is not the address of a server`:     {"-endpoint", "http://host:0"},
		`"http://a b" is not the address of a server`:        {"-endpoint", "http://a b"},
		`"http://host?a=b" is not the address of a server`:   {"-endpoint", "http://host?a=b"},
		"-endpoint: leave out the user name":                 {"-endpoint", "http://user:secret@host"},
		`-endpoint "http://host/path": leave out the path`:   {"-endpoint", "http://host/path"},
		"missing: -name":    {"-live"},
		"invalid boolean":   {"-live=perhaps"},
		"needs an argument": {"-name"},
		"-repository: repository name \"App\" does not match":      {"-repository", "App"},
		"-live and -endpoint need -name and -file; missing: -file": {"-endpoint", "http://127.0.0.1:1", "-name", "x"},
	} {
		var stdout bytes.Buffer
		flags := demo.NewFlags("program", "")
		flags.String("name", "", "")
		flags.String("file", "", "")
		flags.String("repository", "", "")
		err := flags.Parse(args, &stdout)
		if err == nil {
			err = flags.Require("name", "file")
		}
		assert.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "secret")
		assert.IsType(t, new(demo.UsageError), err)
		assert.Empty(t, stdout.String())
	}
	flags := demo.NewFlags("program", "")
	flags.String("cache", "file", "")
	flags.MayBeEmpty("cache")
	require.NoError(t, flags.Parse([]string{"-cache", "", "-live", "-endpoint", "https://proxy/path/"}, io.Discard))
	assert.Equal(t, "https://proxy/path", flags.Endpoint)
	assert.NoError(t, demo.NewFlags("program", "").Require("unknown"), "an emulator of its own is filled by the program")
}

func TestConnect(t *testing.T) {
	t.Parallel()
	own, err := demo.Where{}.Connect(t.Context())
	require.NoError(t, err)
	defer own.Close()
	other, err := demo.Where{Endpoint: own.URL}.Connect(context.Background())
	require.NoError(t, err)
	defer other.Close()
	assert.Nil(t, other.Emulator)
	assert.Equal(t, []string{own.Emulator.RegistryHost()}, other.RegistryHosts())
	_, err = other.Client.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, own.Emulator.Count("DescribeRegistries"))

	https := strings.Replace(own.URL, "http:", "https:", 1)
	_, err = demo.Where{Endpoint: https}.Connect(t.Context())
	require.EqualError(t, err, "-endpoint "+https+" does not serve HTTPS; try "+own.URL)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	require.NoError(t, demo.Where{Endpoint: secure.URL}.CheckEndpoint(t.Context()), "the client checks the certificate")

	own.Close()
	_, err = demo.Where{Endpoint: own.URL}.Connect(t.Context())
	require.ErrorContains(t, err, "cannot connect to -endpoint "+own.URL)
	assert.ErrorContains(t, demo.Advise(err), "is the emulator or service running there?")
}

func TestLiveIsAWS(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "SECRETEXAMPLE0123456789abcdefghijklmnopq", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none"} {
		t.Setenv(name, value)
	}
	aws, err := demo.Where{Live: true}.Connect(t.Context())
	require.NoError(t, err)
	defer aws.Close()
	assert.Empty(t, aws.RegistryHosts(), "the package's own")

	emulator := ecrpublictest.NewServer()
	defer emulator.Close()
	proxy, err := demo.Where{Live: true, Endpoint: emulator.URL}.Connect(t.Context())
	require.NoError(t, err)
	_, err = proxy.Client.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, emulator.Count(""))
}

func TestLiveWithoutCredentials(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
	} {
		t.Setenv(name, value)
	}
	_, err := demo.Where{Live: true}.Connect(t.Context())
	assert.ErrorContains(t, err, "-live needs AWS credentials")
	assert.ErrorContains(t, err, "aws configure")

	t.Setenv("AWS_PROFILE", "missing")
	_, err = demo.Where{Live: true}.Connect(t.Context())
	assert.ErrorContains(t, err, "AWS_PROFILE")
}

func TestCount(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0 images", demo.Count(0, "image"))
	assert.Equal(t, "1 repository", demo.Count(1, "repository"))
	assert.Equal(t, "2 repositories", demo.Count(2, "repository"))
}

func TestLinesOfProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	show, finish := demo.Steps(&out)
	show("list", 40, 0)
	show("read", 1, 120)
	show("read", 100, 120)
	show("read", 120, 120)
	finish()
	assert.Equal(t, "list: 40\nread: 100 of 120\nread: 120 of 120\n", out.String())

	out.Reset()
	transfer, end := demo.Transfer(&out)
	layer := ocispec.Descriptor{Digest: digest.FromString(""), Size: 2048}
	transfer(imagepush.Progress{Descriptor: layer})
	transfer(imagepush.Progress{Descriptor: layer, Done: 512})
	transfer(imagepush.Progress{Descriptor: layer, Done: 2048})
	transfer(imagepush.Progress{Descriptor: layer, Done: 2048, Skipped: true})
	end(nil)
	assert.Equal(t, "e3b0c44298fc     2.0 KiB  25%\ne3b0c44298fc     2.0 KiB  sent\ne3b0c44298fc     2.0 KiB  there already\n", out.String())
}

func TestFailuresOfEveryExample(t *testing.T) {
	t.Parallel()
	mains, err := filepath.Glob("../../*/main.go")
	require.NoError(t, err)
	require.NotEmpty(t, mains)
	for _, file := range mains {
		var tests []byte
		files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*_test.go"))
		require.NoError(t, err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			tests = append(tests, content...)
		}
		assert.Contains(t, string(tests), "demotest.Failures(", "the tests of %s call it", filepath.Dir(file))
	}
}
