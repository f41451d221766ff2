// Command mutants makes small changes to the code, one at a time, and counts
// how many of them a test detects.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

var (
	count = flag.Int("n", 60, "how many mutants to try")
	seed  = flag.Uint64("seed", 1, "which ones")
	least = flag.Int("least", 85, "percentage that must be caught")
)

func main() {
	flag.Parse()
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(packages []string) error {
	temp, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	queues := map[string][]mutant{}
	for _, dir := range packages {
		if queues[dir], err = find(dir); err != nil {
			return err
		}
		shuffle(queues[dir])
	}
	accepted, err := readAccepted()
	if err != nil {
		return err
	}
	var sum tally
	for round := 0; sum.tried() < *count; round++ {
		dir := packages[round%len(packages)]
		if !slices.ContainsFunc(packages, func(d string) bool { return len(queues[d]) > 0 }) {
			break
		}
		for len(queues[dir]) > 0 {
			m := queues[dir][0]
			queues[dir] = queues[dir][1:]
			fate, err := m.try(temp)
			if err != nil {
				return err
			}
			if fate == invalid {
				continue // it does not compile
			}
			sum.add(m, fate, accepted)
			break
		}
	}
	return sum.report()
}

func shuffle(list []mutant) {
	r := rand.New(rand.NewPCG(*seed, 0))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

type fate int

const (
	invalid fate = iota
	caught
	survived
)

// try runs the tests with the mutant in the place of its file: those of its
// package, and then those of what is built on it.
func (m mutant) try(temp string) (fate, error) {
	changed, overlay := filepath.Join(temp, "mutant.go"), filepath.Join(temp, "overlay.json")
	path, err := filepath.Abs(m.file)
	if err != nil {
		return invalid, err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return invalid, err
	}
	if err := errors.Join(os.WriteFile(changed, m.text, 0o600), os.WriteFile(overlay, text, 0o600)); err != nil {
		return invalid, err
	}
	own := "./" + m.dir
	if goTool("vet", "-overlay="+overlay, own) != nil {
		return invalid, nil
	}
	for _, tests := range [][]string{{own}, {"./ecrpublic"}, {"./paginators"}} {
		args := append([]string{"test", "-overlay=" + overlay, "-count=1", "-failfast", "-timeout=300s"}, tests...)
		if goTool(args...) != nil {
			return caught, nil
		}
	}
	return survived, nil
}

func goTool(args ...string) error { return exec.Command("go", args...).Run() }

// readAccepted reads the survivors that have a reason, one a line:
//
//	file | line of code | change | reason
func readAccepted() (map[string]string, error) {
	text, err := os.ReadFile(".ci/mutants/accepted.txt")
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if i := strings.LastIndex(line, " | "); i >= 0 {
			reasons[line[:i]] = strings.TrimSpace(line[i+3:])
		}
	}
	return reasons, nil
}

type tally struct{ caught, survived, accepted int }

func (t *tally) tried() int { return t.caught + t.survived + t.accepted }

func (t *tally) add(m mutant, f fate, accepted map[string]string) {
	reason, known := accepted[m.key()]
	switch {
	case f == caught:
		t.caught++
		fmt.Printf("caught    %s:%d %s\n", m.file, m.line, m.change)
	case known:
		t.accepted++
		fmt.Printf("accepted  %s (%s)\n", m.key(), reason)
	default:
		t.survived++
		fmt.Printf("SURVIVED  line %d of %s\n", m.line, m.key())
	}
}

func (t *tally) report() error {
	all := t.tried()
	fmt.Printf("%d mutants: %d caught, %d survived, %d survived for a reason\n", all, t.caught, t.survived, t.accepted)
	if all == 0 || t.caught*100 < *least*all {
		return fmt.Errorf("fewer than %d %% caught", *least)
	}
	return nil
}
