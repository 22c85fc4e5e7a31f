package ingest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParseDigest(t *testing.T) {
	content := []byte("content")
	s1, s256, s512, m5 := sha1.Sum(content), sha256.Sum256(content), sha512.Sum512(content), md5.Sum(content)
	b32 := base32.StdEncoding.EncodeToString
	tests := []struct {
		name, value string
		readable    bool
	}{
		{"sha1 base32", "sha1:" + b32(s1[:]), true},
		{"lower case", "sha1:" + strings.ToLower(b32(s1[:])), true},
		{"upper case label", "SHA1:" + b32(s1[:]), true},
		{"dashed label", "sha-1:" + b32(s1[:]), true},
		{"white space", " sha1: " + b32(s1[:]) + " ", true},
		{"sha1 hex", "sha1:" + hex.EncodeToString(s1[:]), true},
		{"sha1 upper hex", "sha1:" + strings.ToUpper(hex.EncodeToString(s1[:])), true},
		{"sha1 base64", "sha1:" + base64.StdEncoding.EncodeToString(s1[:]), true},
		{"sha256 base32 padded", "sha256:" + b32(s256[:]), true},
		{"sha256 base32 bare", "sha-256:" + strings.TrimRight(b32(s256[:]), "="), true},
		{"sha256 hex", "sha256:" + hex.EncodeToString(s256[:]), true},
		{"sha256 base64url", "sha256:" + base64.URLEncoding.EncodeToString(s256[:]), true},
		{"sha512 hex", "sha512:" + hex.EncodeToString(s512[:]), true},
		{"sha512 base32", "sha-512:" + b32(s512[:]), true},
		{"md5 hex", "md5:" + hex.EncodeToString(m5[:]), true},
		{"md5 base32", "MD5:" + b32(m5[:]), true},
		{"no label", b32(s1[:]), false},
		{"unknown label", "crc32:12345678", false},
		{"wrong length", "sha1:" + hex.EncodeToString(s1[:10]), false},
		{"no digits", "sha1:" + strings.Repeat("!", 32), false},
		{"very long", "sha1:" + strings.Repeat("A", 1<<20), false},
		{"empty", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, ok := parseDigest(test.value)
			if ok != test.readable {
				t.Fatalf("readable: %v", ok)
			}
			if ok && (!d.of(content) || d.of([]byte("other"))) {
				t.Errorf("%+v is not that of the content, or of any", d)
			}
		})
	}
}

func sha1Of(s string) string {
	sum := sha1.Sum([]byte(s))
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}

func TestDigests(t *testing.T) {
	html := page("x")
	block, coded := httpOK(html), httpOK(chunked(html), "Transfer-Encoding: chunked")
	payload := func(s string) string { return "WARC-Payload-Digest: " + sha1Of(s) }
	whole := func(s string) string { return "WARC-Block-Digest: " + sha1Of(s) }
	const uri = "http://example.org/x"
	tests := []struct {
		name, content string
		signals       map[string]float64
		reason        string // under reject
	}{
		{"right", response(uri, block, whole(block), payload(html)), map[string]float64{"digest_block": 1, "digest_payload": 1}, ""},
		{"none", response(uri, block), nil, ""},
		{"unreadable", response(uri, block, "WARC-Block-Digest: sha1:?", "WARC-Payload-Digest: x"), nil, ""},
		{"wrong block", response(uri, block, whole("other"), payload(html)), map[string]float64{"digest_block": 0, "digest_payload": 1}, "digest=block"},
		{"wrong payload", response(uri, block, whole(block), payload("other")), map[string]float64{"digest_block": 1, "digest_payload": 0}, "digest=payload"},
		{"payload before the transfer coding", response(uri, coded, payload(html)), map[string]float64{"digest_payload": 1}, ""},
		{"payload as sent", response(uri, coded, payload(chunked(html))), map[string]float64{"digest_payload": 1}, ""},
		{"payload without its content coding", response(uri, httpOK(gzipped(html), "Content-Encoding: gzip"), payload(html)), map[string]float64{"digest_payload": 0}, "digest=payload"},
		{"resource", record("resource", uri, "text/html", html, whole(html), payload(html)), map[string]float64{"digest_block": 1, "digest_payload": 1}, ""},
		{"conversion", record("conversion", uri, "text/plain", html, payload("other")), map[string]float64{"digest_payload": 0}, "digest=payload"},
		{"request", record("request", uri, "application/http", "GET / HTTP/1.0\r\n\r\n", whole("other"), payload("other")), map[string]float64{"digest_block": 0}, "digest=block"},
		{"segment", response(uri, block, whole(block), payload("other"), "WARC-Segment-Number: 1"), map[string]float64{"digest_block": 1}, "segmented=1"},
		{"revisit", record("revisit", uri, "application/http", "HTTP/1.1 200 OK\r\n\r\n", payload(html)), nil, "revisit=."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range []string{DigestsIgnore, DigestsCheck, DigestsReject} {
				opts := smallOptions()
				opts.Digests = mode
				docs := readAll(t, "x.warc", test.content, opts)
				d := docs[0]
				signals := test.signals
				if mode == DigestsIgnore {
					signals = nil
				}
				digests := maps.Clone(d.Signals)
				delete(digests, signalRightsHTTP)
				if diff := cmp.Diff(signals, digests, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: %s", mode, diff)
				}
				reason := ""
				if d.Reason != nil {
					reason = d.Reason.Rule + "=" + d.Reason.Value
				}
				if mode == DigestsReject && reason != test.reason || mode != DigestsReject && strings.HasPrefix(reason, "digest") {
					t.Errorf("%s: got %q, want %q", mode, reason, test.reason)
				}
				checkPlaces(t, "x.warc", test.content, docs, opts)
			}
		})
	}
}

func TestDigestOfARecordTooLarge(t *testing.T) {
	opts := smallOptions()
	opts.Digests = DigestsReject
	content := response("http://example.org/", httpOK(strings.Repeat("x", 100<<10)), "WARC-Block-Digest: "+sha1Of("other"))
	got := fates(readAll(t, "x.warc", content, opts))
	if diff := cmp.Diff([]string{fmt.Sprintf("response too_large=%d", 100<<10+len(httpOK("")))}, got); diff != "" {
		t.Error(diff)
	}
}
