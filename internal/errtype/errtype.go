// Package errtype tests errors for their types.
package errtype

import "errors"

// Is reports whether an error of type E is in the chain of err.
func Is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
