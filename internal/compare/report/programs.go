package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// program is what the smallest program with a client costs before it does
// anything.
type program struct {
	bytes      int64   // of the stripped binary
	initMicros float64 // of the client's own packages, the median of runs
	initAllocs int
}

// programs are the smallest program with this client and that with the official
// one.
type programs struct {
	name           string
	ours, official program
}

// rows writes what the two programs cost as rows of a table.
func (p programs) rows(b *strings.Builder) {
	fmt.Fprintf(b, "| size of %s, stripped | %.2f | | | %.1f MB | %.1f MB |\n", p.name, float64(p.ours.bytes)/float64(p.official.bytes), mb(p.ours.bytes), mb(p.official.bytes))
	fmt.Fprintf(b, "| package initialization in %s | | %.2f | | %.0f µs, %d allocations | %.0f µs, %d allocations |\n", p.name,
		float64(p.ours.initAllocs)/float64(p.official.initAllocs), p.ours.initMicros, p.ours.initAllocs, p.official.initMicros, p.official.initAllocs)
}

func measurePrograms(runs int) ([]programs, error) {
	all := []programs{{name: "a minimal program"}, {name: "a program with `config`"}}
	for i, suffix := range []string{"", "config"} {
		p, err := &all[i], error(nil)
		if p.ours, err = measureProgram("./report/minimal/ours"+suffix, "github.com/ecr-public/ecr-public-go/", runs); err != nil {
			return nil, err
		}
		if p.official, err = measureProgram("./report/minimal/official"+suffix, "github.com/aws/aws-sdk-go-v2/service/ecrpublic", runs); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func measureProgram(path, packages string, runs int) (p program, err error) {
	dir, err := os.MkdirTemp("", "program")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "program")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, path).CombinedOutput(); err != nil {
		return p, fmt.Errorf("build %s: %w\n%s", path, err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return p, err
	}
	p.bytes = info.Size()
	var micros []float64
	for range 7 * runs {
		t, allocs, err := initCost(binary, packages)
		if err != nil {
			return p, err
		}
		micros, p.initAllocs = append(micros, t), allocs
	}
	slices.Sort(micros)
	p.initMicros = micros[len(micros)/2]
	return p, nil
}

// initCost sums what the runtime says about the initialization of packages whose
// path has a prefix. A package without any is not mentioned.
func initCost(binary, prefix string) (micros float64, allocs int, err error) {
	command := exec.Command(binary)
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := command.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("run %s: %w\n%s", binary, err, out)
	}
	line := regexp.MustCompile(`(?m)^init (\S+) @[\d.]+ ms, ([\d.]+) ms clock, \d+ bytes, (\d+) allocs$`)
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		if !strings.HasPrefix(m[1], prefix) {
			continue
		}
		ms, _ := strconv.ParseFloat(m[2], 64) // the pattern has digits only
		n, _ := strconv.Atoi(m[3])
		micros, allocs = micros+ms*1000, allocs+n
	}
	return micros, allocs, nil
}
