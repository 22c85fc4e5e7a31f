package ingest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"corpus"
)

// The signals that a checked digest leaves: 1 right, 0 wrong.
const (
	signalBlockDigest   = "digest_block"
	signalPayloadDigest = "digest_payload"
)

// digest is a labelled digest of a WARC record (ISO 28500, section 5.8): an algorithm and the bytes of its sum.
type digest struct {
	algorithm string // "md5", "sha1", "sha256" or "sha512"
	sum       string
}

// parseDigest reads "sha1:" and its value: hexadecimal, base32 or base64 by their lengths, in any case where case does not count. Ok is
// false for an algorithm that is not known and a value that is none of these: nothing can be checked then.
func parseDigest(s string) (d digest, ok bool) {
	label, value, ok := strings.Cut(s, ":")
	if !ok || len(s) > 256 {
		return digest{}, false
	}
	d.algorithm = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(label)), "-", "")
	h := newHash(d.algorithm)
	if h == nil {
		return digest{}, false
	}
	value = strings.TrimRight(strings.TrimSpace(value), "=")
	var sum []byte
	var err error
	switch len(value) {
	case hex.EncodedLen(h.Size()):
		sum, err = hex.DecodeString(value)
	case base32.StdEncoding.WithPadding(base32.NoPadding).EncodedLen(h.Size()):
		sum, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(value))
	case base64.RawStdEncoding.EncodedLen(h.Size()):
		sum, err = base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(value))
	default:
		return digest{}, false
	}
	d.sum = string(sum)
	return d, err == nil
}

func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "md5":
		return md5.New()
	case "sha1":
		return sha1.New()
	case "sha256":
		return sha256.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// of says whether d is the digest of b.
func (d digest) of(b []byte) bool {
	h := newHash(d.algorithm)
	h.Write(b)
	return string(h.Sum(nil)) == d.sum
}

// checkDigest compares what a record declares with the bytes, any of which may be meant, and leaves a signal. Where none
// is declared that can be read, it does nothing. What names the digest in the reason.
func (p *pageReader) checkDigest(d *corpus.Document, declared, signal, what string, candidates ...[]byte) {
	if p.digests == DigestsIgnore {
		return
	}
	want, ok := parseDigest(declared)
	if !ok {
		return
	}
	if slices.ContainsFunc(candidates, want.of) {
		d.SetSignal(signal, 1)
		return
	}
	d.SetSignal(signal, 0)
	if p.digests == DigestsReject {
		d.Reject(Stage, RuleDigest, what)
	}
}

// checkPayload checks the digest of a record's payload. Writers differ on what that is: the HTTP body as it was sent (most of them), or after its
// transfer coding was undone (as the standard has it); either is right.
func (p *pageReader) checkPayload(d *corpus.Document, h *warcHeader, head httpHead, body []byte) {
	if p.digests == DigestsIgnore || h.segment != "" {
		return
	}
	candidates := [][]byte{body}
	if slices.Contains(tokens(head.transferEncoding), "chunked") {
		candidates = append(candidates, dechunk(body))
	}
	p.checkDigest(d, h.payloadDigest, signalPayloadDigest, "payload", candidates...)
}
