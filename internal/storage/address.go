package storage

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// schemes are the kinds of addresses that inputs may have beside paths of local files.
func schemes() []string { return []string{"s3", "gs", "azblob", "https", "http"} }

// IsURL tells an address ("s3://bucket/key") from the path of a local file.
func IsURL(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "/\\.")
}

// RefuseOutput is the error for an output that is not a local path; nil for one that is.
func RefuseOutput(path string) error {
	if IsURL(path) {
		return fmt.Errorf("write %s: outputs are written to local folders only: give a path, and copy the finished folder", Redacted(path))
	}
	return nil
}

// Redacted is a path as error texts may show it: an address without user, password and parameters.
func Redacted(path string) string {
	if !IsURL(path) {
		return path
	}
	scheme, rest, _ := strings.Cut(path, "://")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 && oddPassword(rest) {
		rest = rest[at+1:]
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	host, name, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if slash {
		host += "/"
	}
	return scheme + "://" + host + name
}

// oddPassword says that an address may begin with a password in which '/', '?' or '#' are not escaped: no port is behind the first colon.
func oddPassword(rest string) bool {
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	_, port, ok := strings.Cut(rest, ":")
	return ok && !strings.Contains(rest, "@") && strings.Trim(port, "0123456789") != ""
}

// Join is a path below a base, which may be an address with parameters or a local folder. Name has slashes.
func Join(base, name string) string {
	if !IsURL(base) {
		return filepath.Join(base, filepath.FromSlash(name))
	}
	at, query, asked := strings.Cut(base, "?")
	at = strings.TrimRight(at, "/") + "/" + (&url.URL{Path: name}).EscapedPath()
	if asked {
		at += "?" + query
	}
	return at
}

// address is a checked URL of an input.
//
// Parameters of stores ("?region=…") are part of it: whoever opens the address again, from a plan or a manifest, needs them.
type address struct {
	url *url.URL
}

// parseAddress checks a URL. Its error never repeats a credential.
func parseAddress(path string) (address, error) {
	shown := Redacted(path)
	u, err := url.Parse(path)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err // it repeats the whole address
		}
		if strings.Contains(path, "@") {
			return address{}, fmt.Errorf("open %s: not a valid address", shown)
		}
		return address{}, fmt.Errorf("open %s: not a valid address: %w", shown, err)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case !slices.Contains(schemes(), u.Scheme):
		return address{}, fmt.Errorf("open %s: unknown kind of address; there are %s:// and local paths", shown, strings.Join(schemes(), "://, "))
	case u.User != nil:
		return address{}, fmt.Errorf("open %s: a user or password in an address would end up in the manifest: put it into ~/.netrc", shown)
	case u.Host == "":
		return address{}, fmt.Errorf("open %s: names no bucket or host", shown)
	case u.Fragment != "":
		return address{}, fmt.Errorf("open %s: write '#' in a name as %%23", shown)
	}
	if name := credential(u.RawQuery); name != "" {
		return address{}, fmt.Errorf("open %s: the parameter %s is a credential, which would end up in the manifest: see \"Where data lies\" in docs/ingest.md for other ways", shown, name)
	}
	return address{u}, nil
}

// credential is the name of the first parameter that is one, of signed addresses or by common names; "" where none is. Some
// servers part parameters by semicolons, which net/url leaves out.
func credential(query string) string {
	for _, parameter := range strings.FieldsFunc(query, func(c rune) bool { return c == '&' || c == ';' }) {
		name, _, _ := strings.Cut(parameter, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		switch strings.ToLower(name) {
		case "signature", "sig", "token", "access_token", "auth_token", "private_token", "api_key", "apikey", "password", "secret", "client_secret",
			"awsaccesskeyid", "x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-goog-signature", "x-goog-credential":
			return name
		}
	}
	return ""
}

// isWeb says that the address is of a web server, not of a bucket.
func (a address) isWeb() bool { return a.url.Scheme == "https" || a.url.Scheme == "http" }

// key is the name of the object within its bucket.
func (a address) key() string { return strings.TrimPrefix(a.url.Path, "/") }

// written is the path as it was written, so that the wildcards of a pattern are told from what is escaped.
func (a address) written() string {
	if a.url.RawPath != "" {
		return a.url.RawPath // also where EscapedPath would escape all of it anew, because of a space or a letter beyond ASCII
	}
	return a.url.EscapedPath()
}

// String is the address as it was written.
func (a address) String() string { return a.withPath(a.written()) }

// object is the address of the object that is named, without its patterns: the same for all ways to write its name.
func (a address) object() string {
	if a.isWeb() {
		return a.withPath(a.url.EscapedPath())
	}
	return a.withKey(a.key())
}

// plainest is object with the parameters in one order.
func (a address) plainest() string {
	if !a.isWeb() {
		u := *a.url
		u.RawQuery = u.Query().Encode()
		a.url = &u
	}
	return a.object()
}

// withKey is the address of another object of the same bucket. Characters that a pattern would take for wildcards are escaped.
func (a address) withKey(key string) string {
	return a.withPath(strings.ReplaceAll((&url.URL{Path: "/" + key}).EscapedPath(), "*", "%2A"))
}

func (a address) withPath(escaped string) string {
	host := a.url.Host
	if a.isWeb() {
		host = strings.ToLower(host)
	}
	s := a.url.Scheme + "://" + host + escaped
	if a.url.RawQuery != "" {
		s += "?" + a.url.RawQuery
	}
	return s
}
