package scenario

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (r *run) catalog() {
	get := &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: aws.String(app)}
	empty, err := r.api.GetRepositoryCatalogData(r.ctx, get)
	r.holds("GetRepositoryCatalogData is empty before any put", err, func() bool {
		return reflect.DeepEqual(*empty.CatalogData, types.RepositoryCatalogData{})
	})
	full := &types.RepositoryCatalogDataInput{
		Description:      aws.String("what it is"),
		Architectures:    []string{"ARM", "Linux", "my own"},
		OperatingSystems: []string{"Windows"},
		LogoImageBlob:    []byte("a picture"),
		AboutText:        aws.String(strings.Repeat("é", 25600)),
		UsageText:        aws.String("# usage"),
	}
	put, err := r.put(full)
	r.holds("PutRepositoryCatalogData answers with the address of the logo", err, func() bool {
		return matches(`https://\S+\.png`, put.CatalogData.LogoUrl)
	})
	got, err := r.api.GetRepositoryCatalogData(r.ctx, get)
	r.holds("GetRepositoryCatalogData answers what was put, free text included", err, func() bool {
		return reflect.DeepEqual(got.CatalogData.Architectures, full.Architectures) && *got.CatalogData.AboutText == *full.AboutText &&
			*got.CatalogData.LogoUrl == *put.CatalogData.LogoUrl
	})
	again, err := r.put(full)
	r.holds("a logo's address is new with every put", err, func() bool { return *again.CatalogData.LogoUrl != *put.CatalogData.LogoUrl })

	for member, data := range map[string]types.RepositoryCatalogDataInput{
		"description":   {Description: aws.String(strings.Repeat("x", 1025))},
		"aboutText":     {AboutText: aws.String(strings.Repeat("x", 25601))},
		"architectures": {Architectures: []string{""}},
		"logoImageBlob": {LogoImageBlob: make([]byte, 512001)},
	} {
		_, err := r.put(&data)
		r.fails("PutRepositoryCatalogData with a bad "+member, "InvalidParameterException", member, err)
	}
}

func (r *run) put(data *types.RepositoryCatalogDataInput) (*ecrpublic.PutRepositoryCatalogDataOutput, error) {
	return r.api.PutRepositoryCatalogData(r.ctx, &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: aws.String(app), CatalogData: data})
}

func (r *run) policies() {
	const text = `{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow","Principal":"*","Action":"ecr-public:PutImage"}]}`
	get := &ecrpublic.GetRepositoryPolicyInput{RepositoryName: aws.String(app)}
	_, err := r.api.GetRepositoryPolicy(r.ctx, get)
	r.fails("GetRepositoryPolicy of a repository without one", "RepositoryPolicyNotFoundException",
		"Repository policy does not exist for the repository with name '"+app+"'", err)

	set, err := r.setPolicy(text)
	r.holds("SetRepositoryPolicy answers with the same policy in another layout", err, func() bool {
		return sameJSON(text, *set.PolicyText) && *set.PolicyText != text && strings.Contains(*set.PolicyText, `"Statement" : [ {`)
	})
	got, err := r.api.GetRepositoryPolicy(r.ctx, get)
	r.holds("GetRepositoryPolicy", err, func() bool { return *got.PolicyText == *set.PolicyText && *got.RepositoryName == app })
	for name, bad := range map[string]string{
		"no JSON":          "{",
		"nothing":          "",
		"unknown grammar":  `{"Version":"2012-10-17","Rule":[]}`,
		"another version":  strings.Replace(text, "2012-10-17", "2020-01-01", 1),
		"10241 characters": text + strings.Repeat(" ", 10241-len(text)),
	} {
		_, err := r.setPolicy(bad)
		r.fails("SetRepositoryPolicy with "+name, "InvalidParameterException", "", err)
	}
	deleted, err := r.api.DeleteRepositoryPolicy(r.ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: aws.String(app)})
	r.holds("DeleteRepositoryPolicy answers with what it deleted", err, func() bool { return *deleted.PolicyText == *set.PolicyText })
	_, err = r.api.DeleteRepositoryPolicy(r.ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: aws.String(app)})
	r.fails("DeleteRepositoryPolicy a second time", "RepositoryPolicyNotFoundException", "", err)
}

func (r *run) setPolicy(text string) (*ecrpublic.SetRepositoryPolicyOutput, error) {
	return r.api.SetRepositoryPolicy(r.ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: aws.String(app), PolicyText: &text})
}

func (r *run) tags() {
	found, err := r.api.DescribeRepositories(r.ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{app}})
	if err != nil {
		r.check("DescribeRepositories", err)
		return
	}
	arn := found.Repositories[0].RepositoryArn
	r.check("TagResource", r.tag(arn, "team", "a", "stage", ""))
	r.check("TagResource overwrites a key and keeps the others", r.tag(arn, "team", "b"))
	r.labels("ListTagsForResource", arn, map[string]string{"team": "b", "stage": ""})

	r.fails("TagResource with a reserved key", "InvalidTagParameterException", "", r.tag(arn, "aws:x", ""))
	r.fails("TagResource with a key twice", "InvalidTagParameterException", "", r.tag(arn, "x", "", "x", ""))
	r.fails("TagResource with an empty key", "InvalidParameterException", "", r.tag(arn, "", ""))
	var many []string
	for i := range 49 {
		many = append(many, fmt.Sprint("key", i), "")
	}
	r.fails("TagResource beyond 50", "TooManyTagsException", "", r.tag(arn, many...))
	r.check("TagResource up to 50", r.tag(arn, many[:2*48]...))
	r.fails("TagResource of an ARN of another service", "InvalidParameterException", "", r.tag(aws.String("arn:aws:s3:::bucket"), "x", ""))
	r.fails("TagResource of an unknown repository", "RepositoryNotFoundException", "", r.tag(aws.String(*arn+"-none"), "x", ""))

	keys := []string{"absent"}
	for i := 0; i < len(many); i += 2 {
		keys = append(keys, many[i])
	}
	_, err = r.api.UntagResource(r.ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: keys})
	r.check("UntagResource ignores absent keys", err)
	r.labels("UntagResource keeps other keys", arn, map[string]string{"team": "b", "stage": ""})
}

func (r *run) tag(arn *string, keysAndValues ...string) error {
	var list []types.Tag
	for i := 0; i < len(keysAndValues); i += 2 {
		list = append(list, types.Tag{Key: &keysAndValues[i], Value: &keysAndValues[i+1]})
	}
	_, err := r.api.TagResource(r.ctx, &ecrpublic.TagResourceInput{ResourceArn: arn, Tags: list})
	return err
}

func (r *run) labels(name string, arn *string, want map[string]string) {
	listed, err := r.api.ListTagsForResource(r.ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: arn})
	got := map[string]string{}
	if err == nil {
		for _, tag := range listed.Tags {
			got[*tag.Key] = *tag.Value
		}
	}
	r.equal(name, want, got, err)
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func decode(token *string) *string {
	text, _ := base64.StdEncoding.DecodeString(aws.ToString(token)) // what is no base64 is no login either
	return aws.String(string(text))
}
