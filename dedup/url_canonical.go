package dedup

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	maxURL  = 1 << 16 // the most bytes of an address that takes part
	maxHost = 1 << 10 // and of its host: a name in the DNS has 253 at most, and the time that one of another script takes grows with its square
)

// address is an http or https address in its parts. The host is in its final form: lower case, in ASCII, without a dot at its end; "" where
// the text is no such address. The rest is as it was written, without the marks in between.
type address struct{ scheme, user, host, port, path, query, fragment string }

// splitURL parts an address as RFC 3986, appendix B does. It is lenient as browsers are: white space around it and line ends
// within it are not part of it, and what the RFC forbids in a path stays in it, for canonical to escape.
//
// An address with U+FFFD in it is none: that stands where bytes were no UTF-8, and so for more than one address.
func splitURL(raw string) (a address) {
	if len(raw) > maxURL || strings.Contains(raw, "\ufffd") {
		return a
	}
	rest := strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(rest, "\t\n\r") {
		rest = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(rest)
	}
	scheme, rest, ok := strings.Cut(rest, "://")
	if a.scheme = strings.ToLower(scheme); !ok || a.scheme != "http" && a.scheme != "https" {
		return a
	}
	rest, a.fragment, _ = strings.Cut(rest, "#")
	rest, a.query, _ = strings.Cut(rest, "?")
	authority := rest
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, a.path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		a.user, authority = authority[:i], authority[i+1:]
	}
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && strings.Trim(authority[i+1:], "0123456789") == "" {
		a.port, authority = foldPort(authority[i+1:]), authority[:i]
	}
	a.host = foldHost(authority)
	return a
}

// foldPort is a port without zeros in front; 0 is a port as others are.
func foldPort(digits string) string {
	if port := strings.TrimLeft(digits, "0"); port != "" || digits == "" {
		return port
	}
	return "0"
}

