package faults

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// All returns the whole matrix, rule by rule.
func All() []Case {
	return slices.Concat(retried(), refused(), malformed(), bounded(), punctual(), awake(), atHome())
}

// Under returns the cases of a rule.
func Under(rule Rule) []Case {
	return slices.DeleteFunc(All(), func(c Case) bool { return c.Rule != rule })
}

func retried() []Case {
	var list []Case
	add := func(name string, first Answer) {
		list = append(list, Case{Name: name, Rule: Retried, Answers: []Answer{first, good()}, Holds: succeeds(2)})
	}
	add("truncated body with status 200", cutOff())
	add("truncated chunked body with status 200", cutChunks())
	add("reset before the request", resetBefore())
	add("reset after the request", resetAfter())
	add("reset in the middle of the response", resetHalf())
	add("closed without a response", hangUp())
	add("a response in another protocol", noHTTP())
	for _, status := range []int{500, 502, 503, 504} {
		add(fmt.Sprintf("%d without a body", status), reply(status, ""))
	}
	add("502 with a page of HTML", reply(502, "<html>Bad Gateway</html>"))
	add("500 with ServerException", refusal(500, "ServerException", "try again"))
	add("429 without a body", reply(429, ""))
	add("ThrottlingException with status 400", refusal(400, "ThrottlingException", "Rate exceeded"))
	add("TooManyRequestsException with status 403", refusal(403, "TooManyRequestsException", "slow down"))
	add("RequestLimitExceeded with status 404", refusal(404, "RequestLimitExceeded", "slow down"))
	add("ThrottledException with status 503", refusal(503, "ThrottledException", "slow down"))
	list = append(list, Case{
		Name: "reset during the request", Rule: Retried, Operation: "UploadLayerPart",
		Answers: []Answer{resetDuring(), reply(200, "{}")}, Holds: succeeds(2),
	})
	return list
}

func refused() []Case {
	var list []Case
	add := func(name string, status int, code, message string) {
		list = append(list, Case{Name: name, Rule: Refused, Answers: []Answer{refusal(status, code, message), good()}, Holds: refuses(status, code)})
	}
	add("RepositoryNotFoundException", 400, "RepositoryNotFoundException", "gone")
	add("InvalidParameterException", 400, "InvalidParameterException", "no")
	add("AccessDeniedException", 400, "AccessDeniedException", "no")
	add("ExpiredTokenException", 403, "ExpiredTokenException", "late")
	add("an unknown code", 400, "NobodyKnowsException", "hm")
	add("LimitExceededException with status 400", 400, "LimitExceededException", "10000 repositories")
	add("LimitExceededException with status 429", 429, "LimitExceededException", "10000 repositories")
	add("a refusal whose message mentions a reset connection", 400, "InvalidParameterException", "connection reset by peer")
	return list
}

func bounded() []Case {
	const (
		success, failure = 200 << 20, 8 << 20 // more than a client should read
		much, some       = 256 << 20, 32 << 20
		hang             = 5 * time.Second
		slow             = 5 * time.Minute // the race detector on a busy machine is slow
	)
	list := []Case{
		{Name: "endless body with status 200", Answers: []Answer{endless(200, much)}, Patience: slow, Holds: stopsAt(success)},
		{Name: "endless body with status 400", Answers: []Answer{endless(400, some)}, Patience: slow, Holds: stopsAt(failure)},
		{Name: "endless body with status 500", Answers: []Answer{endless(500, some)}, Patience: slow, Holds: stopsAt(failure)},
		{Name: "compressed body that is huge", Answers: []Answer{bomb(much)}, Patience: slow, Holds: stopsAt(success)},
		{Name: "announced body of a terabyte", Answers: []Answer{oversized(200)}, Patience: hang, Holds: stopsAt(failure)},
		{Name: "announced error of a terabyte", Answers: []Answer{oversized(400)}, Patience: hang, Holds: stopsAt(failure)},
		{Name: "endless header", Answers: []Answer{endlessHeader(some)}, Patience: slow, Holds: stopsAt(failure)},
	}
	for i := range list {
		list[i].Rule = Bounded
	}
	return list
}

