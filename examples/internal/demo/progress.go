package demo

import (
	"cmp"
	"fmt"
	"io"
	"os"

	"github.com/dustin/go-humanize"
	"github.com/opencontainers/go-digest"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func newBar(w io.Writer, total int64, description string, options ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, append(options,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(description),
		progressbar.OptionFullWidth(),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }),
	)...)
}

// Steps shows work in steps, one after the other: on a terminal as a bar for
// each, elsewhere as a line now and then. A total of 0 is not known.
func Steps(w io.Writer) (show func(step string, done, total int)) {
	if isTerminal(w) {
		return stepBars(w)
	}
	return func(step string, done, total int) {
		switch {
		case total == 0:
			fmt.Fprintf(w, "%s: %d\n", step, done)
		case done == total || done%100 == 0:
			fmt.Fprintf(w, "%s: %d of %d\n", step, done, total)
		}
	}
}

func stepBars(w io.Writer) func(step string, done, total int) {
	var bar *progressbar.ProgressBar
	var current string
	return func(step string, done, total int) {
		if bar == nil || step != current {
			current = step
			bar = newBar(w, cmp.Or(int64(total), -1), fmt.Sprintf("%-6s", step), progressbar.OptionShowCount()) // -1 is a spinner
		}
		_ = bar.Set(done) // a terminal that is gone shows nothing
	}
}

// Transfer shows a push: on a terminal as one bar, elsewhere as a line for each
// layer, config and manifest. Call finish after the last progress.
func Transfer(w io.Writer) (show func(imagepush.Progress), finish func()) {
	if isTerminal(w) {
		return transferBar(w)
	}
	return func(p imagepush.Progress) { transferLine(w, p) }, func() {}
}

func transferLine(w io.Writer, p imagepush.Progress) {
	state := "sent"
	switch {
	case p.Done == 0:
		return
	case p.Skipped:
		state = "there already"
	case p.Done < p.Descriptor.Size:
		state = fmt.Sprintf("%d%%", 100*p.Done/p.Descriptor.Size)
	}
	fmt.Fprintf(w, "%s  %10s  %s\n", Short(p.Descriptor.Digest.String()), Size(p.Descriptor.Size), state)
}

// transferBar sums up all progress in one bar, which grows as layers turn out to
// be missing. One byte stays back until the end: a full bar could not grow.
func transferBar(w io.Writer) (show func(imagepush.Progress), finish func()) {
	bar := newBar(w, 1, "pushing", progressbar.OptionShowBytes(true))
	done := map[digest.Digest]int64{}
	var total, sum int64
	show = func(p imagepush.Progress) {
		before, known := done[p.Descriptor.Digest]
		if !known {
			total += p.Descriptor.Size
			bar.ChangeMax64(total + 1)
		}
		done[p.Descriptor.Digest] = p.Done
		sum += p.Done - before
		_ = bar.Set64(sum) // a terminal that is gone shows nothing
	}
	return show, func() { _ = bar.Finish() }
}

// Size writes a number of bytes for people: 512 B, 1.5 MiB.
func Size(bytes int64) string { return humanize.IBytes(uint64(max(0, bytes))) }
