package demo_test

import (
	"bytes"
	"context"
	"flag"
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
	for _, arg := range []string{"-missing", "word"} {
		var stdout bytes.Buffer
		err := demo.NewFlags("program", "").Parse([]string{arg}, &stdout)
		assert.ErrorContains(t, err, "-h lists the flags")
		assert.Empty(t, stdout.String())
	}
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
}

func TestLiveIsAWS(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none"} {
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

func TestLinesOfProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	show := demo.Steps(&out)
	show("list", 40, 0)
	show("read", 1, 120)
	show("read", 100, 120)
	show("read", 120, 120)
	assert.Equal(t, "list: 40\nread: 100 of 120\nread: 120 of 120\n", out.String())

	out.Reset()
	transfer, finish := demo.Transfer(&out)
	layer := ocispec.Descriptor{Digest: digest.FromString(""), Size: 2048}
	transfer(imagepush.Progress{Descriptor: layer})
	transfer(imagepush.Progress{Descriptor: layer, Done: 512})
	transfer(imagepush.Progress{Descriptor: layer, Done: 2048})
	transfer(imagepush.Progress{Descriptor: layer, Done: 2048, Skipped: true})
	finish()
	assert.Equal(t, "e3b0c44298fc     2.0 KiB  25%\ne3b0c44298fc     2.0 KiB  sent\ne3b0c44298fc     2.0 KiB  there already\n", out.String())
}
