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
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
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
	empty []string // flags that may be
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
	if err := f.checkEmpty(); err != nil {
		return err
	}
	if err := f.checkEndpoint(); err != nil {
		return err
	}
	if repository := f.Lookup("repository"); repository != nil && repository.Value.String() != "" {
		return checkRepository(repository.Value.String())
	}
	return nil
}

// checkEndpoint checks -endpoint. Only that of a proxy of the API may have a path.
func (f *Flags) checkEndpoint() error {
	if f.Endpoint == "" {
		return nil
	}
	f.Endpoint = strings.TrimSuffix(f.Endpoint, "/")
	if err := CheckURL("endpoint", f.Endpoint); err != nil || f.Live {
		return err
	}
	return checkNoPath("endpoint", f.Endpoint)
}

// MayBeEmpty says that flags accept an empty value. For others one is an error: it is
// often a shell variable that is not set.
func (f *Flags) MayBeEmpty(names ...string) { f.empty = append(f.empty, names...) }

func (f *Flags) checkEmpty() (err error) {
	f.Visit(func(given *flag.Flag) {
		value, ok := given.Value.(flag.Getter)
		if ok && value.Get() == any("") && !slices.Contains(f.empty, given.Name) {
			err = cmp.Or(err, Usagef("-%s is empty: leave it out or give it a value", given.Name))
		}
	})
	return err
}

// CheckTag checks the value of a flag that is a tag, or empty.
func CheckTag(name, tag string) error {
	return checkName(name, imageref.Reference{Tag: tag})
}

// checkRepository checks the value of -repository.
func checkRepository(name string) error {
	for _, host := range login.RegistryHosts() {
		if strings.HasPrefix(name, host+"/") {
			return Usagef("-repository %s: leave out the host and the registry's alias", name)
		}
	}
	return checkName("repository", imageref.Reference{RepositoryName: name})
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

// ParseReference parses the value of a flag that is a reference.
func ParseReference(name, text string) (imageref.Reference, error) {
	ref, err := imageref.Parse(text)
	if err != nil {
		return ref, Usagef("-%s: %v", name, err)
	}
	if ref.Digest != "" {
		if err := digest.Digest(ref.Digest).Validate(); err != nil {
			return ref, Usagef("-%s: digest %q: %v; want sha256: and 64 hexadecimal digits", name, ref.Digest, err)
		}
	}
	return ref, nil
}

// CheckURL checks the value of a flag that is the address of a server.
func CheckURL(name, address string) error {
	u, err := url.Parse(address)
	if err == nil && u.User != nil {
		return Usagef("-%s: leave out the user name and the password, which are not used", name)
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !isPort(u.Port()) ||
		u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(address, " \t\n") {
		return Usagef("-%s %q is not the address of a server: write it as http://host:port or https://host", name, address)
	}
	return nil
}

// CheckHost checks the value of a flag that is the address of a registry host, which has
// no path.
func CheckHost(name, address string) error {
	return cmp.Or(CheckURL(name, address), checkNoPath(name, address))
}

func checkNoPath(name, address string) error {
	if u, err := url.Parse(address); err != nil || strings.Trim(u.Path, "/") != "" {
		return Usagef("-%s %q: leave out the path", name, address)
	}
	return nil
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// CheckWritable reports a flag's file that cannot be written, before any work is done.
func CheckWritable(name, file string) error {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return Usagef("-%s %s is a directory: name a file in it", name, file)
	}
	attempt, err := os.CreateTemp(filepath.Dir(file), ".writable-")
	if err == nil {
		err = errors.Join(attempt.Close(), os.Remove(attempt.Name()))
	}
	if err != nil {
		return fmt.Errorf("-%s %s: %w", name, file, err)
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
