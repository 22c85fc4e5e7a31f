package pii

import "strings"

// maxCredentials bounds the user and password in a URL.
const maxCredentials = 256

// credentialsEnd is the end of the login (user:password, RFC 3986, section 3.2.1) in the URL whose "://" is at i, -1 where there is none
// or where the password is one of the words that stand for a password in documentation.
func credentialsEnd(text string, i int) int {
	if !strings.HasPrefix(text[i:], "://") || !classAt(text, i-1, isAlnum) {
		return -1
	}
	start := i + len("://")
	end, colon := start, -1
	for end < len(text) && end-start <= maxCredentials && isUserinfo(text[end]) {
		if text[end] == ':' && colon < 0 {
			colon = end
		}
		end++
	}
	if colon < 0 || colon+1 == end || end-start > maxCredentials || !byteAt(text, end, '@') || !classAt(text, end+1, isAlnum) && !byteAt(text, end+1, '[') {
		return -1
	}
	if placeholder(text[colon+1 : end]) {
		return -1
	}
	return end
}

func isUserinfo(b byte) bool {
	return class[b]&isAlnum != 0 || strings.IndexByte("-._~%!$&'()*+,;=:", b) >= 0
}

// placeholder reports whether a password is none: "password", "pass123", "xxx", "$PASS", "your-secret".
func placeholder(password string) bool {
	s := strings.ToLower(password)
	if strings.Trim(s, s[:1]) == "" || s[0] == '$' || s[0] == '%' {
		return true
	}
	for _, word := range []string{"pass", "pw", "secret", "your", "token", "example", "my"} {
		if strings.HasPrefix(s, word) {
			return true
		}
	}
	return false
}
