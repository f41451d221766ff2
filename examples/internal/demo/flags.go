// Package demo contains what the example programs share: flags and exit codes, the
// choice of service, progress display, and images for their emulators.
package demo

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

// UsageError reports invalid arguments. It names the flag.
type UsageError struct{ problem string }

// Usagef formats a [*UsageError].
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

func (e *UsageError) Error() string { return e.problem }

// Flags are the flags of a program: its own, and those of [Where].
type Flags struct {
	*flag.FlagSet
	Where
	about string
}

// NewFlags makes the flags of a program. About says what the program does, for -h.
func NewFlags(name, about string) *Flags {
	f := &Flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), about: strings.TrimSpace(about)}
	f.BoolVar(&f.Live, "live", false, "use AWS, with this machine's credentials and settings")
	f.StringVar(&f.Endpoint, "endpoint", "", "use the emulator or service at this `URL`")
	return f
}

// Parse reads the arguments. For -h it prints help and returns flag.ErrHelp; any
// other error is a [*UsageError].
func (f *Flags) Parse(args []string, stdout io.Writer) error {
	f.SetOutput(io.Discard) // Main prints an error, once
	err := f.FlagSet.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "Usage: %s [flags]\n\n%s\n\n", f.Name(), f.about)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return err
	case err != nil:
		return Usagef("%v", err)
	case f.NArg() > 0:
		return Usagef("unexpected argument %q: there are only flags", f.Arg(0))
	}
	if err := checkEndpoint(f.Endpoint); err != nil {
		return err
	}
	if repository := f.Lookup("repository"); repository != nil && repository.Value.String() != "" {
		return checkName("repository", imageref.Reference{RepositoryName: repository.Value.String()})
	}
	return nil
}

// CheckTag checks the value of -tag, which may be empty.
func CheckTag(tag string) error {
	return checkName("tag", imageref.Reference{Tag: tag})
}

// checkName checks a flag's value, the only part that the reference has.
func checkName(name string, ref imageref.Reference) error {
	ref.Alias = "alias"
	ref.RepositoryName = cmp.Or(ref.RepositoryName, "repository")
	if err := ref.Validate(); err != nil {
		return Usagef("-%s: %v", name, err)
	}
	return nil
}

func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Usagef("-endpoint %s is not a URL: write it as http://host:port or https://host", endpoint)
	}
	return nil
}

// Require returns an error that names the empty ones of some flags, unless the
// program runs against its own emulator, where they are optional.
func (f *Flags) Require(names ...string) error {
	if f.Emulated() {
		return nil
	}
	var missing, all []string
	for _, name := range names {
		all = append(all, "-"+name)
		if f.Lookup(name).Value.String() == "" {
			missing = append(missing, "-"+name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return Usagef("-live and -endpoint need %s; missing: %s", strings.Join(all, " and "), strings.Join(missing, ", "))
}
