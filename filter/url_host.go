package filter

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// urlParts are the parts of an address that rules look at.
type urlParts struct {
	scheme string // in lower case; "" where there is none
	host   string // in lower case and ASCII form, without user, brackets and final dot; "" where there is none
	port   string // as written
	rest   string // path, query and fragment
}

// splitURL takes any string apart: crawls hold URLs that a strict parser refuses.
func splitURL(address string) urlParts {
	rest := strings.Trim(address, " \t\r\n<>")
	if i := strings.IndexByte(rest, ':'); i > 0 && isScheme(rest[:i]) {
		name := strings.ToLower(rest[:i])
		switch {
		case name == "http" || name == "https":
			// A browser takes any number of slashes here, of either kind (WHATWG URL, section 4.4).
			return splitAuthority(name, strings.TrimLeft(rest[i+1:], `/\`))
		case strings.HasPrefix(rest[i:], "://"):
			return splitAuthority(name, rest[i+3:])
		}
		if port := rest[i+1:]; port == "" || port[0] < '0' || port[0] > '9' {
			return urlParts{scheme: name, rest: port} // dns:example.org, mailto:…: no host part
		}
	}
	return splitAuthority("", strings.TrimPrefix(rest, "//"))
}

// splitAuthority takes apart what follows a scheme and its slashes.
func splitAuthority(scheme, s string) urlParts {
	p := urlParts{scheme: scheme}
	if i := strings.IndexAny(s, `/?#\`); i >= 0 {
		s, p.rest = s[:i], s[i:]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(s, "[") {
		p.host, s, _ = strings.Cut(s[1:], "]")
		p.host, p.port = strings.ToLower(p.host), strings.TrimPrefix(s, ":")
		return p
	}
	s, p.port, _ = strings.Cut(s, ":")
	if domain, err := normalDomain(s); err == nil {
		p.host = domain
	} else {
		p.host = strings.ToLower(s)
	}
	return p
}

// isScheme follows RFC 3986, section 3.1. A dot, allowed there, is taken as the sign of a host with a port.
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&classAlpha == 0 && (i == 0 || class[s[i]]&classDigit == 0 && s[i] != '+' && s[i] != '-') {
			return false
		}
	}
	return s != ""
}

// normalDomain is a domain name in lower case and ASCII form, without leading "*." or "." and final dot.
func normalDomain(s string) (string, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "*"), ".")
	name = strings.TrimSuffix(name, ".")
	if name == "" || strings.ContainsAny(name, "/:@ \t") {
		return "", fmt.Errorf("%q is not a domain name", s)
	}
	for i := 0; i < len(name); i++ {
		if name[i] >= 0x80 {
			if len(name) > maxHost {
				return "", fmt.Errorf("a name of %d bytes is not a domain name", len(name)) // Punycode takes quadratic time
			}
			ascii, err := idna.Punycode.ToASCII(strings.ToLower(name))
			if err != nil {
				return "", fmt.Errorf("%q is not a domain name: %w", s, err)
			}
			return ascii, nil
		}
	}
	return strings.ToLower(name), nil
}

// maxHost is more bytes than the longest name that DNS knows has in any form.
const maxHost = 1024

// isIPHost reports a host that is an IP address.
func isIPHost(host string) bool {
	if host == "" || host[0] > '9' && strings.IndexByte(host, ':') < 0 {
		return false // spares the parser's error for what is clearly a name
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// registeredDomain is the part of a host that was registered: its public suffix and one label more. Suffixes are those of the ICANN section of the
// Public Suffix List alone, so that blogspot.com is a registered domain. It is "" for a suffix, and for an address.
func registeredDomain(host string) string {
	if isIPHost(host) || len(host) > maxHost {
		return ""
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	for !icann {
		_, parent, ok := strings.Cut(suffix, ".")
		if !ok {
			break
		}
		suffix, icann = publicsuffix.PublicSuffix(parent)
	}
	before := strings.TrimSuffix(host, suffix)
	if before == host || before == "" {
		return ""
	}
	before = before[:len(before)-1]
	return before[strings.LastIndexByte(before, '.')+1:] + "." + suffix
}
