package storage

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcerrors"
	"gocloud.dev/gcp"
	"google.golang.org/api/googleapi"
)

// gcsStore reads Google Cloud Storage. The parameters of an address are those of gcsblob.URLOpener.
type gcsStore struct{}

func (gcsStore) open(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	transport := bounded(gcp.DefaultTransport().RoundTrip)
	opener := gcsblob.URLOpener{Client: gcp.NewAnonymousHTTPClient(transport)}
	if q := u.Query(); !isTrue(q, "anonymous") && q.Get("access_id") != "-" && os.Getenv("STORAGE_EMULATOR_HOST") == "" {
		credentials, err := gcp.DefaultCredentials(ctx)
		if err != nil {
			return nil, fmt.Errorf("found no Google credentials; a public bucket is read with ?anonymous=true: %w", withoutParameters(err))
		}
		opener.TokenSource = gcp.CredentialsTokenSource(credentials)
		if opener.Client, err = gcp.NewHTTPClient(transport, opener.TokenSource); err != nil {
			return nil, err
		}
	}
	b, err := opener.OpenBucketURL(ctx, u)
	if err != nil {
		return nil, err
	}
	var client *storage.Client
	if b.As(&client) {
		client.SetRetry(storage.WithPolicy(storage.RetryNever))
	}
	return b, nil
}

// pin also asks for the bytes as they are stored: an object with Content-Encoding gzip would be decoded on the way.
func (gcsStore) pin(as func(any) bool, tag string) error {
	var handle **storage.ObjectHandle
	if !as(&handle) {
		return nil
	}
	*handle = (*handle).ReadCompressed(true)
	if generation, err := strconv.ParseInt(tag, 10, 64); err == nil && generation != 0 {
		*handle = (*handle).If(storage.Conditions{GenerationMatch: generation})
	}
	return nil
}

func (gcsStore) version(a *blob.Attributes) (version, error) {
	v := version{size: a.Size}
	var attrs storage.ObjectAttrs
	if a.As(&attrs) {
		v.tag = generationTag(attrs.Generation)
	}
	return v, nil
}

func (gcsStore) answer(r *blob.Reader) (tag string, from int64) {
	var reader *storage.Reader
	if r.As(&reader) {
		return generationTag(reader.Attrs.Generation), reader.Attrs.StartOffset
	}
	return "", 0
}

func generationTag(generation int64) string {
	if generation == 0 {
		return ""
	}
	return strconv.FormatInt(generation, 10)
}

func (gcsStore) failure(b *blob.Bucket, err error) *failure {
	var api *googleapi.Error
	if b.ErrorAs(err, &api) {
		code := ""
		if len(api.Errors) > 0 {
			code = api.Errors[0].Reason
		}
		return statusFailure(api.Code, code, api.Header)
	}
	if gcerrors.Code(err) == gcerrors.NotFound {
		return statusFailure(404, "", nil)
	}
	return nil
}
