package ingest

import "bytes"

// dechunk undoes the chunked transfer coding (RFC 9112, section 7.1) as far as it goes.
//
// Many crawlers store the body unchunked and leave the header, others cut it or
// get a size wrong. So nothing but chunk heads is ever thrown away: a body that does not begin with
// a chunk is returned as it is; where a chunk's head is wrong further on, the rest is
// appended as it is; a last chunk that is cut, or missing, is taken for the end.
// Chunk extensions and trailers are dropped; line ends may be bare.
//
// The result is b itself or a new slice, never longer than b.
func dechunk(b []byte) []byte {
	size, n, ok := chunkHead(b)
	if !ok {
		return b
	}
	out := make([]byte, 0, len(b))
	for {
		b = b[n:]
		if size == 0 {
			return out
		}
		if size >= int64(len(b)) {
			return append(out, b...)
		}
		out = append(out, b[:size]...)
		b = b[size:]
		n = chunkEnd(b)
		if n == 0 && len(b) > 0 {
			return append(out, b...)
		}
		rest := b[n:]
		if len(bytes.TrimSpace(rest)) == 0 {
			return out
		}
		b = rest
		if size, n, ok = chunkHead(b); !ok {
			return append(out, b...)
		}
	}
}

// chunkHead reads a chunk's size and extensions: hex digits for at most 2^40, then a line end, with
// white space or an extension between. It returns the length of the line.
func chunkHead(b []byte) (size int64, n int, ok bool) {
	for n < len(b) && (b[n] == ' ' || b[n] == '\t') {
		n++
	}
	digits := 0
	for ; n < len(b); n, digits = n+1, digits+1 {
		v := hexValue(b[n])
		if v < 0 {
			break
		}
		if size = size<<4 | int64(v); size > 1<<40 {
			return 0, 0, false
		}
	}
	if digits == 0 {
		return 0, 0, false
	}
	for n < len(b) && (b[n] == ' ' || b[n] == '\t') {
		n++
	}
	if n < len(b) && b[n] == ';' {
		// An extension is short; what runs on without a line end is content.
		at := bytes.IndexByte(b[n:min(len(b), n+1024)], '\n')
		if at < 0 {
			return 0, 0, false
		}
		return size, n + at + 1, true
	}
	end := chunkEnd(b[n:])
	// A body that is cut within its last size line ends there.
	return size, n + end, end > 0 || n == len(b) && size == 0
}

// chunkEnd is the length of the line end that b begins with, or 0.
func chunkEnd(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
