package housekeeping

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// maxDateSpread is how far apart the Dates of responses may be, beside the time
// that passed between them: servers whose clocks run together are much closer.
const maxDateSpread = 15 * time.Minute

// clock is the service's, as the Dates of its responses show it.
type clock struct {
	earliest, latest time.Time // zero if no response has a Date
	first            time.Time // local, when the first Date arrived
	elapsed          time.Duration
}

// observe adds the Date of a response, if it has one that can be read.
func (c *clock) observe(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	if c.latest.IsZero() {
		c.earliest, c.latest, c.first = date, date, time.Now()
	}
	if date.Before(c.earliest) {
		c.earliest = date
	}
	if date.After(c.latest) {
		c.latest = date
	}
	c.elapsed = time.Since(c.first)
}

// time returns the latest Date, unless the Dates contradict each other.
func (c *clock) time() (time.Time, error) {
	if c.latest.IsZero() {
		return time.Time{}, errors.New("the responses have no Date")
	}
	if spread := c.latest.Sub(c.earliest); spread > c.elapsed+maxDateSpread {
		return time.Time{}, fmt.Errorf("the Dates of the responses are %s apart", spread)
	}
	return c.latest, nil
}
