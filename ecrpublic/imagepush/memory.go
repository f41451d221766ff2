package imagepush

import (
	"context"

	"golang.org/x/sync/semaphore"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// defaultMemory is room for three large layers that are read once.
	defaultMemory = 6 * limits.UsualPart

	// smallest is the least memory that a layer uses, for its requests.
	smallest = 512 << 10
)

// memory bounds the layers being sent, by number and by bytes.
type memory struct {
	slots chan struct{}
	bytes *semaphore.Weighted
	total int64
	spare chan *buffers // of large layers, for the next ones
}

func newMemory(layers int, total int64) *memory {
	return &memory{
		slots: make(chan struct{}, layers),
		bytes: semaphore.NewWeighted(total),
		total: total,
		spare: make(chan *buffers, min(int64(layers), max(1, total/(2*limits.UsualPart)))),
	}
}

// room is a layer's share.
type room struct {
	of      *memory
	bytes   int64
	buffers *buffers
}

// enter waits for room for a layer whose source is read once: the part that is
// sent and the next one.
func (m *memory) enter(ctx context.Context, size int64) (*room, error) {
	select {
	case m.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	r := &room{of: m, bytes: min(m.total, max(smallest, min(size, 2*limits.UsualPart)))}
	if err := m.bytes.Acquire(ctx, r.bytes); err != nil {
		<-m.slots
		return nil, context.Cause(ctx)
	}
	return r, nil
}

// shrink releases what a source with random access does not need.
func (r *room) shrink() {
	if r.bytes > smallest {
		r.of.bytes.Release(r.bytes - smallest)
		r.bytes = smallest
	}
}

// buffer returns the room's buffers, used ones if there are any.
func (r *room) buffer() *buffers {
	if r.buffers != nil {
		return r.buffers
	}
	r.buffers = new(buffers)
	if r.bytes > limits.UsualPart {
		select {
		case r.buffers = <-r.of.spare:
		default:
		}
	}
	return r.buffers
}

func (r *room) leave() {
	if r.buffers != nil && r.bytes > limits.UsualPart {
		select {
		case r.of.spare <- r.buffers:
		default:
		}
	}
	r.of.bytes.Release(r.bytes)
	<-r.of.slots
}
