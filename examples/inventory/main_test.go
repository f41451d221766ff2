package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestTable(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run)
	assert.Regexp(t, `^REPOSITORY +IMAGES +TAGS +UNTAGGED +SIZE +LAST PUSH\nbase/alpine-with-certificates +3 +3 +0 +2.2 MiB +\d{4}-\d\d-\d\d\n`, stdout)
	assert.Regexp(t, `\nexperiments/empty +0 +0 +0 +0 B +-\n`, stdout)
	assert.True(t, strings.HasSuffix(stdout, "\n8 repositories, 29 images, 27 MiB\n"), stdout)
	assert.Equal(t, "repositories: 8 of 8\n", stderr)

	stdout, _ = demotest.Run(t, run, "-images")
	assert.Regexp(t, `\n  [0-9a-f]{12} +v1.8 +854 KiB +\d{4}-\d\d-\d\d\n`, stdout)
}

func TestJSONAndChart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sizes.svg")
	stdout, stderr := demotest.Run(t, run, "-json", "-plot", file)
	assert.Contains(t, stderr, "wrote "+file)

	var inventory Inventory
	require.NoError(t, json.Unmarshal([]byte(stdout), &inventory))
	assert.Len(t, inventory.Repositories, 8)
	images, bytes := inventory.Total()
	assert.Equal(t, 29, images)
	assert.Greater(t, bytes, int64(20<<20))

	svg, err := os.ReadFile(file)
	require.NoError(t, err)
	want, err := drawSVG(newChart(inventory))
	require.NoError(t, err)
	assert.Equal(t, string(want), string(svg))
	assert.Contains(t, string(svg), "8 repositories, 29 images, 27 MiB on ")
	assert.Less(t, strings.Index(string(svg), "platform/api-gateway"), strings.Index(string(svg), "tools/cli"), "the largest comes first")
}

func TestChartOfManyAndLongNames(t *testing.T) {
	t.Parallel()
	var inventory Inventory
	for i := range 25 {
		inventory.Repositories = append(inventory.Repositories, Repository{
			Name:   fmt.Sprintf("%02d/%s", i, strings.Repeat("long-", 30)),
			Images: []Image{{Bytes: 1 << i}, {Bytes: 1, MediaType: "application/vnd.oci.image.index.v1+json"}},
		})
	}
	inventory.Repositories[24].Name = `<script>&"`
	svg, err := drawSVG(newChart(inventory))
	require.NoError(t, err)
	assert.Contains(t, string(svg), "5 others")
	assert.Contains(t, string(svg), "31 B in 10 images", "an index counts, and has no size of its own")
	assert.Contains(t, string(svg), "&lt;script&gt;")
	for decoder := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
}

func TestFormatOfChart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sizes.PNG")
	demotest.Run(t, run, "-plot", file)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	assert.Equal(t, scale*chartWidth, picture.Bounds().Dx())
	longestBar := picture.At(scale*(margin+barWidth-1), scale*(firstBar+9+barHeight/2))
	assert.Equal(t, blue, color.RGBAModel.Convert(longestBar), "the largest repository fills its row")

	for _, name := range []string{"sizes.pdf", "sizes"} {
		demotest.Refuses(t, run, "-plot "+name+": the name must end in .svg or .png", "-plot", name)
		assert.NoFileExists(t, name)
	}
	demotest.Refuses(t, run, "missing/sizes.svg: open", "-plot", filepath.Join(t.TempDir(), "missing", "sizes.svg"))
}

func TestEmptyRegistry(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-json")
	assert.Contains(t, stdout, `"repositories": []`)
	stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL)
	assert.Contains(t, stdout, "\n0 repositories, 0 images, 0 B\n")

	_, err := emulator.Client().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL, "-json")
	assert.Contains(t, stdout, `"images": []`)
	stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL)
	assert.Contains(t, stdout, "\n1 repository, 0 images, 0 B\n")
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	all, _ := demotest.Run(t, run)
	one, _ := demotest.Run(t, run, "-parallel", "1")
	assert.Equal(t, all, one)
	for _, n := range []string{"0", "1001"} {
		demotest.Refuses(t, run, "-parallel "+n+": must be 1 to 1000", "-parallel", n)
	}
}

func TestErrorNamesTheRepository(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	_, err := emulator.AddImage("team/app", "v1")
	require.NoError(t, err)
	emulator.Inject(ecrpublictest.Fault{Operation: "DescribeImages", Effect: ecrpublictest.Fail(&types.RepositoryNotFoundException{Message: aws.String("gone")})})
	demotest.Refuses(t, run, "team/app: ", "-endpoint", emulator.URL)
}

func TestThrottledCallsAreRepeated(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	for _, name := range []string{"team/app", "team/web"} {
		_, err := emulator.AddImage(name, "v1")
		require.NoError(t, err)
	}
	const throttled = 8 // more than the client itself repeats two calls
	emulator.Inject(ecrpublictest.Fault{Operation: "DescribeImages", Times: throttled, Effect: ecrpublictest.Throttle()})
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL)
	assert.Contains(t, stdout, "team/app")
	assert.Contains(t, stdout, "team/web")
	assert.Equal(t, throttled+2, emulator.Count("DescribeImages"))
}

func TestOnlyThrottledCallsAreRepeatedForLong(t *testing.T) {
	t.Parallel()
	retryer := patient(ecrpublic.New(ecrpublic.Options{})).Options().Retryer
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException"}
	_, err := retryer.RetryDelay(29, throttled)
	require.NoError(t, err)
	_, err = retryer.RetryDelay(9, &types.ServerException{})
	require.NoError(t, err)
	_, err = retryer.RetryDelay(10, &types.ServerException{})
	require.ErrorContains(t, err, "exceeded maximum number of attempts, 10")
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	demotest.Misuses(t, run, "-plot chart.gif: the name must end in .svg or .png", "-plot", "chart.gif")
	demotest.Misuses(t, run, "-parallel 0: must be 1 to 1000", "-parallel", "0")
	demotest.Refuses(t, run, "-plot missing/chart.svg: ", "-endpoint", "http://127.0.0.1:1", "-plot", "missing/chart.svg")
}

func TestFailures(t *testing.T) {
	demotest.Failures(t, run, nil, nil)
}
