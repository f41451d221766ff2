package main

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// alteration is another behaviour of a service: a change of one response.
type alteration struct {
	from, to string // in the body; from is a regular expression
	status   int
	header   [2]string // name and value
}

// alterations are by the probe whose last response they change.
var alterations = map[string]alteration{
	"names/a name that is taken":                                     {from: `already exists in the registry`, to: `exists already in the registry`},
	"names/an upper-case name":                                       {from: `InvalidParameterException`, to: `ValidationException`},
	"names/one unknown name fails the whole call":                    {from: `"__type":"[^"]*"`, to: `"__type":"RepositoryNotFound"`},
	"names/repositories are described by name":                       {from: `"repositoryUri":"[^"]*",?`, to: ``},
	"names/the catalog data of a new repository":                     {from: `"catalogData":\{\}`, to: `"catalogData":{"description":""}`},
	"names/a deletion returns the repository, which is then unknown": {from: `in the registry with id`, to: `in registry with id`},
	"catalog/a new repository has empty catalog data":                {from: `"catalogData":\{\}`, to: `"catalogData":{"marketplaceCertified":false}`},
	"catalog/free text is returned unchanged":                        {from: `"ARM"`, to: `"arm"`},
	"catalog/a put without a logo keeps the logo":                    {from: `"logoUrl":"[^"]*",?`, to: ``},
	"policies/a new repository has no policy":                        {status: http.StatusNotFound},
	"policies/a policy is returned in another layout":                {from: `push`, to: `pull`},
	"policies/a list of one is returned as a string":                 {from: `\\"ecr-public:PutImage\\"`, to: `[ \"ecr-public:PutImage\" ]`},
	"policies/a deletion returns the policy":                         {from: `Repository policy does not exist`, to: `No policy`},
	"tags/removing an absent key succeeds":                           {from: `\{"Key":"team","Value":"a"\}`, to: `{"key":"team","value":"a"}`},
	"tags/a repository has at most 50 tags":                          {from: `TooManyTagsException`, to: `LimitExceededException`},
	"layers/the part size is 10 MiB":                                 {from: `10485760`, to: `20971520`},
	"layers/a part returns the position of its last byte":            {from: `"lastByteReceived":4`, to: `"lastByteReceived":5`},
	"layers/a part sent twice":                                       {from: `"lastValidByteReceived":4,?`, to: ``},
	"layers/availability of a layer":                                 {from: `"layerSize":7`, to: `"layerSize":"7"`},
	"layers/availability of a missing layer":                         {from: `UNAVAILABLE`, to: `ARCHIVED`},
	"layers/a digest of another algorithm":                           {from: `"layerDigest":"sha256:`, to: `"layerDigest":"md5:`},
	"images/missing layers":                                          {from: `do not exist`, to: `are missing`},
	"images/a second tag does not change imagePushedAt":              {from: `"imagePushedAt":[0-9.]+`, to: `"imagePushedAt":1.5`},
	"images/size and artifact type":                                  {from: `"imageSizeInBytes":\d+`, to: `"imageSizeInBytes":1`},
	"images/each tag has an entry with its time":                     {from: `"createdAt":[0-9.]+,?`, to: ``},
	"deletion/refused: an unknown tag":                               {from: `Requested image not found`, to: `Image not found`},
	"deletion/a digest deletes the image and returns each tag":       {from: `(\{[^{}]*"v1"[^{}]*\}),(\{[^{}]*"v2"[^{}]*\})`, to: `$2,$1`},
	"pagination/a page is as long as maxResults allows":              {from: `"nextToken":"[^"]*",?`, to: ``},
	"tokens/each call returns a new login":                           {from: `"expiresAt":[0-9.]+`, to: `"expiresAt":"2026-01-01T00:00:00Z"`},
	"host/a request without a token is challenged":                   {header: [2]string{"Www-Authenticate", `Basic realm="registry"`}},
	"host/a manifest":                                                {header: [2]string{"Content-Type", "application/json"}},
	"host/an invalid bearer":                                         {status: http.StatusUnauthorized},
	"host/an unknown manifest":                                       {from: `MANIFEST_UNKNOWN`, to: `NOT_FOUND`},
}

