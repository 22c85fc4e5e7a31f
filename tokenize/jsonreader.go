package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how deep the arrays and objects of a file may be nested.
const maxDepth = 64

// jsonReader reads a JSON text (RFC 8259) member by member and knows at which offset it is. Its errors are of the
// type atOffset. A key that an object has twice is an error, wherever it is.
type jsonReader struct {
	data  []byte
	pos   int
	depth int
}

func (r *jsonReader) fail(offset int, format string, args ...any) error {
	return &atOffset{offset, fmt.Errorf(format, args...)}
}

// next skips white space and returns the byte that follows, 0 at the end.
func (r *jsonReader) next() byte {
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; c {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return c
		}
	}
	return 0
}

// want reads one byte.
func (r *jsonReader) want(c byte, what string) error {
	if r.next() != c {
		return r.unexpected(what)
	}
	r.pos++
	return nil
}

func (r *jsonReader) unexpected(want string) error {
	if r.next(); r.pos >= len(r.data) {
		return r.fail(r.pos, "the file ends where %s is expected", want)
	}
	c, _ := utf8.DecodeRune(r.data[r.pos:])
	return r.fail(r.pos, "%q where %s is expected", c, want)
}

func (r *jsonReader) enter(open byte, what string) error {
	if err := r.want(open, what); err != nil {
		return err
	}
	if r.depth++; r.depth > maxDepth {
		return r.fail(r.pos-1, "arrays and objects are nested deeper than %d", maxDepth)
	}
	return nil
}

// more says whether another member follows; if not, it has read the end. first is cleared.
func (r *jsonReader) more(end byte, first *bool) (bool, error) {
	c := r.next()
	if c == end {
		r.pos++
		r.depth--
		return false, nil
	}
	if *first {
		*first = false
		return true, nil
	}
	if c != ',' {
		return false, r.unexpected(fmt.Sprintf("a comma or %q", end))
	}
	r.pos++
	return true, nil
}

// object calls f for every member; f must read the value. at is the offset of the key. key is valid until f returns.
func (r *jsonReader) object(f func(key []byte, at int) error) error {
	if err := r.enter('{', "an object"); err != nil {
		return err
	}
	first := true
	for {
		more, err := r.more('}', &first)
		if err != nil || !more {
			return err
		}
		r.next()
		at := r.pos
		key, err := r.str("a key")
		if err != nil {
			return err
		}
		if err := r.want(':', "a colon"); err != nil {
			return err
		}
		if err := f(key, at); err != nil {
			return err
		}
	}
}

// members is object for a few keys: it refuses one that comes twice.
func (r *jsonReader) members(f func(key string, at int) error) error {
	seen := make(map[string]bool)
	return r.object(func(key []byte, at int) error {
		if seen[string(key)] {
			return r.fail(at, "the key %q is there twice", key)
		}
		seen[string(key)] = true
		return f(string(key), at)
	})
}

// array calls f for every member; f must read it.
func (r *jsonReader) array(f func(at int) error) error {
	if err := r.enter('[', "an array"); err != nil {
		return err
	}
	first := true
	for {
		more, err := r.more(']', &first)
		if err != nil || !more {
			return err
		}
		r.next()
		if err := f(r.pos); err != nil {
			return err
		}
	}
}

// str reads a string. The result may lie in the file's text; it must not be changed.
func (r *jsonReader) str(what string) ([]byte, error) {
	if err := r.want('"', what); err != nil {
		return nil, err
	}
	start := r.pos
	for plain, valid := true, true; r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; {
		case c == '"':
			text := r.data[start:r.pos]
			r.pos++
			if !valid && !utf8.Valid(text) {
				return nil, r.fail(start, "a string that is not UTF-8")
			}
			if plain {
				return text, nil
			}
			return r.unescape(start-1, r.pos)
		case c == '\\':
			plain = false
			r.pos++
		case c < ' ':
			return nil, r.fail(r.pos, "a string with the control character %q", c)
		case c >= utf8.RuneSelf:
			valid = false
		}
	}
	r.pos = min(r.pos, len(r.data))
	return nil, r.fail(r.pos, "the file ends within a string")
}

func (r *jsonReader) unescape(from, to int) ([]byte, error) {
	var s string
	if err := json.Unmarshal(r.data[from:to], &s); err != nil {
		return nil, r.fail(from, "a string with a wrong escape")
	}
	return []byte(s), nil
}

// integer reads a whole number.
func (r *jsonReader) integer() (int64, error) {
	r.next()
	from := r.pos
	for r.pos < len(r.data) && (r.data[r.pos] == '-' || '0' <= r.data[r.pos] && r.data[r.pos] <= '9') {
		r.pos++
	}
	digits := r.data[from:r.pos]
	n, err := strconv.ParseInt(string(digits), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, r.fail(from, "the number %.30s is too large", digits)
	case err != nil:
		r.pos = from
		return 0, r.unexpected("a whole number")
	case len(digits) > 1 && (digits[0] == '0' || digits[0] == '-' && digits[1] == '0'):
		return 0, r.fail(from, "the number %s begins with 0", digits)
	case r.pos < len(r.data) && bytes.IndexByte([]byte(".eE"), r.data[r.pos]) >= 0:
		return 0, r.fail(from, "a number that is not whole")
	}
	return n, nil
}

// skip reads a value of any kind and returns its text.
func (r *jsonReader) skip() ([]byte, error) {
	c := r.next()
	from := r.pos
	var err error
	switch c {
	case '{':
		err = r.members(func(string, int) error { _, err := r.skip(); return err })
	case '[':
		err = r.array(func(int) error { _, err := r.skip(); return err })
	case '"':
		_, err = r.str("a string")
	default:
		for r.pos < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,]}:"), r.data[r.pos]) < 0 {
			r.pos++
		}
		if !json.Valid(r.data[from:r.pos]) {
			r.pos = from
			return nil, r.unexpected("a value")
		}
	}
	return r.data[from:r.pos], err
}

// pass moves behind an array or object that is read in earnest later: it only looks for the bracket that ends it.
func (r *jsonReader) pass() error {
	from, depth := r.pos, r.depth
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case '"':
			if _, err := r.str("a string"); err != nil {
				return err
			}
			continue
		case '{', '[':
			if r.depth++; r.depth > maxDepth {
				return r.fail(r.pos, "arrays and objects are nested deeper than %d", maxDepth)
			}
		case '}', ']':
			r.depth--
		}
		r.pos++
		if r.depth <= depth {
			return nil
		}
	}
	return r.fail(r.pos, "the file ends within what begins at byte %d", from)
}

// value reads a value into what v points to, as encoding/json does.
func (r *jsonReader) value(v any) error {
	text, err := r.skip()
	if err != nil {
		return err
	}
	start := r.pos - len(text)
	err = json.Unmarshal(text, v)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		// The offset is that behind the value; Field is the path to it, empty for the value itself.
		end := start + min(int(kind.Offset), len(text))
		if kind.Field != "" {
			return r.fail(end, "%s is of the JSON type %s", kind.Field, kind.Value)
		}
		return r.fail(start, "a value of the JSON type %s", kind.Value)
	}
	if err != nil {
		return r.fail(start, "%w", err)
	}
	return nil
}

// end refuses what follows the text.
func (r *jsonReader) end() error {
	if r.next(); r.pos < len(r.data) {
		return r.unexpected("the end of the file")
	}
	return nil
}
