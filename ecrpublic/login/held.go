package login

import "time"

const (
	// maxLife is how long a login lives, by the documentation of the service.
	maxLife = 12 * time.Hour

	// unknownLife is how long credentials are kept if it cannot be known how
	// long they live.
	unknownLife = time.Minute
)

// held are credentials with what is measured from their receipt.
type held struct {
	credentials func() Credentials // a function, because package fmt prints values
	received    time.Time
	life        time.Duration
	refreshAt   time.Duration // the age at which they should be renewed
}

// newHeld takes the Date of the response, which may be zero, and the time of its
// receipt.
func newHeld(c Credentials, date, received time.Time) *held {
	life := lifeOf(c.ExpiresAt, date, received)
	return &held{
		credentials: func() Credentials { return c },
		received:    received,
		life:        life,
		refreshAt:   max(life/2, life-RefreshWindow),
	}
}

// lifeOf compares the service's times with each other: the local clock may be
// wrong.
func lifeOf(expiresAt, date, received time.Time) time.Duration {
	if date.IsZero() {
		date = received
	}
	if life := expiresAt.Sub(date); life > 0 {
		return min(life, maxLife)
	}
	return unknownLife // one of the times is wrong, and which is not known
}

// valid is false for nil.
func (h *held) valid(now time.Time) bool { return h != nil && h.age(now) < h.life }

// due reports whether it is time for a refresh.
func (h *held) due(now time.Time) bool { return h.age(now) >= h.refreshAt }

// postpone puts the next refresh off.
func (h *held) postpone(now time.Time) { h.refreshAt = h.age(now) + refreshPause }

// age is the larger of two: the monotonic clock stands still while a machine
// sleeps, and the other may be set back.
func (h *held) age(now time.Time) time.Duration {
	return max(now.Sub(h.received), now.Round(0).Sub(h.received.Round(0)))
}