// altering changes the responses at some places of a run.
type altering struct {
	at       map[int]alteration // by the request's place
	requests int
	changed  map[int]bool
}

func (a *altering) RoundTrip(r *http.Request) (*http.Response, error) {
	place := a.requests
	a.requests++
	response, err := http.DefaultTransport.RoundTrip(r)
	change, ok := a.at[place]
	if err != nil || !ok {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	altered := string(body)
	if change.from != "" {
		altered = strings.ReplaceAll(regexp.MustCompile(change.from).ReplaceAllString(altered, change.to), ",}", "}")
	}
	a.changed[place] = altered != string(body) || change.status != 0 || change.header[0] != ""
	if change.status != 0 {
		response.StatusCode = change.status
	}
	if change.header[0] != "" {
		response.Header.Set(change.header[0], change.header[1])
	}
	response.Header.Del("Content-Length")
	response.ContentLength = int64(len(altered))
	response.Body = io.NopCloser(strings.NewReader(altered))
	return response, nil
}

// runOn probes an emulator through a transport.
func runOn(t *testing.T, emulator *ecrpublictest.Server, transport http.RoundTripper, list []probes.Probe) *records.File {
	t.Helper()
	target, err := connect(t.Context(), demo.Where{Endpoint: emulator.URL}, "")
	require.NoError(t, err)
	target.transport = transport
	out, err := probeAll(t.Context(), target, t.TempDir(), true, list, noShow)
	require.NoError(t, err)
	return out
}

// places are where in a run the last request of each probe is.
func places(t *testing.T, list []probes.Probe) map[string]int {
	t.Helper()
	requests := &altering{}
	last := map[string]int{}
	emulator := newEmulator(t)
	target, err := connect(t.Context(), demo.Where{Endpoint: emulator.URL}, "")
	require.NoError(t, err)
	target.transport = requests
	done := 0
	_, err = probeAll(t.Context(), target, t.TempDir(), true, list, func(string, int, int) {
		last[list[done].Name] = requests.requests - 1
		done++
	})
	require.NoError(t, err)
	return last
}

// A service that behaves otherwise in 30 ways is found out in each, and in no other.
func TestEveryDifferenceIsFound(t *testing.T) {
	t.Parallel()
	list := small()
	proxy := &altering{at: map[int]alteration{}, changed: map[int]bool{}}
	at := places(t, list)
	for name, change := range alterations {
		require.Contains(t, at, name)
		proxy.at[at[name]] = change
	}
	require.GreaterOrEqual(t, len(proxy.at), 30)
	got := runOn(t, newEmulator(t), proxy, list)
	for name := range alterations {
		assert.True(t, proxy.changed[at[name]], "%s: the alteration changed nothing", name)
	}
	reference := runOn(t, newEmulator(t), http.DefaultTransport, list)
	r := newReport(got, reference)
	var found []string
	for _, row := range r.rows {
		if row.Differs() {
			found = append(found, row.Name)
			assert.NotEmpty(t, lines(row), row.Name)
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(alterations)), found)
}

// A record has nothing of the account.
func TestRecordIsScrubbed(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t, ecrpublictest.WithAlias("secret-team"))
	var tokens []string
	watch := watching(func(body []byte) {
		for _, m := range regexp.MustCompile(`"(?:authorizationToken|token|nextToken)":"([^"]+)"`).FindAllSubmatch(body, -1) {
			tokens = append(tokens, string(m[1]))
		}
	})
	recorded := runOn(t, emulator, watch, small())
	file := filepath.Join(t.TempDir(), "result.json")
	require.NoError(t, recorded.Write(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Greater(t, len(tokens), 5)
	for _, secret := range append(tokens, account, "secret-team", emulator.RegistryHost(), "Credential=") {
		assert.NotContains(t, string(text), secret)
	}
	assert.NotRegexp(t, `parity-[a-z0-9]{10}/`, strings.ReplaceAll(string(text), records.Prefix, ""))
}

// watching shows what is received.
type watching func(body []byte)

func (w watching) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	w(body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
