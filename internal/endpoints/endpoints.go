// Package endpoints holds AWS's endpoint rules for ECR Public and the facts
// about partitions that they need.
package endpoints

import (
	"errors"
	"strings"
)

// HomeRegion is the one region that serves ECR Public in the commercial
// partition.
const HomeRegion = "us-east-1"

// partition is a group of regions with their DNS suffixes. Every partition
// supports FIPS and dual-stack names.
type partition struct {
	suffix, dualStackSuffix string
}

const commercial = "aws"

var partitions = map[string]partition{
	commercial:   {"amazonaws.com", "api.aws"},
	"aws-cn":     {"amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	"aws-eusc":   {"amazonaws.eu", "api.amazonwebservices.eu"},
	"aws-iso":    {"c2s.ic.gov", "api.aws.ic.gov"},
	"aws-iso-b":  {"sc2s.sgov.gov", "api.aws.scloud"},
	"aws-iso-e":  {"cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	"aws-iso-f":  {"csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	"aws-us-gov": {"amazonaws.com", "api.aws"},
}

// partitionByPrefix goes by what stands before "-{word}-{number}" in a region's
// name; a prefix that is not listed belongs to the commercial partition.
var partitionByPrefix = map[string]string{
	"cn":      "aws-cn",
	"eusc-de": "aws-eusc",
	"us-iso":  "aws-iso",
	"us-isob": "aws-iso-b",
	"eu-isoe": "aws-iso-e",
	"us-isof": "aws-iso-f",
	"us-gov":  "aws-us-gov",
}

// IsCommercial tells whether the rules place a region in the partition "aws",
// as they do with every name they do not know.
func IsCommercial(region string) bool { return partitionOf(region) == commercial }

func partitionOf(region string) string {
	if name, ok := strings.CutSuffix(region, "-global"); ok {
		if _, ok := partitions[name]; ok {
			return name
		}
	}
	rest, number := cutLast(region)
	prefix, word := cutLast(rest)
	if only(number, isDigit) && only(word, isWord) {
		if name, ok := partitionByPrefix[prefix]; ok {
			return name
		}
	}
	return commercial
}

func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '-')
	return s[:max(i, 0)], s[i+1:]
}

func only(s string, class func(rune) bool) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !class(r) }) < 0
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isWord(r rune) bool {
	return isDigit(r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
}

// Resolve computes the address of the API. A custom endpoint is returned as it
// is.
func Resolve(region, custom *string, fips, dualStack bool) (string, error) {
	switch {
	case custom != nil && fips:
		return "", errors.New("Invalid Configuration: FIPS and custom endpoint are not supported")
	case custom != nil && dualStack:
		return "", errors.New("Invalid Configuration: Dualstack and custom endpoint are not supported")
	case custom != nil:
		return *custom, nil
	case region == nil:
		return "", errors.New("Invalid Configuration: Missing Region")
	}
	name := partitionOf(*region)
	host, suffix := "api.ecr-public", partitions[name].suffix
	if fips {
		host = "api.ecr-public-fips"
	}
	if dualStack {
		suffix = partitions[name].dualStackSuffix
	}
	if name == commercial && dualStack && !fips {
		host = "ecr-public"
	}
	return "https://" + host + "." + *region + "." + suffix, nil
}

// PlainRegion takes the "fips" out of a name such as fips-us-east-1 and tells
// whether it was there.
func PlainRegion(region string) (string, bool) {
	plain := strings.ReplaceAll(region, "-fips-", "-")
	plain = strings.ReplaceAll(plain, "fips-", "")
	plain = strings.ReplaceAll(plain, "-fips", "")
	return plain, plain != region
}
