package housekeeping

import "errors"

// is reports whether an E is in the chain of err.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
