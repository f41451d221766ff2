package demo

import (
	"cmp"
	"fmt"
	"io"
	"os"

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

// Steps shows work in steps, one after the other: on a terminal as a bar or a spinner
// for each, elsewhere as a line now and then. A total of 0 is unknown. Finish ends
// the current bar as it is: call it before other output; more progress may follow.
func Steps(w io.Writer) (show func(step string, done, total int), finish func()) {
	if isTerminal(w) {
		s := &stepBars{w: w}
		return s.show, s.finish
	}
	return func(step string, done, total int) {
		switch {
		case total == 0:
			fmt.Fprintf(w, "%s: %d\n", step, done)
		case done == total || done%100 == 0:
			fmt.Fprintf(w, "%s: %d of %d\n", step, done, total)
		}
	}, func() {}
}

// stepBars shows one bar at a time, so that none writes over another.
type stepBars struct {
	w    io.Writer
	bar  *progressbar.ProgressBar // nil if none is shown
	step string
}

func (s *stepBars) show(step string, done, total int) {
	if s.bar != nil && s.step != step {
		s.finish()
	}
	if s.bar == nil {
		s.step = step
		s.bar = newBar(s.w, cmp.Or(int64(total), -1), fmt.Sprintf("%-6s", step), // -1 is a spinner
			progressbar.OptionShowCount(),
			progressbar.OptionSetSpinnerChangeInterval(0)) // turned by show, not by a goroutine
	}
	_ = s.bar.Set(done) // a terminal that is gone shows nothing
	if s.bar.IsFinished() {
		s.bar = nil
	}
}

func (s *stepBars) finish() {
	if s.bar != nil {
		_ = s.bar.Exit()
		s.bar = nil
	}
}

// Transfer shows a push: on a terminal as one bar, elsewhere as a line for each
// layer, config and manifest. Call finish after the last progress, with the push's
// error: the bar is full only if there was none.
func Transfer(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	if isTerminal(w) {
		return transferBar(w)
	}
	return func(p imagepush.Progress) { transferLine(w, p) }, func(error) {}
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
func transferBar(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
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
	return show, func(err error) {
		if err != nil {
			_ = bar.Exit()
			return
		}
		_ = bar.Finish()
	}
}
