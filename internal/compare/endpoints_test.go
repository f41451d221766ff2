package compare

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

type configured struct {
	ID            string
	Env           map[string]string
	ConfigFile    *string `json:"config_file"`
	Profile       string
	LoadOptions   map[string]any `json:"load_options"`
	ClientOptions map[string]any `json:"client_options"`
	Results       map[string]struct {
		LoadError   string `json:"load_error"`
		ClientError string `json:"client_error"`
		ClientURL   string `json:"client_url"`
		ClientScope string `json:"client_scope"`
	}
}

// TestConfiguredEndpoints loads the recorded environments and shared
// configuration files and sends a request. Regions are taken literally, as the
// official client does.
func TestConfiguredEndpoints(t *testing.T) {
	data, err := os.ReadFile("../../ecrpublic/testdata/endpoints.json")
	require.NoError(t, err)
	var file struct{ Configured []configured }
	require.NoError(t, json.Unmarshal(data, &file))
	for _, v := range file.Configured {
		t.Run(v.ID, func(t *testing.T) { v.check(t) })
	}
}

func (v configured) check(t *testing.T) {
	for _, name := range os.Environ() {
		if name, _, _ := strings.Cut(name, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // restores it after the test
			os.Unsetenv(name)
		}
	}
	path := filepath.Join(t.TempDir(), "config")
	if v.ConfigFile != nil {
		require.NoError(t, os.WriteFile(path, []byte(*v.ConfigFile), 0o600))
	}
	t.Setenv("AWS_CONFIG_FILE", path)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", path+"-none")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	if v.Profile != "" {
		t.Setenv("AWS_PROFILE", v.Profile)
	}
	for name, value := range v.Env {
		t.Setenv(name, value)
	}

	want := v.Results["go"]
	request, err := v.send(t.Context())
	if want.LoadError != "" || want.ClientError != "" {
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	assert.Equal(t, want.ClientURL, request.URL.String())
	if !strings.HasPrefix(want.ClientScope, "/") { // an empty region means us-east-1 here
		_, scope, _ := strings.Cut(request.Header.Get("Authorization"), "Credential=AKID/")
		_, scope, _ = strings.Cut(scope, "/") // the date
		assert.True(t, strings.HasPrefix(scope, want.ClientScope), scope)
	}
}

// send loads the configuration and returns the request that a call would send.
func (v configured) send(ctx context.Context) (*http.Request, error) {
	load := []func(*config.LoadOptions) error{
		config.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}, nil
		})),
	}
	for name, value := range v.LoadOptions {
		option, err := loadOption(name, value)
		if err != nil {
			return nil, err
		}
		load = append(load, option)
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, err
	}
	var sent *http.Request
	client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
		o.UseConfiguredRegion = o.Region != "" || o.BaseEndpoint == nil
		o.HTTPClient = sender(func(r *http.Request) (*http.Response, error) {
			sent = r
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
		})
		for name, value := range v.ClientOptions {
			if name == "BaseEndpoint" || name == "base_endpoint" {
				o.BaseEndpoint = aws.String(value.(string))
			}
		}
	})
	if _, err := client.GetAuthorizationToken(ctx, nil); err != nil {
		return nil, err
	}
	return sent, nil
}

var errUnknownOption = errors.New("unknown load option")

func loadOption(name string, value any) (func(*config.LoadOptions) error, error) {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "")) {
	case "baseendpoint", "withbaseendpoint":
		return config.WithBaseEndpoint(value.(string)), nil
	case "region", "withregion":
		return config.WithRegion(value.(string)), nil
	}
	return nil, errUnknownOption
}

type sender func(*http.Request) (*http.Response, error)

func (s sender) Do(r *http.Request) (*http.Response, error) { return s(r) }
