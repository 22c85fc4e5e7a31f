package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"unicode/utf8"

	"gocloud.dev/blob"
)

// bucket is an open bucket of one of the stores.
type bucket struct {
	*blob.Bucket
	store store
}

// store is what gocloud.dev/blob leaves to the service behind it.
type store interface {
	// open makes a client that does not try again by itself: this package does, in one way for all.
	open(ctx context.Context, u *url.URL) (*blob.Bucket, error)
	// pin makes a read fail where the object is no longer the version with a tag, if the service can.
	pin(as func(any) bool, tag string) error
	// version is that of an object, answer the tag of what was sent and its place in the object. A tag is "" where there is none.
	version(*blob.Attributes) (version, error)
	answer(*blob.Reader) (tag string, from int64)
	// failure judges an error; nil where it is no answer of the service.
	failure(b *blob.Bucket, err error) *failure
}

// storeOf is the table of stores.
func storeOf(scheme string) store {
	switch scheme {
	case "s3":
		return s3Store{}
	case "gs":
		return gcsStore{}
	}
	return azureStore{}
}

// clients are the process's connections to stores. Like those of net/http they are shared by all: opening one reads
// credentials and may ask a metadata service, which must not happen for each of 10,000 files. They change nothing that is read.
var clients struct {
	sync.Mutex
	buckets map[string]*bucket
}

// web is the client of all web servers.
var web = sync.OnceValue(newWebClient)

// newObject is the object at an address. It makes no request but those that opening a client takes.
func newObject(ctx context.Context, at address) (object, error) {
	if at.isWeb() {
		return &webObject{client: web(), at: at, login: netrcLogin(at)}, nil
	}
	b, err := openBucket(ctx, at)
	if err != nil {
		return nil, err
	}
	if at.key() == "" {
		return nil, fmt.Errorf("open %s: names a bucket, not an object in it", Redacted(at.String()))
	}
	if !utf8.ValidString(at.key()) {
		return nil, fmt.Errorf("open %s: the name is not UTF-8, which stores have no others of", Redacted(at.String()))
	}
	return &bucketObject{b, at.key()}, nil
}

// openBucket opens the bucket of an address, or returns it where it is open.
func openBucket(ctx context.Context, at address) (*bucket, error) {
	u := &url.URL{Scheme: at.url.Scheme, Host: at.url.Host, RawQuery: at.url.RawQuery}
	clients.Lock()
	defer clients.Unlock()
	if b, ok := clients.buckets[u.String()]; ok {
		return b, nil
	}
	s := storeOf(u.Scheme)
	open, err := s.open(context.WithoutCancel(ctx), u) // its tokens are renewed under this context
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", Redacted(at.String()), withoutParameters(err))
	}
	if clients.buckets == nil {
		clients.buckets = make(map[string]*bucket)
	}
	b := &bucket{open, s}
	clients.buckets[u.String()] = b
	return b, nil
}

// bucketObject is an object of a bucket.
type bucketObject struct {
	bucket *bucket
	key    string
}

// stat implements object.
func (o *bucketObject) stat(ctx context.Context) (v version, err error) {
	defer misunderstood(&err)
	a, err := o.bucket.Attributes(ctx, o.key)
	if err != nil {
		return version{}, o.bucket.judge(err)
	}
	return o.bucket.store.version(a)
}

// open implements object.
func (o *bucketObject) open(ctx context.Context, v version, off, n int64) (body io.ReadCloser, err error) {
	defer misunderstood(&err)
	r, err := o.bucket.NewRangeReader(ctx, o.key, off, n, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
		return o.bucket.store.pin(as, v.tag)
	}})
	if err != nil {
		return nil, o.bucket.judge(err)
	}
	switch tag, from := o.bucket.store.answer(r); {
	case !v.same(r.Size(), tag):
		err = &failure{final: true, err: errChanged}
	case from != off:
		err = misplaced(off, from)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// page is one page of a listing.
func (b *bucket) page(ctx context.Context, token []byte, options *blob.ListOptions) (page []*blob.ListObject, next []byte, err error) {
	defer misunderstood(&err)
	if page, next, err = b.ListPage(ctx, token, pageSize, options); err != nil {
		err = b.judge(err)
	}
	return page, next, err
}

// misunderstood turns a panic into an error: the libraries take some headers of an answer for granted.
func misunderstood(err *error) {
	if p := recover(); p != nil {
		*err = &failure{final: true, err: errors.New("the answer lacks what the service always sends")}
	}
}

// judge turns an error of a request into a failure.
func (b *bucket) judge(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if f := b.store.failure(b.Bucket, err); f != nil {
		return f
	}
	return transportFailure(err)
}

// isTrue says that a parameter of an address is set.
func isTrue(q url.Values, name string) bool {
	switch q.Get(name) {
	case "1", "t", "T", "true", "TRUE", "True":
		return true
	}
	return false
}
