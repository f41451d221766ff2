package codec

import (
	"bytes"
	"errors"
	"math/big"
	"strconv"
	"time"
)

// The first and the last second of the years that a timestamp may have, 1 to
// 9999.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

var errTimeRange = errors.New("timestamp outside the years 1 to 9999")

// parseTime reads a JSON number as seconds since 1970, rounded to the
// nanosecond. It never goes through a float or through
// nanoseconds in an int64, which would silently name another year.
func parseTime(number []byte) (time.Time, error) {
	whole, fraction, err := decimal(number)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil || seconds < firstSecond || seconds > lastSecond {
		return time.Time{}, errTimeRange
	}
	nanos := nanoseconds(fraction)
	if whole[0] == '-' {
		nanos = -nanos
	}
	t := time.Unix(seconds, nanos).UTC()
	if rounded := t.Unix(); rounded < firstSecond || rounded > lastSecond {
		return time.Time{}, errTimeRange
	}
	return t, nil
}

// nanoseconds reads the digits after the point.
func nanoseconds(fraction []byte) int64 {
	const digits = 9
	kept := fraction[:min(len(fraction), digits)]
	nanos, _ := strconv.ParseInt(string(kept), 10, 64) // "" is 0
	for range digits - len(kept) {
		nanos *= 10
	}
	if len(fraction) > digits && fraction[digits] >= '5' {
		nanos++
	}
	return nanos
}

// decimal splits a JSON number into the digits before and after its point, with
// the exponent applied.
func decimal(number []byte) (whole, fraction []byte, err error) {
	if e := bytes.IndexAny(number, "eE"); e >= 0 {
		exponent, err := strconv.Atoi(string(number[e+1:]))
		if err != nil || exponent < -maxExponent || exponent > maxExponent {
			return nil, nil, errTimeRange
		}
		exact, _ := new(big.Rat).SetString(string(number)) // any JSON number is one
		number = []byte(exact.FloatString(10))
	}
	whole, fraction, _ = bytes.Cut(number, []byte("."))
	return whole, fraction, nil
}

// maxExponent bounds the zeros that an exponent may stand for. No real timestamp
// needs more.
const maxExponent = 64

// appendTime writes seconds since 1970 with as many digits of the fraction as
// the time has.
func appendTime(dst []byte, t time.Time) []byte {
	seconds, nanos := t.Unix(), int64(t.Nanosecond())
	if seconds < 0 && nanos > 0 {
		seconds, nanos = seconds+1, 1e9-nanos
		if seconds == 0 {
			dst = append(dst, '-')
		}
	}
	dst = strconv.AppendInt(dst, seconds, 10)
	if nanos == 0 {
		return dst
	}
	fraction := strconv.AppendInt(nil, 1e9+nanos, 10)
	fraction[0] = '.'
	return append(dst, bytes.TrimRight(fraction, "0")...)
}
