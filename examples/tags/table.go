package main

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// printTable prints a line for each platform of each tag.
func printTable(w io.Writer, listing Listing) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TAG\tDIGEST\tPLATFORM\tSIZE")
	for _, tag := range listing.Tags {
		name, digest := cmp.Or(tag.Name, "-"), demo.Short(tag.Digest)
		for _, image := range tag.Images {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name, digest, cmp.Or(image.Platform, "-"), demo.Size(image.Bytes))
			name, digest = "", ""
		}
	}
	fmt.Fprintf(table, "\n%s of %s\n", demo.Count(len(listing.Tags), "tag"), listing.Repository)
	return table.Flush()
}
