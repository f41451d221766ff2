package main

import (
	_ "embed"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// recipes is what -h says about clients. .ci/emulator_recipes.sh runs each
// block of commands as it is printed.
//
//go:embed recipes.txt
var recipes string

func usage(w io.Writer) {
	fmt.Fprint(w, `ecr-public-emulator runs Amazon ECR Public on this machine: the API and the
registry behind it. It prints its URL when it is ready and stops on SIGINT and
SIGTERM. It exits with 2 if its flags are wrong, and with 1 if it fails.

Flags:
`)
	flags := new(settings).flags()
	flags.SetOutput(w)
	flags.PrintDefaults()
	fmt.Fprint(w, "\n"+strings.ReplaceAll(recipes, "ADDRESS", defaultAddr))
}

// version returns the module's version, (devel) in a working tree, and Go's.
func version() string {
	v := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		v = info.Main.Version
		for _, dependency := range info.Deps {
			if strings.HasSuffix(dependency.Path, "/ecr-public-go") {
				v = dependency.Version
			}
		}
	}
	return "ecr-public-emulator " + v + " " + runtime.Version()
}
