package filter

import (
	"fmt"
	"net/netip"
	"net/url"
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
	if strings.ContainsAny(rest, "\t\r\n") {
		rest = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(rest) // as browsers do (WHATWG URL, section 4.4)
	}
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
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
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
	foreign := false
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 0x80 {
			foreign = true
		} else if !isDomainByte(c) {
			return "", fmt.Errorf("%q is not a domain name", clipValue(s))
		}
	}
	if foreign {
		if len(name) > maxHost {
			return "", fmt.Errorf("a name of %d bytes is not a domain name", len(name)) // Punycode takes quadratic time
		}
		// Browsers map letters first: to lower case, composed, of usual width (UTS 46).
		ascii, err := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(name)
		if err != nil {
			return "", fmt.Errorf("%q is not a domain name: %w", clipValue(s), err)
		}
		name = strings.TrimSuffix(ascii, ".")
	}
	if name == "" {
		return "", fmt.Errorf("%q is not a domain name", s)
	}
	return strings.ToLower(name), nil
}

// isDomainByte reports what stands in domain names in ASCII form. DNS allows more, but what else stands in a list is no domain.
func isDomainByte(c byte) bool { return class[c]&classAlnum != 0 || c == '.' || c == '-' || c == '_' }

// maxHost is more bytes than the longest name that DNS knows has in any form.
const maxHost = 1024

// isIPHost reports a host that is an IP address. To browsers any host is one that ends in a number (WHATWG URL, section 3.5): 127.1, 2130706433, 0x7f.0.0.1.
func isIPHost(host string) bool {
	if strings.IndexByte(host, ':') >= 0 {
		_, err := netip.ParseAddr(host)
		return err == nil
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// portNumber is the port where it is a number; what else stands there may be a password.
func (p *urlParts) portNumber() string {
	if strings.Trim(p.port, "0123456789") != "" {
		return ""
	}
	return clipValue(p.port)
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
