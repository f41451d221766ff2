package codec

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/types"
)

type page struct {
	ImageDetails []types.ImageDetail
	NextToken    *string
}

func pageJSON(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"imageDetails":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"registryId":"123456789012","repositoryName":"team/app","imageDigest":"sha256:%064d","imageTags":["v1.%d","latest"],"imageSizeInBytes":%d,"imagePushedAt":1700000000.123,"imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json","artifactMediaType":"application/vnd.oci.image.config.v1+json"}`, i, i, 1000000+i)
	}
	b.WriteString(`],"nextToken":"abc"}`)
	return b.Bytes()
}

func BenchmarkUnmarshalPage(b *testing.B) {
	data := pageJSON(1000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var out page
		if err := Unmarshal(data, &out); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPage(t *testing.T) {
	var out page
	require.NoError(t, Unmarshal(pageJSON(3), &out))
	require.Len(t, out.ImageDetails, 3)
	require.Equal(t, []string{"v1.2", "latest"}, out.ImageDetails[2].ImageTags)
	require.Equal(t, "abc", *out.NextToken)
}
