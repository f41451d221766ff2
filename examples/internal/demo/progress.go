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
	w     io.Writer
	bar   *progressbar.ProgressBar // nil if none is shown
	step  string
	total int
}

func (s *stepBars) show(step string, done, total int) {
	if s.bar != nil && s.step != step {
		s.finish()
	}
	if s.bar == nil {
		s.step, s.total = step, total
		s.bar = newBar(s.w, cmp.Or(int64(total), -1), fmt.Sprintf("%-6s", step), // -1 is a spinner
			progressbar.OptionShowCount(),
			progressbar.OptionSetSpinnerChangeInterval(0)) // turned by show, not by a goroutine
	}
	if total != s.total { // some work turned out not to be needed
		s.total = total
		s.bar.ChangeMax(total)
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

// Transfer shows the push of one image without referrers: on a terminal as a bar,
// elsewhere as a line for each layer, config and manifest. Call finish after the last
// progress, with the push's error: the bar is full only if there was none.
func Transfer(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	if isTerminal(w) {
		return transferBar(w)
	}
	return transferLines(w)
}

// Transfers shows the push of any number of images and referrers. How many bytes they
// have together is not known before the end, so on a terminal it counts what was sent.
// Otherwise it is as [Transfer].
func Transfers(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	if isTerminal(w) {
		return transferSpinner(w)
	}
	return transferLines(w)
}

func transferLines(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	return func(p imagepush.Progress) { transferLine(w, p) }, func(error) {}
}

func transferLine(w io.Writer, p imagepush.Progress) {
	state := "sent"
	switch {
	case p.Skipped:
		state = "there already"
	case p.Done == 0:
		return
	case p.Done < p.Descriptor.Size:
		state = fmt.Sprintf("%d%%", 100*p.Done/p.Descriptor.Size)
	}
	fmt.Fprintf(w, "%s  %10s  %s\n", Short(p.Descriptor.Digest.String()), Size(p.Descriptor.Size), state)
}

// transferBar sums up all that must be sent in one bar, if anything must. Its end is
// fixed before the first byte is sent, because imagepush reports all of an image
// before. One byte stays back until the end: the bar is full only after a success.
func transferBar(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	var bar *progressbar.ProgressBar
	var sum sent
	show = func(p imagepush.Progress) {
		grew := sum.add(p)
		switch {
		case sum.total == 0:
			return
		case bar == nil:
			bar = newBar(w, sum.total+1, "pushing", progressbar.OptionShowBytes(true))
		case grew:
			bar.ChangeMax64(sum.total + 1)
		}
		_ = bar.Set64(sum.done) // a terminal that is gone shows nothing
	}
	return show, func(err error) {
		switch {
		case bar == nil:
		case err != nil:
			_ = bar.Exit()
		default:
			_ = bar.Finish()
		}
	}
}

// transferSpinner counts what is sent, if anything must be.
func transferSpinner(w io.Writer) (show func(imagepush.Progress), finish func(error)) {
	var bar *progressbar.ProgressBar
	var sum sent
	show = func(p imagepush.Progress) {
		sum.add(p)
		switch {
		case sum.total == 0:
			return
		case bar == nil:
			bar = newBar(w, -1, "pushing",
				progressbar.OptionShowBytes(true),
				progressbar.OptionShowCount(),
				progressbar.OptionSetSpinnerChangeInterval(0)) // turned by show, not by a goroutine
		}
		_ = bar.Set64(sum.done)
	}
	return show, func(error) {
		if bar != nil {
			_ = bar.Exit()
		}
	}
}

// sent adds up what is sent; what the repository already has is not part of it.
// Neither number ever decreases, because no Done does.
type sent struct {
	total, done int64
	each        map[digest.Digest]int64 // of done
}

// add adds a report, and returns whether the total grew.
func (s *sent) add(p imagepush.Progress) (grew bool) {
	before, known := s.each[p.Descriptor.Digest]
	if !known && p.Skipped {
		return false
	}
	if s.each == nil {
		s.each = map[digest.Digest]int64{}
	}
	if !known {
		s.total += p.Descriptor.Size
	}
	s.each[p.Descriptor.Digest] = p.Done
	s.done += p.Done - before
	return !known
}
