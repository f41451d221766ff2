package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func TestRunRefusesBadFlags(t *testing.T) {
	t.Parallel()
	const file = "cert.pem"
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":     {[]string{"-port", "1"}, "flag provided but not defined: -port"},
		"no value":         {[]string{"-addr"}, "flag needs an argument: -addr"},
		"argument":         {[]string{"serve"}, `unexpected argument "serve": there are only flags`},
		"address":          {[]string{"-addr", "4510"}, `invalid value "4510" for flag -addr: want host:port, such as 127.0.0.1:4510`},
		"port":             {[]string{"-addr", "127.0.0.1:99999"}, `invalid value "127.0.0.1:99999" for flag -addr: want host:port, such as 127.0.0.1:4510`},
		"account":          {[]string{"-account", "12"}, `invalid value "12" for flag -account: want twelve digits`},
		"alias":            {[]string{"-alias", "UPPER"}, `invalid value "UPPER" for flag -alias: want 2 to 50 characters that match [a-z][a-z0-9]+(?:[._-][a-z0-9]+)*`},
		"no secret key":    {[]string{"-access-key", "AKID"}, "-access-key and -secret-key: want both or neither"},
		"no access key":    {[]string{"-secret-key", "s3cret"}, "-access-key and -secret-key: want both or neither"},
		"no TLS key":       {[]string{"-tls-cert", file}, "-tls-cert and -tls-key: want both or neither"},
		"registry mode":    {[]string{"-registry", "docker"}, `invalid value "docker" for flag -registry: want "ecr" or "oci"`},
		"blob host":        {[]string{"-blob-host", "https://blobs"}, `invalid value "https://blobs" for flag -blob-host: want the name of a host, such as registry.example.com`},
		"allowed host":     {[]string{"-allow-host", "one,two/v2"}, `invalid value "one,two/v2" for flag -allow-host: want the name of a host, such as registry.example.com`},
		"not a true value": {[]string{"-log=perhaps"}, `invalid boolean value "perhaps" for -log: parse error`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			assert.Equal(t, 2, run(t.Context(), tc.args, &stdout, &stderr))
			assert.Empty(t, stdout.String())
			assert.Equal(t, "ecr-public-emulator: "+tc.want+"\nRun ecr-public-emulator -h for its flags.\n", stderr.String())
		})
	}
}

func TestRunFailsWithoutItsFiles(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/file"
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, args := range map[string][]string{
		"data is a file": {"-data", file},
		"no certificate": {"-addr", "127.0.0.1:0", "-tls-cert", file, "-tls-key", file},
	} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, 1, run(t.Context(), args, &stdout, &stderr), name)
		assert.Regexp(t, `^ecr-public-emulator: -(data|tls-cert)\b.*`+regexp.QuoteMeta(file), stderr.String(), name)
		assert.Empty(t, stdout.String(), name)
	}
}

func TestRunWithTLS(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(nil)
	secure.StartTLS()
	defer secure.Close()
	dir := t.TempDir()
	certificate := secure.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	require.NoError(t, err)
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	p := start(t, "-tls-cert", write("cert.pem", "CERTIFICATE", certificate.Certificate[0]), "-tls-key", write("key.pem", "PRIVATE KEY", key))
	assert.Regexp(t, `^https://127\.0\.0\.1:`, p.url)
	resp, err := secure.Client().Get(p.url + "/v2/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, `Bearer realm="`+p.url+`/token/",service="public.ecr.aws",scope="aws"`, resp.Header.Get("WWW-Authenticate"))
	assert.Equal(t, 0, p.stop())
}

func TestRunWithFurtherFlags(t *testing.T) {
	t.Parallel()
	p := start(t, "-registry", "oci", "-any-region", "-rates", "-allow-host", "one.example.com, two.example.com", "-blob-host", "blobs.example.com")
	ask := func(path, host string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
		require.NoError(t, err)
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	assert.Equal(t, 200, ask("/_emulator/health", ""))
	for host, want := range map[string]int{"two.example.com": 200, "blobs.example.com": 200, "three.example.com": 421} {
		assert.Equal(t, want, ask("/", host), host)
	}
	client := ecrpublic.New(p.client("any", anySecret).Options(), func(o *ecrpublic.Options) { o.Region, o.UseConfiguredRegion = "eu-west-1", true })
	_, err := client.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, 0, p.stop())

	p = start(t, "-control=false")
	assert.Equal(t, 401, ask("/_emulator/health", ""))
	assert.Equal(t, 0, p.stop())
}

func TestRunWarnsOfOpenAddresses(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "0.0.0.0:0")
	assert.Equal(t, 0, p.stop())
	assert.Contains(t, p.stderr.String(), "warning: other machines can reach [::]:")
}

func TestRunTellsItsVersion(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 0, run(t.Context(), []string{"-version"}, &stdout, &stderr))
	assert.Regexp(t, `^ecr-public-emulator \S+ go1\.\S+\n$`, stdout.String())
}

func TestRunHelps(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 0, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	assert.Empty(t, stderr.String())
	for _, want := range []string{
		"-addr host:port", "-access-key key", "-secret-key key", "-data directory", "-account id", "-alias name", "-log",
		"-tls-cert file", "-registry mode", "-rates", "-control", "-version", "AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1", "/_emulator/faults", "registries.conf", "hosts.toml", "--output text",
		"AWS_ENDPOINT_URL_ECR_PUBLIC", "boto3", "crane push", "docker login", defaultAddr,
	} {
		assert.Contains(t, stdout.String(), want)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"127.0.0.1:80": "http://127.0.0.1:80",
		"0.0.0.0:1":    "http://127.0.0.1:1",
		"[::]:2":       "http://127.0.0.1:2",
		"[::1]:3":      "http://[::1]:3",
	} {
		addr, err := net.ResolveTCPAddr("tcp", address)
		require.NoError(t, err)
		assert.Equal(t, want, baseURL("http", addr))
	}
}
