package login

import "time"

const (
	// maxLife is the documented lifetime of a login.
	maxLife = 12 * time.Hour

	// unknownLife is how long credentials are kept if their lifetime is unknown.
	unknownLife = time.Minute
)

// held holds credentials with durations measured from their receipt.
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
	return unknownLife // one of the times is wrong; it is unknown which
}

// valid reports whether the credentials can still be used; false for nil.
func (h *held) valid(now time.Time) bool { return h != nil && h.age(now) < h.life }

// due reports whether it is time for a refresh.
func (h *held) due(now time.Time) bool { return h.age(now) >= h.refreshAt }

// postpone delays the next refresh.
func (h *held) postpone(now time.Time) { h.refreshAt = h.age(now) + refreshPause }

// age is the larger of two: the monotonic clock stands still while a machine
// sleeps, and the other may be set back.
func (h *held) age(now time.Time) time.Duration {
	return max(now.Sub(h.received), now.Round(0).Sub(h.received.Round(0)))
}
