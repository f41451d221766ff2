package compare

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// officialTests lists the test files of the official module, with the directories that
// they read.
var officialTests = []string{
	"api_client_test.go", "endpoints_test.go", "endpoints_config_test.go", "sra_operation_order_test.go",
	"snapshot_test.go", "snapshot", "request_snapshot_test.go", "request_snapshot", "response_snapshot_test.go", "response_snapshot",
}

// officialTestsLeftOut lists those that do not run with this package, and why.
var officialTestsLeftOut = map[string]string{
	"response_snapshot_update_test.go":     "writes the recordings that response_snapshot_test.go reads, with the code generator's schemas; it checks nothing",
	"internal/endpoints/endpoints_test.go": "names a private variable of a package that only the deprecated resolvers have",
	"TestUpdateSnapshot_":                  "writes the recordings that TestCheckSnapshot_ reads; it checks nothing",
	"TestUpdateRequestSnapshot_":           "writes the recordings that TestCheckRequestSnapshot_ reads; it checks nothing",
}

// TestOfficialTests runs the official module's own tests with this package. Their
// package becomes a dot import of this one, and private names become exported ones.
func TestOfficialTests(t *testing.T) {
	t.Parallel()
	source := strings.TrimSpace(execute(t, ".", "go", "list", "-m", "-f", "{{.Dir}}", officialPath))
	requireEveryTestFileListed(t, source)
	dir := temporaryModule(t)
	for _, name := range officialTests {
		if filepath.Ext(name) == "" {
			require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(source, name))))
			continue
		}
		text, err := os.ReadFile(filepath.Join(source, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(withOurPackage(t, string(text))), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "helpers_test.go"), []byte(helpers), 0o600))

	counts := map[string]int{}
	for name, result := range goTestJSON(t, dir, "-tags=snapshot,request_snapshot,response_snapshot", "-skip=^TestUpdate") {
		family := regexp.MustCompile(`^Test(Op.*SRAOperationOrder|[A-Za-z]+?_|EndpointCase|[A-Za-z]+)`).FindString(name)
		if strings.HasSuffix(family, "SRAOperationOrder") {
			family = "TestOp…SRAOperationOrder"
		}
		if result.action != "pass" {
			t.Errorf("%s of the official module fails with this package:\n%s", name, result.output)
			continue
		}
		counts[family]++
	}
	total := 0
	for _, family := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[family], family)
		total += counts[family]
	}
	t.Logf("%4d tests of the official module pass with this package", total)
	assert.GreaterOrEqual(t, total, 140, "too few tests of the official module were run")
}

// requireEveryTestFileListed fails if a release of the official module has test files
// that are not listed above.
func requireEveryTestFileListed(t *testing.T, source string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS(source), ".", func(name string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(name, "_test.go") {
			assert.True(t, slices.Contains(officialTests, name) || officialTestsLeftOut[name] != "",
				"the official module has %s: add it to officialTests, or to officialTestsLeftOut with a reason", name)
		}
		return err
	}))
}

// withOurPackage rewrites a test file of the official module.
func withOurPackage(t *testing.T, text string) string {
	t.Helper()
	const clause = "\npackage ecrpublic\n"
	require.Contains(t, text, clause)
	return strings.NewReplacer(
		clause, clause+"\nimport . \""+ourPath+"/ecrpublic\"\n",
		`"`+officialPath+`/types"`, `"`+ourPath+`/types"`,
		"client.options.", "client.Options().",
		"client.invokeOperation(", "invokeOperation(client, ",
		"smithytesting.CompareValues(want, got)", "smithytesting.CompareValues(want, official(got))",
	).Replace(text)
}

// helpers has the functions that the rewritten tests call. invokeOperation replaces
// the private method of the official client: it builds the stack of a call and passes
// it on with the call's options, without running it. official returns an output or an
// error with only the official members.
const helpers = `package ecrpublic

import (
	"context"
	"errors"
	"reflect"

	"github.com/aws/smithy-go/middleware"

	. "` + ourPath + `/ecrpublic"
)

var errShown = errors.New("the stack was shown")

func invokeOperation(client *Client, ctx context.Context, _ string, _ any, optFns []func(*Options), show func(*middleware.Stack, Options) error) (any, middleware.Metadata, error) {
	_, err := client.DescribeRegistries(ctx, nil, append(optFns, func(o *Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return errors.Join(errShown, show(s, *o))
		})
	})...)
	if errors.Is(err, errShown) {
		err = nil
	}
	return nil, middleware.Metadata{}, err
}

func official[T any](output *T) *T {
	if ours := reflect.ValueOf(output).Elem().FieldByName("ResponseMetadata"); ours.IsValid() {
		ours.SetZero()
	}
	return output
}
`

type testResult struct{ action, output string }

// goTestJSON runs the tests of a package and returns the result of each, without
// subtests.
func goTestJSON(t *testing.T, dir string, flags ...string) map[string]testResult {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-json", "-vet=off"}, append(flags, ".")...)...)
	cmd.Dir = dir
	output, _ := cmd.CombinedOutput() // failures are reported test by test
	results := map[string]testResult{}
	built := false
	for line := range bytes.Lines(output) {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal(line, &event) != nil || event.Test == "" {
			continue
		}
		built = true
		name, _, _ := strings.Cut(event.Test, "/")
		result := results[name]
		switch {
		case event.Action == "output":
			result.output += event.Output
		case name == event.Test:
			result.action = event.Action
		}
		results[name] = result
	}
	require.True(t, built, "go test: %s", output)
	for name := range results {
		if results[name].action == "run" { // the process ended before the test
			t.Errorf("%s did not end:\n%s", name, results[name].output)
		}
	}
	return results
}