func punctual() []Case {
	const soon = 100 * time.Millisecond
	throttle := refusal(400, "ThrottlingException", "Rate exceeded")
	list := []Case{
		{Name: "deadline in the middle of a body", Answers: []Answer{stall()}, Patience: soon, Holds: ends(context.DeadlineExceeded)},
		{Name: "deadline before the response", Answers: []Answer{silence()}, Patience: soon, Holds: ends(context.DeadlineExceeded)},
		{Name: "cancelled in the middle of a body", Answers: []Answer{stall()}, Cancel: true, Holds: ends(context.Canceled)},
		{Name: "cancelled before the response", Answers: []Answer{silence()}, Cancel: true, Holds: ends(context.Canceled)},
		{Name: "cancelled between two attempts", Answers: []Answer{throttle}, Cancel: true, Holds: ends(context.Canceled)},
	}
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		denied := clockedReply(403, `{"__type":"InvalidSignatureException","message":"Signature expired"}`, ahead)
		list = append(list, Case{
			Name: fmt.Sprintf("the service's clock is %v ahead", ahead), Calls: 2,
			Answers: []Answer{denied, clockedReply(200, "{}", ahead)}, Holds: signsWithTheirClock(ahead),
		})
	}
	for i := range list {
		list[i].Rule = Punctual
	}
	return list
}

// awake returns the cases of servers that fall silent. It shortens the StallTimeout
// of clients that have that option.
func awake() []Case {
	const silent, limit = 2 * time.Second, 8 * time.Second
	quickly := func(cfg *aws.Config) {
		cfg.ServiceOptions = append(cfg.ServiceOptions, func(_ string, options any) {
			if f := reflect.ValueOf(options).Elem().FieldByName("StallTimeout"); f.IsValid() {
				f.SetInt(int64(silent))
			}
		})
	}
	var list []Case
	for _, c := range []Case{
		{Name: "accepts the connection and is silent", Answers: []Answer{silence(), good()}},
		{Name: "stalls in the header", Answers: []Answer{stallInHeader(), good()}},
		{Name: "stalls in the body", Answers: []Answer{stall(), good()}},
		{Name: "reads no request", Answers: []Answer{deaf(), reply(200, "{}")}, Operation: "UploadLayerPart"},
	} {
		c.Rule, c.Config, c.Patience, c.Holds = Awake, quickly, limit, retries
		list = append(list, c)
	}
	return list
}

// signsWithTheirClock expects that the first attempt fails, and that the second
// and the next call are signed for the service's time.
func signsWithTheirClock(ahead time.Duration) func(*Result) error {
	return func(r *Result) error {
		if err := succeeds(3)(r); err != nil {
			return err
		}
		for i, request := range r.Requests() {
			signed, err := time.Parse("20060102T150405Z", request.Header.Get("X-Amz-Date"))
			if err != nil {
				return err
			}
			off := time.Until(signed)
			if i > 0 {
				off -= ahead
			}
			if off.Abs() > 5*time.Minute {
				return fmt.Errorf("attempt %d is signed for a time that is off by %v", i+1, off.Round(time.Minute))
			}
		}
		return nil
	}
}

func atHome() []Case {
	var list []Case
	plain := func(cfg *aws.Config) {
		cfg.HTTPClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		answers := []Answer{redirect(status)}
		list = append(list,
			Case{Name: fmt.Sprintf("%d to another host", status), Rule: AtHome, Answers: answers, Holds: staysAtHome(status)},
			Case{Name: fmt.Sprintf("%d to another host, plain http.Client", status), Rule: AtHome, Answers: answers, Config: plain, Holds: staysAtHome(status)})
	}
	return list
}
