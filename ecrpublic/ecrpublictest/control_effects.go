package ecrpublictest

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
)

// namedEffect is an effect that has a name on the control path.
type namedEffect struct {
	arguments  []string // members of a faultRequest
	operations []string // those it can happen to; nil means all
	make       func(f faultRequest) Effect
}

// effects are the effects by name.
func effects() map[string]namedEffect {
	return map[string]namedEffect{
		"throttle":      {make: func(faultRequest) Effect { return Throttle() }},
		"expired-token": {make: func(faultRequest) Effect { return ExpiredToken() }},
		"fail":          {arguments: []string{"status", "code", "message"}, make: faultRequest.fail},
		"status":        {arguments: []string{"status"}, make: func(f faultRequest) Effect { return Status(f.statusOr500()) }},
		"delay":         {arguments: []string{"delay"}, make: func(f faultRequest) Effect { return Delay(f.duration) }},
		"reset-before":  {make: func(faultRequest) Effect { return ResetBefore() }},
		"reset-after":   {make: func(faultRequest) Effect { return ResetAfter() }},
		"reset-midway":  {make: func(faultRequest) Effect { return ResetMidway() }},
		"truncate":      {make: func(faultRequest) Effect { return Truncate() }},
		"cut-off":       {make: func(faultRequest) Effect { return CutOff() }},
		"body":          {arguments: []string{"body"}, make: func(f faultRequest) Effect { return Body([]byte(f.Body)) }},
		"clock-offset":  {arguments: []string{"delay"}, make: func(f faultRequest) Effect { return ClockOffset(f.duration) }},
		"hide-new": {
			arguments: []string{"reads"}, operations: []string{"CreateRepository"},
			make: func(f faultRequest) Effect { return HideNew(max(1, f.Reads)) },
		},
		"short-pages": {
			arguments: []string{"size"}, operations: listings(),
			make: func(f faultRequest) Effect { return ShortPages(f.Size) },
		},
		"repeat-token": {operations: listings(), make: func(faultRequest) Effect { return RepeatToken() }},
	}
}

// listings are the operations that list pages.
func listings() []string {
	return slices.DeleteFunc(wire.Operations(), func(name string) bool { return !isPage(wire.NewInput(name)) })
}

func (f faultRequest) statusOr500() int { return cmp.Or(f.Status, http.StatusInternalServerError) }

// fail responds with an error code, by default a failure of the service.
func (f faultRequest) fail() Effect {
	return FailWithStatus(f.statusOr500(), &smithy.GenericAPIError{Code: cmp.Or(f.Code, "ServerException"), Message: f.Message})
}
