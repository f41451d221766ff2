package housekeeping_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// quota is a repository with as many images as the service allows. Of every ten, one is
// an index of four others, one is its signature, and four are tagged.
func quota(tb testing.TB, images int) (*ecrpublictest.Client, http.Handler) {
	tb.Helper()
	manifests := make(map[string]string, images)
	var all []types.ImageDetail
	add := func(m testManifest, mediaType string, tags ...string) string {
		m.Annotations = map[string]string{"n": strconv.Itoa(len(all))}
		text, err := json.Marshal(m)
		require.NoError(tb, err)
		image := pushed("", time.Duration(len(all)%100)*day, tags...)
		image.ImageDigest, image.ImageManifestMediaType = aws.String(digestOf(string(text))), &mediaType
		manifests[*image.ImageDigest] = string(text)
		all = append(all, image)
		return *image.ImageDigest
	}
	for i := range images / 10 {
		var index testManifest
		for range 4 {
			index.Manifests = append(index.Manifests, descriptor{mediaTypeImage, add(testManifest{}, mediaTypeImage), 100})
		}
		subject := add(index, mediaTypeIndex, fmt.Sprint("v", i))
		add(testManifest{Subject: &descriptor{mediaTypeIndex, subject, 100}}, mediaTypeImage)
		for tagged := range 4 {
			add(testManifest{}, mediaTypeImage, fmt.Sprint("dev-", i, "-", tagged))
		}
	}
	client := listing()
	client.DescribeImagesFunc = func(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		start, _ := strconv.Atoi(aws.ToString(in.NextToken))
		end := min(start+int(*in.MaxResults), len(all))
		out := &ecrpublic.DescribeImagesOutput{ImageDetails: all[start:end]}
		if end < len(all) {
			out.NextToken = aws.String(strconv.Itoa(end))
		}
		return out, nil
	}
	return client, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := manifests[path.Base(r.URL.Path)]
		w.Header().Set("Content-Type", mediaTypeImage)
		var m testManifest
		if json.Unmarshal([]byte(body), &m) == nil && m.Manifests != nil {
			w.Header().Set("Content-Type", mediaTypeIndex)
		}
		_, _ = io.WriteString(w, body)
	})
}

// The quota of images per repository is 100,000.
func BenchmarkPruneOfQuota(b *testing.B) {
	client, host := quota(b, 100_000)
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*"}, KeepNewest: 5000},
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}, OlderThan: 30 * day},
		{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day},
	}}
	b.ReportAllocs()
	for b.Loop() {
		plan, err := housekeeping.Prune(b.Context(), client, "app", policy, atToday, func(o *housekeeping.PruneOptions) {
			o.RegistryURL, o.HTTPClient = "http://registry.example", &http.Client{Transport: inMemory{host}}
		})
		require.NoError(b, err)
		require.NoError(b, plan.GraphError)
		b.ReportMetric(float64(len(plan.Delete)), "deleted")
	}
}
