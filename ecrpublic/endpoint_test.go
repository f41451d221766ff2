package ecrpublic_test

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

type endpointVector struct {
	ID              string
	Region          *string
	FIPS, DualStack bool
	Endpoint        *string
	URL             string // of official cases
	Error           string // of official cases
	Results         map[string]struct {
		ResolverURL   string `json:"resolver_url"`
		ResolverError string `json:"resolver_error"`
		ClientURL     string `json:"client_url"`
		ClientError   string `json:"client_error"`
		ClientScope   string `json:"client_scope"`
	}
}

func (v endpointVector) resolve() (string, error) {
	endpoint, err := ecrpublic.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), ecrpublic.EndpointParameters{
		Region: v.Region, UseFIPS: &v.FIPS, UseDualStack: &v.DualStack, Endpoint: v.Endpoint,
	})
	return endpoint.URI.String(), err
}

func TestEndpointRules(t *testing.T) {
	t.Parallel()
	var file struct {
		Grid          []endpointVector
		OfficialCases []endpointVector `json:"official_cases"`
	}
	readVectors(t, "endpoints.json", &file)
	for _, v := range file.OfficialCases {
		got, err := v.resolve()
		if v.URL == "" {
			require.Error(t, err, v.ID)
			continue
		}
		require.NoError(t, err, v.ID)
		assert.Equal(t, v.URL, got, v.ID)
	}
	for _, v := range file.Grid {
		got, err := v.resolve()
		want := v.Results["go"]
		if want.ResolverURL == "" && want.ResolverError != "" {
			require.Error(t, err, v.ID)
			continue
		}
		require.NoError(t, err, v.ID)
		assert.Equal(t, want.ResolverURL, got, v.ID)
	}
}

// refuses reports whether only this client refuses an endpoint. The official client
// sends invalid requests to it.
func refuses(v endpointVector) bool {
	return v.Endpoint != nil && !strings.Contains(*v.Endpoint, "://")
}

// TestClientEndpoints sends requests with the region taken literally, as the
// official client does.
func TestClientEndpoints(t *testing.T) {
	t.Parallel()
	var file struct{ Grid []endpointVector }
	readVectors(t, "endpoints.json", &file)
	for way, options := range waysToRun {
		for _, v := range file.Grid {
			t.Run(way+"/"+v.ID, func(t *testing.T) {
				t.Parallel()
				s := &script{answers: []answer{{Status: 200}}}
				client := scripted(s, append(options, func(o *ecrpublic.Options) {
					o.Region, o.BaseEndpoint, o.UseConfiguredRegion = aws.ToString(v.Region), v.Endpoint, true
					if v.FIPS {
						o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
					}
					if v.DualStack {
						o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
					}
				})...)
				_, err := client.GetAuthorizationToken(t.Context(), nil)
				want := v.Results["go"]
				if want.ClientError != "" || refuses(v) {
					require.Error(t, err)
					assert.Empty(t, s.requests)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, want.ClientURL, s.requests[0].URL.String())
				region, _, _ := strings.Cut(want.ClientScope, "/")
				region = strings.NewReplacer("-fips-", "-", "fips-", "", "-fips", "").Replace(region) // as boto3 and JS sign
				assert.Equal(t, region+"/ecr-public/aws4_request", scopeOf(s.requests[0]))
			})
		}
	}
}

func scopeOf(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/")
	scope, _, _ = strings.Cut(scope, ",")
	_, scope, _ = strings.Cut(scope, "/") // the date
	return scope
}

