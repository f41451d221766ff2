package faults

import (
	"errors"
	"fmt"
	"reflect"
	"time"
)

func malformed() []Case {
	var list []Case
	add := func(name string, answer Answer, holds func(*Result) error) {
		list = append(list, Case{Name: name, Rule: Malformed, Answers: []Answer{answer, good()}, Holds: holds})
	}
	for _, d := range []struct{ name, body, member string }{
		{"HTML on a 200", "<html>Welcome</html>", ""},
		{"a list instead of the object", `[]`, ""},
		{"a string instead of the object", `"imageDetails"`, ""},
		{"a null instead of the object", `null`, ""},
		{"garbage after the document", `{"nextToken":"ok"} x`, ""},
		{"two documents", `{"nextToken":"ok"}{"nextToken":"other"}`, ""},
		{"a truncated document with the right length", `{"imageDetails":[],"nextTo`, ""},
		{"a document without its last bracket", `{"nextToken":"ok"`, ""},
		{"a member of the wrong type", `{"nextToken":5}`, "nextToken"},
		{"a list of the wrong type", `{"imageDetails":{"imageTags":[]}}`, "imageDetails"},
		{"a nested member of the wrong type", `{"imageDetails":[{},{"imageTags":["a",{}]}]}`, "imageDetails[1].imageTags[1]"},
		{"NaN", image("imageSizeInBytes", "NaN"), "imageDetails[0].imageSizeInBytes"},
		{"a size of 1e400", image("imageSizeInBytes", "1e400"), "imageDetails[0].imageSizeInBytes"},
		{"a size over 64 bits", image("imageSizeInBytes", "9223372036854775808"), "imageDetails[0].imageSizeInBytes"},
		{"a fraction of a byte", image("imageSizeInBytes", "1.5"), "imageDetails[0].imageSizeInBytes"},
		{"a timestamp \"NaN\"", image("imagePushedAt", `"NaN"`), "imageDetails[0].imagePushedAt"},
		{"a timestamp \"Infinity\"", image("imagePushedAt", `"Infinity"`), "imageDetails[0].imagePushedAt"},
		{"a timestamp of 1e400", image("imagePushedAt", "1e400"), "imageDetails[0].imagePushedAt"},
		{"a timestamp of 1e300", image("imagePushedAt", "1e300"), "imageDetails[0].imagePushedAt"},
		{"a timestamp of -1e300", image("imagePushedAt", "-1e300"), "imageDetails[0].imagePushedAt"},
		{"a timestamp after the year 9999", image("imagePushedAt", "253402300800"), "imageDetails[0].imagePushedAt"},
		{"a timestamp in milliseconds", image("imagePushedAt", "1700000000123"), "imageDetails[0].imagePushedAt"},
	} {
		add(d.name, reply(200, d.body), breaks(d.member))
	}
	add("three million lists in an unknown member", nested(200, "[", "]"), breaks("unknown"))
	add("three million lists that are not closed", nested(200, "[", ""), breaks("unknown"))
	add("three million objects in an unknown member", nested(200, `{"a":`, "}"), breaks("unknown"))

	add("nothing at all on a 200", reply(200, ""), succeeds(1))
	add("invalid UTF-8", reply(200, "{\"nextToken\":\"a\xff\xfeb\"}"), answers("a\ufffd\ufffdb"))
	add("half of a surrogate pair", reply(200, `{"nextToken":"\ud800"}`), answers("\ufffd"))
	add("the same member twice", reply(200, `{"nextToken":"first","nextToken":"last"}`), answers("last"))
	add("a member in another spelling", reply(200, `{"nextToken":"ok","NextToken":5,"NEXTTOKEN":{}}`), answers("ok"))
	add("a timestamp in the year 2300", reply(200, image("imagePushedAt", "10413792000.5")), pushed(time.Date(2300, 1, 1, 0, 0, 0, 5e8, time.UTC)))
	add("a timestamp of the last second", reply(200, image("imagePushedAt", "253402300799")), pushed(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)))

	const unknown, notFound = "UnknownError", "RepositoryNotFoundException"
	add("HTML on a 400", reply(400, "<html>Bad Request</html>"), refuses(400, unknown))
	add("HTML with status 400 and the code in the header", coded(400, notFound, "<html>Bad Request</html>"), refuses(400, notFound))
	add("a list on a 400", reply(400, "[]"), refuses(400, unknown))
	add("a truncated error with the right length", reply(400, `{"__type":"Reposi`), refuses(400, unknown))
	add("an error with a message of the wrong type", reply(400, `{"__type":"RepositoryNotFoundException","message":{}}`), refuses(400, notFound))
	add("an error with a code of the wrong type", reply(400, `{"__type":5}`), refuses(400, unknown))
	add("three million lists in an error", nested(400, "[", "]"), refuses(400, unknown))
	add("nothing at all on a 400", reply(400, ""), refuses(400, unknown))
	return list
}

// image returns a page with one image that has one member.
func image(member, value string) string {
	return fmt.Sprintf(`{"imageDetails":[{%q:%s}]}`, member, value)
}

// pushed expects an image with exactly this push time.
func pushed(want time.Time) func(*Result) error {
	return func(r *Result) error {
		if err := succeeds(1)(r); err != nil {
			return err
		}
		images := reflect.ValueOf(r.Out).Elem().FieldByName("ImageDetails")
		if images.Len() != 1 {
			return errors.New("no image")
		}
		if got, _ := images.Index(0).FieldByName("ImagePushedAt").Interface().(*time.Time); got == nil || !got.Equal(want) {
			return fmt.Errorf("the time is wrong: %v", got)
		}
		return nil
	}
}
