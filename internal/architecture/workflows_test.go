package architecture

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWorkflowRunsEveryStep compares the steps of .ci/run with the functions in
// .ci/steps and with what the workflow of every change runs.
func TestWorkflowRunsEveryStep(t *testing.T) {
	t.Parallel()
	var inWorkflow []string
	for _, m := range regexp.MustCompile(`(?m)^ +steps: (.+)$`).FindAllStringSubmatch(read(t, ".github/workflows/check.yml"), -1) {
		inWorkflow = append(inWorkflow, strings.Fields(m[1])...)
	}
	var functions []string
	for _, name := range []string{"code", "tests", "tools", "versions"} {
		for _, m := range regexp.MustCompile(`(?m)^step_(\w+)\(\)`).FindAllStringSubmatch(read(t, ".ci/steps/"+name+".sh"), -1) {
			functions = append(functions, m[1])
		}
	}
	steps := stepsOfRun(t)
	for _, step := range steps {
		assert.Contains(t, inWorkflow, step, "step %s of .ci/run is not run by .github/workflows/check.yml", step)
		assert.Contains(t, functions, functionOf(step), "step %s of .ci/run has no function in .ci/steps", step)
	}
	for _, step := range inWorkflow {
		assert.Contains(t, steps, step, ".github/workflows/check.yml runs step %s, which .ci/run does not list", step)
	}
	assert.Len(t, functions, len(steps), "functions in .ci/steps that .ci/run does not list")
}

func functionOf(step string) string { return strings.NewReplacer("-", "_", ".", "_").Replace(step) }

// stepsOfRun are the names of the steps that .ci/run lists.
func stepsOfRun(t *testing.T) (names []string) {
	t.Helper()
	_, list, _ := strings.Cut(read(t, ".ci/run"), "<<'STEPS'\n")
	list, _, ok := strings.Cut(list, "\nSTEPS\n")
	require.True(t, ok)
	for line := range strings.Lines(list) {
		names = append(names, strings.Fields(line)[0])
	}
	return names
}
