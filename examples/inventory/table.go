package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// printTable prints a line for each repository, and one for each image if images
// are wanted.
func printTable(w io.Writer, inventory Inventory, images bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "REPOSITORY\tIMAGES\tTAGS\tUNTAGGED\tSIZE\tLAST PUSH")
	for _, r := range inventory.Repositories {
		tags, untagged := r.Tags()
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%s\n", r.Name, len(r.Images), tags, untagged, demo.Size(r.Bytes()), lastPush(r))
		if !images {
			continue
		}
		for _, i := range r.Images {
			fmt.Fprintf(table, "  %s\t%s\t\t\t%s\t%s\n", demo.Short(i.Digest), cmp.Or(strings.Join(i.Tags, ","), "-"), demo.Size(i.Bytes), i.Pushed.Format(time.DateOnly))
		}
	}
	count, bytes := inventory.Total()
	fmt.Fprintf(table, "\n%s, %s, %s\n", demo.Count(len(inventory.Repositories), "repository"), demo.Count(count, "image"), demo.Size(bytes))
	return table.Flush()
}

func lastPush(r Repository) string {
	if len(r.Images) == 0 {
		return "-"
	}
	return r.Images[0].Pushed.Format(time.DateOnly)
}
