package imagepush

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/opencontainers/go-digest"
)

// Change is a tag that was set or moved, or would be in a dry run.
type Change struct {
	// Tag is the tag.
	Tag string

	// Now is the digest that the tag pointed at, or points at in a dry run;
	// empty if the tag did not exist.
	Now digest.Digest

	// Then is the digest that the tag points at afterwards.
	Then digest.Digest

	// Bytes is the number of bytes to send.
	Bytes int64
}

// WriteChanges writes a table of changes: tag, digest now, digest then, bytes to
// send. Without changes it writes only the heading. The error is that of w.
func WriteChanges(w io.Writer, changes []Change) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TAG\tNOW\tTHEN\tBYTES")
	for _, c := range changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\n", cmp.Or(c.Tag, "-"), cmp.Or(c.Now, "-"), c.Then, c.Bytes)
	}
	return table.Flush() // whose error is that of the lines, too
}
