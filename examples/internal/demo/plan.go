package demo

import (
	"fmt"
	"io"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// PrintPlan prints what a dry run found: a table of the tags that would change, and how
// many bytes of referrers of other tags would be sent; or that nothing is to be done.
func PrintPlan(w io.Writer, changes []imagepush.Change, referrers int64) error {
	if len(changes) == 0 && referrers == 0 {
		_, err := fmt.Fprintln(w, "nothing to do: every tag is up to date")
		return err
	}
	if len(changes) > 0 {
		if err := imagepush.WriteChanges(w, changes); err != nil {
			return err
		}
	}
	if referrers > 0 {
		_, err := fmt.Fprintf(w, "%s of referrers of tags that are up to date would be sent\n", Size(referrers))
		return err
	}
	return nil
}