func TestRegionRule(t *testing.T) {
	t.Parallel()
	const home = "https://api.ecr-public.us-east-1.amazonaws.com/"
	custom := func(o *ecrpublic.Options) { o.BaseEndpoint = aws.String("http://localhost:4510") }
	literal := func(o *ecrpublic.Options) { o.UseConfiguredRegion = true }
	for _, c := range []struct {
		name, region string
		option       func(*ecrpublic.Options)
		url, signed  string
	}{
		{"no region", "", nil, home, "us-east-1"},
		{"home region", "us-east-1", nil, home, "us-east-1"},
		{"another region", "eu-central-1", nil, home, "us-east-1"},
		{"a region that refuses", "us-west-2", nil, home, "us-east-1"},
		{"a region unknown to us", "us-mars-7", nil, home, "us-east-1"},
		{"the global pseudo region", "aws-global", nil, home, "us-east-1"},
		{"China", "cn-north-1", nil, "https://api.ecr-public.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
		{"GovCloud", "us-gov-west-1", nil, "https://api.ecr-public.us-gov-west-1.amazonaws.com/", "us-gov-west-1"},
		{"taken literally", "eu-central-1", literal, "https://api.ecr-public.eu-central-1.amazonaws.com/", "eu-central-1"},
		{"custom endpoint", "eu-central-1", custom, "http://localhost:4510/", "eu-central-1"},
		{"custom endpoint, no region", "", custom, "http://localhost:4510/", "us-east-1"},
		{"FIPS name", "fips-eu-west-1", nil, "https://api.ecr-public-fips.us-east-1.amazonaws.com/", "us-east-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: []answer{{Status: 200}}}
			client := scripted(s, func(o *ecrpublic.Options) {
				o.Region = c.region
				if c.option != nil {
					c.option(o)
				}
			})
			_, err := client.GetAuthorizationToken(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, c.url, s.requests[0].URL.String())
			assert.Equal(t, c.signed+"/ecr-public/aws4_request", scopeOf(s.requests[0]))
			assert.Equal(t, c.region, client.Options().Region, "options stay as they were given")
		})
	}
}

// TestAnyHostIsCalled calls hosts whose names traditional DNS rules forbid, and compares
// the signed host with the one that net/http sends.
func TestAnyHostIsCalled(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"under_score.test":                  "under_score.test",
		"under_score.test:80":               "under_score.test",
		"under_score.test:8080":             "under_score.test:8080",
		"127.0.0.1:80":                      "127.0.0.1",
		"[::1]":                             "[::1]",
		"[::1]:80":                          "[::1]",
		"[::1]:443":                         "[::1]:443",
		"[fe80::1%25eth0]":                  "[fe80::1]",
		"[fe80::1%25eth0]:80":               "[fe80::1]",
		"[fe80::1%25eth0]:5000":             "[fe80::1]:5000",
		strings.Repeat("x", 80) + ".test":   strings.Repeat("x", 80) + ".test",
		strings.Repeat("x.", 150) + "test":  strings.Repeat("x.", 150) + "test",
		"xn--mlaut-jva.test":                "xn--mlaut-jva.test",
		"\u00fcmlaut.test":                  "\u00fcmlaut.test",
		"-dash.test":                        "-dash.test",
		"user:PASSWORDEXAMPLE@example.test": "example.test",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
				s := &script{answers: []answer{{Status: 200}}}
				signed := new(signedHost)
				client := scripted(s, append(options, func(o *ecrpublic.Options) {
					o.BaseEndpoint, o.HTTPSignerV4 = aws.String("http://"+host), signed
				})...)
				_, err := client.DescribeRegistries(t.Context(), nil)
				require.NoError(t, err)
				assert.Equal(t, want, signed.host)
				require.Len(t, s.requests, 1)
				assert.Empty(t, s.requests[0].Host, "the URL says it")
				wire := s.requests[0].Clone(t.Context())
				wire.Body = http.NoBody
				var written strings.Builder
				if wire.Write(&written) == nil && !strings.Contains(host, "\u00fc") { // which is sent in Punycode
					assert.Contains(t, written.String(), "\r\nHost: "+want+"\r\n")
				}
			})
		})
	}
}

// signedHost is a signer that signs nothing and keeps the host that it sees.
type signedHost struct{ host string }

func (s *signedHost) SignHTTP(_ context.Context, _ aws.Credentials, r *http.Request, _, _, _ string, _ time.Time, _ ...func(*v4.SignerOptions)) error {
	s.host = cmp.Or(r.Host, r.URL.Host)
	return nil
}
