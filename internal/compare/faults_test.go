package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/testdata/faults"
)

// subjects are the two clients.
var subjects = map[string]faults.Subject{
	"ours": func(cfg aws.Config, eager bool) any {
		return ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
			if eager {
				o.Retryer = eagerly(ecrpublic.NewFromConfig(cfg).Options().Retryer)
			}
		})
	},
	"official": func(cfg aws.Config, eager bool) any {
		return official.NewFromConfig(cfg, func(o *official.Options) {
			if eager {
				o.Retryer = eagerly(official.NewFromConfig(cfg).Options().Retryer)
			}
		})
	},
}

func eagerly(r aws.Retryer) aws.Retryer { return faults.Eager{RetryerV2: r.(aws.RetryerV2)} }

// TestFaultMatrix exposes both clients to every fault and logs the results side by
// side:
//
//	go test -run TestFaultMatrix -v
//
// It fails if this client breaks a promise or could do better. Each case runs in its
// own process, because a client may crash.
func TestFaultMatrix(t *testing.T) {
	var table strings.Builder
	held := map[string]int{}
	rule := faults.Rule("")
	cases := faults.All()
	for _, c := range cases {
		if c.Rule != rule {
			rule = c.Rule
			fmt.Fprintf(&table, "\n%s:\n\n| fault | this client | official |\n| --- | --- | --- |\n", rule)
		}
		said := map[string]verdict{}
		for name := range subjects {
			said[name] = inChild(t.Context(), child{name, c.Name})
			if said[name].Holds {
				held[name]++
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", c.Name, said["ours"], said["official"])
		assert.Equal(t, verdict{Holds: true}, said["ours"], c.Name)
	}
	t.Logf("%d faults: this client holds in %d, the official one in %d\n%s", len(cases), held["ours"], held["official"], table.String())
	assert.GreaterOrEqual(t, len(cases), 30)
}

// verdict says how a client handled a fault.
type verdict struct {
	Holds bool
	Said  string
}

func judge(err error) verdict {
	if err == nil {
		return verdict{Holds: true}
	}
	return verdict{Holds: errors.As(err, new(faults.Remark)), Said: err.Error()}
}

func (v verdict) String() string {
	text := "does not hold: " + v.Said
	if v.Holds {
		text = strings.TrimSuffix("holds; "+v.Said, "; ")
	}
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// childVariable names the environment variable that holds a [child].
const childVariable = "ECRPUBLIC_FAULT"

// child says which client meets which fault in a process.
type child struct{ Subject, Case string }

// inChild runs a case in its own process.
func inChild(ctx context.Context, is child) verdict {
	const limit = time.Minute
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	text, err := json.Marshal(is)
	if err != nil {
		return judge(err)
	}
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestFaultInChild$")
	command.Env = append(os.Environ(), childVariable+"="+string(text))
	output, err := command.CombinedOutput()
	if ctx.Err() != nil {
		return verdict{Said: "hangs"}
	}
	var v verdict
	first, _, _ := bytes.Cut(output, []byte("\n"))
	if json.Unmarshal(first, &v) != nil {
		return verdict{Said: fmt.Sprintf("ends the process: %v: %.80s", err, first)}
	}
	return v
}

// TestFaultInChild is the process of a case.
func TestFaultInChild(t *testing.T) {
	text, ok := os.LookupEnv(childVariable)
	if !ok {
		t.Skip("TestFaultMatrix runs it in a process of its own")
	}
	var is child
	require.NoError(t, json.Unmarshal([]byte(text), &is))
	for _, c := range faults.All() {
		if c.Name == is.Case {
			text, err := json.Marshal(judge(c.Run(t.Context(), subjects[is.Subject])))
			require.NoError(t, err)
			fmt.Println(string(text))
			return
		}
	}
	t.Fatalf("no case %q", is.Case)
}
