// Command report measures the same work with this client and with the official
// one, alternately and in one process, and prints tables of ratios.
//
//	go -C internal/compare run ./report          # print
//	go -C internal/compare run ./report -write   # update PERFORMANCE.md and performance.svg
//
// A run's figure is the median of its rounds, garbage collection included; the
// table shows the median and the range of the runs. The transport is a stub,
// so only the client is measured, except in Iterate100k, which uses loopback
// HTTP.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("runs", 3, "how often everything is measured")
	write := flag.Bool("write", false, "update internal/compare/PERFORMANCE.md and performance.svg at the top of the repository")
	flag.Parse()
	r := report{date: time.Now().UTC().Format(time.DateOnly), machine: machine(), versions: versions()}
	for _, c := range cases() {
		r.rows = append(r.rows, measureCase(c, *runs))
		fmt.Fprintln(os.Stderr, r.rows[len(r.rows)-1])
	}
	r.scaling = measureScaling()
	var err error
	if r.programs, err = measurePrograms(*runs); err != nil {
		log.Fatal(err)
	}
	fmt.Print(r.markdown())
	if *write {
		if err := r.write("PERFORMANCE.md", "../../performance.svg"); err != nil {
			log.Fatal(err)
		}
	}
}
