package storage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
)

// azureStore reads Azure Blob Storage. The parameters of an address are those of azureblob.URLOpener, and anonymous=true.
type azureStore struct{}

func (azureStore) open(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	q := u.Query()
	anonymous := isTrue(q, "anonymous")
	q.Del("anonymous")
	options := *azureblob.NewDefaultServiceURLOptions()
	if anonymous {
		options.SASToken = ""
	}
	if options.SASToken != "" && len(q) > 0 {
		// The token is part of every request: an address must not send it to another server.
		return nil, fmt.Errorf("with AZURE_STORAGE_SAS_TOKEN the account is named by AZURE_STORAGE_ACCOUNT and the like, not by parameters")
	}
	opener := azureblob.URLOpener{
		ServiceURLOptions: options,
		MakeClient: func(service azureblob.ServiceURL, name azureblob.ContainerName) (*container.Client, error) {
			return azureClient(service, name, anonymous)
		},
	}
	return opener.OpenBucketURL(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, RawQuery: q.Encode()})
}

// azureClient makes the client with the credentials of the environment, in the order of azureblob.NewDefaultClient.
func azureClient(service azureblob.ServiceURL, name azureblob.ContainerName, anonymous bool) (*container.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // its range header is one that net/http does not know
	transport.MaxIdleConnsPerHost = 64
	options := &container.ClientOptions{ClientOptions: azcore.ClientOptions{
		Retry:     azpolicy.RetryOptions{MaxRetries: -1},
		Transport: bounded((&http.Client{Transport: transport}).Do),
	}}
	address, err := url.JoinPath(string(service), string(name))
	if err != nil {
		return nil, err
	}
	account, key := os.Getenv("AZURE_STORAGE_ACCOUNT"), os.Getenv("AZURE_STORAGE_KEY")
	connection := os.Getenv("AZURE_STORAGE_CONNECTION_STRING")
	if connection == "" {
		connection = os.Getenv("AZURE_STORAGEBLOB_CONNECTIONSTRING")
	}
	switch {
	case anonymous:
		return container.NewClientWithNoCredential(address, options)
	case account != "" && key != "":
		shared, err := container.NewSharedKeyCredential(account, key)
		if err != nil {
			return nil, fmt.Errorf("AZURE_STORAGE_KEY: not a key")
		}
		return container.NewClientWithSharedKeyCredential(address, shared, options)
	case os.Getenv("AZURE_STORAGE_SAS_TOKEN") != "":
		return container.NewClientWithNoCredential(address, options)
	case connection != "":
		return container.NewClientFromConnectionString(connection, string(name), options)
	}
	identity, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, err
	}
	return container.NewClient(address, identity, options)
}

func (azureStore) pin(as func(any) bool, tag string) error {
	var in *azblob.DownloadStreamOptions
	if tag != "" && as(&in) {
		match := azcore.ETag(tag)
		in.AccessConditions = &azblob.AccessConditions{ModifiedAccessConditions: &azblob.ModifiedAccessConditions{IfMatch: &match}}
	}
	return nil
}

func (azureStore) version(a *blob.Attributes) (version, error) {
	return version{size: a.Size, tag: a.ETag}, nil
}

func (azureStore) answer(r *blob.Reader) (tag string, from int64) {
	var out azblob.DownloadStreamResponse
	if !r.As(&out) {
		return "", 0
	}
	if out.ETag != nil {
		tag = string(*out.ETag)
	}
	if out.ContentRange != nil {
		from = rangeStart(*out.ContentRange)
	}
	return tag, from
}

func (azureStore) failure(b *blob.Bucket, err error) *failure {
	var res *azcore.ResponseError
	if b.ErrorAs(err, &res) {
		var head http.Header
		if res.RawResponse != nil {
			head = res.RawResponse.Header
		}
		return statusFailure(res.StatusCode, res.ErrorCode, head)
	}
	return nil
}
