package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// report compares a record with a reference.
type report struct {
	of, with string
	rows     []records.Row
}

func newReport(of, with *records.File) *report {
	return &report{of: of.Header.Service, with: with.Header.Service, rows: records.Compare(of, with)}
}

func (r *report) differing() (n int) {
	for _, row := range r.rows {
		if row.Differs() {
			n++
		}
	}
	return n
}

// tally counts outcomes.
type tally map[probes.Outcome]int

// areas counts the outcomes by area, in the order of the probes.
func (r *report) areas() (names []string, counts map[string]tally) {
	counts = map[string]tally{}
	for _, row := range r.rows {
		area, _, _ := strings.Cut(row.Name, "/")
		if counts[area] == nil {
			names, counts[area] = append(names, area), tally{}
		}
		counts[area][row.Outcome()]++
	}
	return names, counts
}

// probes counts the rows that are probes.
func (r *report) probes() (n int) {
	for _, row := range r.rows {
		if !strings.HasPrefix(row.Name, "setup/") {
			n++
		}
	}
	return n
}

// withoutReference counts the probes that the reference did not run.
func (r *report) withoutReference() (n int) {
	for _, row := range r.rows {
		if row.NoReference {
			n++
		}
	}
	return n
}

// where is the place of the guess that a row's fact is, if it is one.
func where(r records.Row) string {
	fact, ok := probes.FactOf(r.Fact)
	if !ok || fact.Where == "" {
		return ""
	}
	return fmt.Sprintf("fact %s (%s): %s; the emulator has it in %s", fact.ID, fact.Mark, fact.Claim, fact.Where)
}

// print writes a table by area, and then each probe that differs or was not run.
func (r *report) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "AREA\tEQUAL\tDIFFERS\tNOT RUN")
	names, counts := r.areas()
	for _, area := range names {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", area, counts[area][probes.Equal], counts[area][probes.Differs], counts[area][probes.NotRun])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, row := range r.rows {
		if row.Outcome() == probes.Equal {
			continue
		}
		fmt.Fprintf(w, "\n%s: %s\n", row.Name, row.Outcome())
		for _, line := range lines(row) {
			fmt.Fprintln(w, "  "+line)
		}
	}
	alone := ""
	if n := r.withoutReference(); n > 0 {
		alone = fmt.Sprintf(", %d not in the reference", n)
	}
	_, err := fmt.Fprintf(w, "\n%s of %s compared with %s, %d differ%s\n", demo.Count(r.probes(), "probe"), r.of, r.with, r.differing(), alone)
	return err
}

// lines say what is different, or why a probe was not run.
func lines(r records.Row) []string {
	list := slices.Concat(r.Details, r.Differences, r.Notes)
	if r.Differs() {
		if place := where(r); place != "" {
			list = append(list, place)
		}
	}
	return list
}

// writeMarkdown writes the same report as a document.
func (r *report) writeMarkdown(file string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s compared with %s\n\n| area | equal | differs | not run |\n| --- | --- | --- | --- |\n", r.of, r.with)
	names, counts := r.areas()
	for _, area := range names {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", area, counts[area][probes.Equal], counts[area][probes.Differs], counts[area][probes.NotRun])
	}
	for _, row := range r.rows {
		if row.Outcome() == probes.Equal {
			continue
		}
		fmt.Fprintf(&b, "\n## %s: %s\n\n", row.Name, row.Outcome())
		for _, line := range lines(row) {
			fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(line, "\n", " "))
		}
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// printFacts writes a line for each fact that is not documented.
func printFacts(w io.Writer) error {
	by := map[string][]string{}
	for _, p := range probes.All() {
		by[p.Fact] = append(by[p.Fact], p.Name)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FACT\tMARK\tCLAIM\tSOURCE\tEMULATOR\tPROBES, OR WHY NOT")
	for _, f := range probes.Facts() {
		probed := strings.Join(by[f.ID], "; ")
		if f.NotProbed != "" {
			probed = "not probed: " + f.NotProbed
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", f.ID, f.Mark, f.Claim, f.Source, f.Where, probed)
	}
	return table.Flush()
}

// printPolicy writes what -live may do: to repositories only to the run's own, and to the
// registry's data only with its flag.
func printPolicy(w io.Writer, registry bool) error {
	type statement struct {
		Effect   string
		Action   []string
		Resource string
	}
	account := statement{"Allow", []string{"ecr-public:DescribeRegistries", "ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken", "sts:GetCallerIdentity"}, "*"}
	if registry {
		account.Action = append(account.Action, "ecr-public:GetRegistryCatalogData", "ecr-public:PutRegistryCatalogData")
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{account, {"Allow", []string{"ecr-public:*"}, "arn:aws:ecr-public::*:repository/parity-*"}}})
}
