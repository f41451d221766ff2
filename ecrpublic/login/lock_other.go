//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package login

import "context"

// lockDir does nothing: without flock, a change that finds the file changed
// starts over, and that is all.
func lockDir(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// keepOwner does nothing: a new file belongs to its directory's owner.
func keepOwner(string, string) {}
