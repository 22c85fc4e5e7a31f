package storage

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// s3Store reads Amazon S3 and what speaks its protocol. The parameters of an address are those of s3blob.URLOpener.
type s3Store struct{}

func (s3Store) open(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	b, err := new(s3blob.URLOpener).OpenBucketURL(ctx, u)
	if err != nil {
		return nil, err
	}
	var client *s3.Client
	if !b.As(&client) {
		return nil, errors.New("no S3 client")
	}
	o := client.Options()
	if o.Region == "" {
		return nil, errors.New("no region: add ?region=… to the address, or set AWS_REGION")
	}
	o.HTTPClient = bounded(o.HTTPClient.Do)
	o.Retryer = aws.NopRetryer{}
	o.Logger = logging.Nop{}                           // it would write to standard error
	o.DisableLogOutputChecksumValidationSkipped = true // ranges have none
	return s3blob.OpenBucket(ctx, s3.New(o), u.Host, nil)
}

func (s3Store) pin(as func(any) bool, tag string) error {
	var in *s3.GetObjectInput
	if tag != "" && as(&in) {
		in.IfMatch = aws.String(tag)
	}
	return nil
}

func (s3Store) version(a *blob.Attributes) (version, error) {
	var head s3.HeadObjectOutput
	if a.As(&head) && head.ContentLength == nil { // the library takes that for an empty object
		return version{}, &failure{final: true, err: errNoSize}
	}
	return version{size: a.Size, tag: a.ETag}, nil
}

func (s3Store) answer(r *blob.Reader) (tag string, from int64) {
	var out s3.GetObjectOutput
	if r.As(&out) {
		return aws.ToString(out.ETag), rangeStart(aws.ToString(out.ContentRange))
	}
	return "", 0
}

func (s3Store) failure(b *blob.Bucket, err error) *failure {
	var code string
	var api smithy.APIError
	if b.ErrorAs(err, &api) {
		code = api.ErrorCode()
	}
	var res *awshttp.ResponseError
	if b.ErrorAs(err, &res) && res.Response != nil && res.Response.Response != nil && res.HTTPStatusCode() != 0 { // 0: no answer came
		f := statusFailure(res.HTTPStatusCode(), code, res.Response.Header)
		if region := res.Response.Header.Get("X-Amz-Bucket-Region"); region != "" && f.status/100 == 3 {
			f.err = fmt.Errorf("the bucket lies in region %s: add ?region=%s to the address", region, region)
		}
		return f
	}
	if text := err.Error(); strings.Contains(text, "get credentials") || strings.Contains(text, "refresh cached credentials") {
		return &failure{final: true, err: errors.New("found no AWS credentials in the environment, ~/.aws or the machine's role; a public bucket is read with ?anonymous=true")}
	}
	return nil
}
