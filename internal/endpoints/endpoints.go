// Package endpoints implements AWS's endpoint rules for ECR Public, with the
// partition data that they need.
package endpoints

import (
	"errors"
	"strings"
)

// Service is the service's name in hosts, signatures and ARNs.
const Service = "ecr-public"

// HomeRegion is the only region of ECR Public in the commercial partition.
const HomeRegion = "us-east-1"

// partition is a group of regions. Its regions' names are its prefix followed
// by "-{word}-{number}". Every partition supports FIPS and dual-stack names.
type partition struct {
	name, prefix            string
	suffix, dualStackSuffix string
}

// partitions starts with the commercial one, which has all regions that are in
// no other. They are an array, because a map would cost start-up time.
var partitions = [...]partition{
	{"aws", "", "amazonaws.com", "api.aws"},
	{"aws-cn", "cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"aws-eusc", "eusc-de", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"aws-iso", "us-iso", "c2s.ic.gov", "api.aws.ic.gov"},
	{"aws-iso-b", "us-isob", "sc2s.sgov.gov", "api.aws.scloud"},
	{"aws-iso-e", "eu-isoe", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"aws-iso-f", "us-isof", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"aws-us-gov", "us-gov", "amazonaws.com", "api.aws"},
}

// Characters of the parts of a region's name.
const (
	digits    = "0123456789"
	wordChars = digits + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
)

// IsCommercial reports whether the rules place a region in the partition "aws",
// where they also place every unknown name.
func IsCommercial(region string) bool { return partitionOf(region) == &partitions[0] }

func partitionOf(region string) *partition {
	rest, number := cutLast(region)
	prefix, word := cutLast(rest)
	regular := only(number, digits) && only(word, wordChars)
	name, global := strings.CutSuffix(region, "-global")
	for i := range partitions {
		if p := &partitions[i]; regular && prefix == p.prefix || global && name == p.name {
			return p
		}
	}
	return &partitions[0]
}

func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '-')
	return s[:max(i, 0)], s[i+1:]
}

func only(s, chars string) bool { return s != "" && strings.Trim(s, chars) == "" }

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
	p := partitionOf(*region)
	host, suffix := "api."+Service, p.suffix
	if fips {
		host += "-fips"
	}
	if dualStack {
		suffix = p.dualStackSuffix
	}
	if p == &partitions[0] && dualStack && !fips {
		host = Service
	}
	return "https://" + host + "." + *region + "." + suffix, nil
}

// PlainRegion removes the "fips" from a name such as fips-us-east-1, and reports
// whether it was there.
func PlainRegion(region string) (string, bool) {
	plain := strings.ReplaceAll(region, "-fips-", "-")
	plain = strings.ReplaceAll(plain, "fips-", "")
	plain = strings.ReplaceAll(plain, "-fips", "")
	return plain, plain != region
}
