package housekeeping

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// canonicalPolicy returns the same text for repository policies that mean the
// same to IAM: members in any order, lists as sets, a list of one as its entry,
// an account as the ARN of its root, "*" as every AWS principal, and numbers by
// their value. A duplicate member or invalid UTF-8 is an error, because JSON
// does not define its meaning.
func canonicalPolicy(text string) (string, error) {
	if value := jsontext.Value(text); !value.IsValid() {
		return "", errors.New("invalid JSON or a duplicate member")
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var policy map[string]any
	if err := decoder.Decode(&policy); err != nil {
		return "", err
	}
	if policy == nil {
		return "", errors.New("null is not a policy")
	}
	for _, statement := range asList(policy["Statement"]) {
		if statement, ok := statement.(map[string]any); ok {
			canonicalPrincipals(statement)
		}
	}
	return canonicalValue(policy), nil
}

// canonicalPrincipals rewrites the principals of a statement to the form that
// the service returns.
func canonicalPrincipals(statement map[string]any) {
	if statement["Principal"] == "*" {
		statement["Principal"] = map[string]any{"AWS": "*"}
	}
	for _, member := range []string{"Principal", "NotPrincipal"} {
		if principals, ok := statement[member].(map[string]any); ok && principals["AWS"] != nil {
			var all []any
			for _, principal := range asList(principals["AWS"]) {
				if account, ok := principal.(string); ok && accountID().MatchString(account) {
					principal = "arn:aws:iam::" + account + ":root"
				}
				all = append(all, principal)
			}
			principals["AWS"] = all
		}
	}
}

var accountID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^" + limits.RegistryId + "$") })

func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// canonicalValue writes a value so that only equal values have equal texts:
// strings are quoted, numbers are not.
func canonicalValue(value any) string {
	switch value := value.(type) {
	case map[string]any:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			members = append(members, fmt.Sprintf("%q:%s", name, canonicalValue(value[name])))
		}
		return "{" + strings.Join(members, ",") + "}"
	case []any:
		var entries []string
		for _, entry := range value {
			entries = append(entries, canonicalValue(entry))
		}
		slices.Sort(entries)
		if entries = slices.Compact(entries); len(entries) == 1 {
			return entries[0]
		}
		return "[" + strings.Join(entries, ",") + "]"
	case json.Number:
		return canonicalNumber(value.String())
	case string:
		return fmt.Sprintf("%q", value)
	default: // true, false, null
		return fmt.Sprint(value)
	}
}

// canonicalNumber writes a number exactly, as digits that neither begin nor end
// with 0 and a power of ten: a float has too few digits, and the exponent may
// be too large for any number type.
func canonicalNumber(number string) string {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	exponent, _ := new(big.Int).SetString("0"+strings.TrimLeft(power, "+-"), 10)
	if strings.HasPrefix(power, "-") {
		exponent.Neg(exponent)
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	exponent.Sub(exponent, big.NewInt(int64(len(fraction))))
	digits = strings.TrimLeft(whole+fraction, "0")
	trimmed := strings.TrimRight(digits, "0")
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(trimmed))))
	switch {
	case trimmed == "":
		return "0"
	case negative:
		trimmed = "-" + trimmed
	}
	return trimmed + "e" + exponent.String()
}