// hosts maps names of other scripts as browsers do: UTS 46, not transitional.
var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// foldHost is the host in its final form, "" where it is none.
func foldHost(host string) string {
	if len(host) > maxHost {
		return ""
	}
	if strings.HasPrefix(host, "[") {
		return foldIPv6(host)
	}
	if strings.Contains(host, "%") {
		host = string(appendEscaped(nil, host, func(byte) bool { return true }))
	}
	if strings.ContainsRune(host, utf8.RuneError) { // bytes that are no UTF-8 too: ToASCII would make one name of all of them
		return ""
	}
	ascii := !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf })
	if ascii {
		host = strings.ToLower(host)
	} else {
		var err error
		if host, err = hosts.ToASCII(host); err != nil {
			return ""
		}
	}
	host = strings.TrimRight(host, ".")
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"%<>\^{|}#/?@:[]`+"`", r) }) {
		return ""
	}
	return host
}

// foldIPv6 is an IPv6 address in brackets in the form of RFC 5952, "" where it is none.
func foldIPv6(host string) string {
	ip, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
	if err != nil || !strings.HasSuffix(host, "]") || !ip.Is6() || ip.Zone() != "" {
		return ""
	}
	return "[" + ip.String() + "]"
}

// canonical is the address in the form of RFC 3986, section 6.2.2 (case, escapes, dot segments) and 6.2.3 (default port, empty path), and what the
// options ignore taken out. It is "" where a has no host. The form of a form is itself.
func (o URLOptions) canonical(a address) string {
	if a.host == "" {
		return ""
	}
	standard := map[string]string{"http": "80", "https": "443"}[a.scheme]
	if o.IgnoreScheme {
		a.scheme = "http"
	}
	b := make([]byte, 0, len("https://")+len(a.host)+len(a.path)+len(a.query)+16)
	b = append(append(b, a.scheme...), "://"...)
	if a.user != "" {
		b = append(appendEscaped(b, a.user, isUnreserved), '@')
	}
	for o.IgnoreWWW && strings.HasPrefix(a.host, "www.") && strings.Contains(a.host[len("www."):], ".") {
		a.host = strings.TrimLeft(a.host[len("www."):], ".")
	}
	b = append(b, a.host...)
	if a.port != "" && a.port != standard && !(o.IgnoreScheme && (a.port == "80" || a.port == "443")) {
		b = append(append(b, ':'), a.port...)
	}
	b = o.appendPath(b, a.path)
	if !o.IgnoreQuery {
		b = o.appendQuery(b, a.query)
	}
	if len(a.fragment) > 1 && (a.fragment[0] == '!' || a.fragment[0] == '/') { // names a page of its own, by conventions of applications; the one with "!" is of 2009
		b = appendEscaped(append(b, '#'), a.fragment, isUnreserved)
	}
	return string(b)
}

// appendPath appends a path without its dot segments (RFC 3986, section 5.2.4), nor the session ids in it.
func (o URLOptions) appendPath(b []byte, path string) []byte {
	start := len(b)
	var segment []byte
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if i == 0 { // before the first slash
			continue
		}
		segment = appendEscaped(segment[:0], s, isUnreserved)
		if o.IgnoreTracking {
			segment = withoutSessions(segment)
		}
		switch string(segment) {
		case ".":
			segment = segment[:0]
		case "..":
			if cut := bytes.LastIndexByte(b[start:], '/'); cut >= 0 {
				b = b[:start+cut]
			}
			segment = segment[:0]
		default:
			b = append(append(b, '/'), segment...)
			continue
		}
		if i == len(segments)-1 { // a dot segment at the end leaves the folder
			b = append(b, '/')
		}
	}
	for o.IgnoreSlash && len(b) > start && b[len(b)-1] == '/' {
		b = b[:len(b)-1]
	}
	if len(b) == start {
		b = append(b, '/')
	}
	return b
}

// withoutSessions takes session ids out of a segment's parameters: "page;jsessionid=12" becomes "page".
func withoutSessions(segment []byte) []byte {
	if !strings.Contains(string(segment), ";") {
		return segment
	}
	parts := strings.Split(string(segment), ";")
	parts = append(parts[:1], slices.DeleteFunc(parts[1:], func(p string) bool {
		name, _, ok := strings.Cut(p, "=")
		return ok && isTracking(strings.ToLower(name))
	})...)
	return append(segment[:0], strings.Join(parts, ";")...)
}

// appendQuery appends the parameters that count, "?" before them.
func (o URLOptions) appendQuery(b []byte, query string) []byte {
	type parameter struct{ name, whole string }
	var list []parameter
	for s := range strings.SplitSeq(query, "&") {
		whole := string(appendEscaped(nil, s, isUnreserved))
		name, _, _ := strings.Cut(whole, "=")
		if whole != "" && !(o.IgnoreTracking && isTracking(strings.ToLower(name))) {
			list = append(list, parameter{name, whole})
		}
	}
	named := !slices.ContainsFunc(list, func(p parameter) bool { return len(p.name) == len(p.whole) })
	if o.SortQuery && named { // what has no name may depend on its place, and those of one name keep their order, which may matter too
		slices.SortStableFunc(list, func(x, y parameter) int { return cmp.Compare(x.name, y.name) })
	}
	for i, p := range list {
		b = append(append(b, "?&"[min(i, 1)]), p.whole...)
	}
	return b
}

// isUnreserved reports whether a byte means the same escaped and not (RFC 3986, section 2.3).
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// appendEscaped appends a part of an address: escapes of what plain allows are undone, others get capital digits, and
// bytes that no address may hold, "%" that begins no escape among them, are escaped.
func appendEscaped(b []byte, s string, plain func(byte) bool) []byte {
	const digits = "0123456789ABCDEF"
	escape := func(c byte) { b = append(b, '%', digits[c>>4], digits[c&15]) }
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) < 16 && hexDigit(s[i+2]) < 16:
			c = hexDigit(s[i+1])<<4 | hexDigit(s[i+2])
			if i += 2; plain(c) {
				b = append(b, c)
			} else {
				escape(c)
			}
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"%<>[\\]^`{|}", c) >= 0:
			escape(c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// hexDigit is the value of a hexadecimal digit, 16 for another byte.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// isTracking reports whether a parameter, named in lower case, says how a visitor came or which visit this is, and not which
// page is shown. Names that sites also use for what they show (ref, source, cid, sid, id) are not among them.
func isTracking(name string) bool {
	switch name {
	case "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", // Google: advertisements, search, analytics
		"fbclid", "igshid", "igsh", // Facebook, Instagram
		"msclkid", "yclid", "ymclid", "twclid", "ttclid", "li_fat_id", "epik", "rdt_cid", // Microsoft, Yandex, X, TikTok, LinkedIn, Pinterest, Reddit
		"mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id", // newsletters
		"s_cid", "wickedid", "_openstat", "pk_campaign", "pk_kwd", "pk_source", "pk_medium", // other measurement of campaigns
		"jsessionid", "phpsessid", "cfid", "cftoken", "oscsid", "zenid": // sessions: Java, PHP, ColdFusion, two shops
		return true
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "mtm_") || strings.HasPrefix(name, "aspsessionid")
}
