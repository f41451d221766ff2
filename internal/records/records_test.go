package records

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// Bodies of all kinds are the same after writing and reading.
func TestBodiesAreKept(t *testing.T) {
	t.Parallel()
	var file File
	bodies := []string{
		"", `{"repositoryName":"<app> & co","force":true,"partLastByte":9007199254740993}`, "12345", "no JSON", `{"half":`, `"a JSON string"`,
		`{"layerPartBlob":"` + strings.Repeat("eHh4", longest) + `"}`, "\u00e9" + strings.Repeat("x", longest),
	}
	for _, operation := range []string{"UploadLayerPart", ""} {
		for _, body := range bodies {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://public.ecr.aws/", nil)
			require.NoError(t, err)
			if operation != "" {
				r.Header.Set("X-Amz-Target", "SpencerFrontendService."+operation)
			}
			request, err := newRequest(r, "/", r.Header, body)
			require.NoError(t, err)
			file.Vectors = append(file.Vectors, Vector{ID: "probe#1", Operation: operation, Request: request})
		}
	}
	path := filepath.Join(t.TempDir(), "record.json")
	require.NoError(t, file.Write(path))
	read, err := Read(path)
	require.NoError(t, err)
	for i, v := range read.Vectors {
		text, err := v.Request.Text()
		require.NoError(t, err)
		want := bodies[i%len(bodies)]
		if v.Operation != "" && want != "" && json.Valid([]byte(want)) {
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, []byte(text)))
			text = compact.String()
		}
		assert.Equal(t, want, text)
	}
}

func TestWhatIsNoFileOfVectors(t *testing.T) {
	t.Parallel()
	_, err := Read("missing.json")
	require.ErrorContains(t, err, "open missing.json")
	_, err = Read("vectors.go")
	require.ErrorContains(t, err, "vectors.go is not a file of vectors")
	empty := filepath.Join(t.TempDir(), "empty.json")
	require.NoError(t, new(File).Write(empty))
	_, err = Read(empty)
	require.ErrorIs(t, err, errNoVectors)
}

// A replay notices a request that was not recorded, and another one than was recorded.
func TestReplayNoticesOtherRequests(t *testing.T) {
	t.Parallel()
	srv := ecrpublictest.NewServer()
	t.Cleanup(srv.Close)
	list := probes.All()[:1]
	recorded := Emulate(t.Context(), srv, http.DefaultTransport, list)
	replayed := func() []probes.Result { return recorded.Replay(t.Context()) }
	require.Len(t, replayed(), 1)
	assert.Equal(t, probes.Equal, replayed()[0].Outcome)

	request := *recorded.Vectors[0].Request
	recorded.Vectors[0].Request.Body = []byte(`{"repositoryName":"parity-thisrecord/another"}`)
	assert.Contains(t, replayed()[0].Details[0], "another request than")
	recorded.Vectors[0].Request = &request
	recorded.Vectors = recorded.Vectors[:1]
	assert.Contains(t, replayed()[0].Details[0], "was not recorded")
}
