package stall

import (
	"context"
	"sync"
	"time"
)

// cancelContext is a context that can be cancelled. It makes what that needs, which is
// in package context, when it is first used: an HTTP client in memory never does.
type cancelContext struct {
	parent context.Context
	once   sync.Once
	inner  context.Context
	stop   context.CancelFunc
}

func (c *cancelContext) context() context.Context {
	c.once.Do(func() { c.inner, c.stop = context.WithCancel(c.parent) })
	return c.inner
}

func (c *cancelContext) cancel() {
	c.context()
	c.stop()
}

// release lets go of the parent. A context that nobody has used so far is then one that
// ends with its parent.
func (c *cancelContext) release() {
	c.once.Do(func() { c.inner, c.stop = c.parent, func() {} })
	c.stop()
}

func (c *cancelContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }
func (c *cancelContext) Done() <-chan struct{}       { return c.context().Done() }
func (c *cancelContext) Err() error                  { return c.context().Err() }
func (c *cancelContext) Value(key any) any           { return c.context().Value(key) }
