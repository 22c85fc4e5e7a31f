package pii

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"strings"
)

// keyRule is the form of one vendor's keys: a prefix that ends in '_' or '-', and what follows.
type keyRule struct {
	prefix   string
	body     uint8 // classes of the bytes of the body
	extra    string
	min, max int
	check    func(body string) bool // on top of looking random; may be nil
}

// keyRules are the forms that vendors document, or that secret scanners agree on.
func keyRules() []keyRule {
	const base64url = isAlnum | isWordSign
	hex := func(prefix string, n int) keyRule {
		return keyRule{prefix: prefix, body: isDigit | isHexLetter, min: n, max: n}
	}
	alnum := func(prefix string, low, high int) keyRule {
		return keyRule{prefix: prefix, body: isAlnum, min: low, max: high}
	}
	crc := func(prefix string) keyRule {
		return keyRule{prefix: prefix, body: isAlnum, min: 36, max: 36, check: crcBase62}
	}
	url := func(prefix string, low, high int) keyRule {
		return keyRule{prefix: prefix, body: base64url, min: low, max: high}
	}
	openAI := url("sk-", 40, 220)
	openAI.check = func(body string) bool { return strings.Contains(body, "T3BlbkFJ") } // "OpenAI" in base64, in the middle of each key
	pypi := url("pypi-", 60, 400)
	pypi.check = func(body string) bool { return strings.HasPrefix(body, "AgEIcHlwaS5vcmc") } // a macaroon for "pypi.org"
	return []keyRule{
		crc("ghp_"), crc("gho_"), crc("ghu_"), crc("ghs_"), crc("ghr_"), crc("npm_"), // GitHub, npm
		{prefix: "github_pat_", body: isAlnum, extra: "_", min: 82, max: 82},
		url("glpat-", 20, 64),                                                                                             // GitLab
		url("xoxb-", 24, 120), url("xoxp-", 24, 120), url("xoxa-", 24, 120), url("xoxr-", 24, 120), url("xoxs-", 24, 120), // Slack
		alnum("sk_live_", 24, 120), alnum("rk_live_", 24, 120), alnum("sk_test_", 24, 120), alnum("rk_test_", 24, 120), // Stripe
		alnum("whsec_", 32, 64),
		alnum("hf_", 34, 40),                                       // Hugging Face
		hex("dop_v1_", 64), hex("doo_v1_", 64), hex("dor_v1_", 64), // DigitalOcean
		hex("shpat_", 32), hex("shpss_", 32), hex("shppa_", 32), hex("shpca_", 32), // Shopify
		hex("sbp_", 40),           // Supabase
		url("GOCSPX-", 28, 28),    // Google OAuth
		url("sk-ant-", 80, 130),   // Anthropic
		alnum("gsk_", 52, 52),     // Groq
		alnum("pplx-", 48, 56),    // Perplexity
		alnum("lin_api_", 40, 40), // Linear
		{prefix: "glsa_", body: isAlnum, extra: "_", min: 41, max: 41}, // Grafana
		url("sq0csp-", 43, 43), url("sq0atp-", 22, 22), // Square
		alnum("NRAK-", 27, 27),           // New Relic
		url("PMAK-", 59, 59),             // Postman
		alnum("AGE-SECRET-KEY-", 59, 59), // age
		openAI, pypi,
	}
}

// keyIndex has the rules by the byte before the sign that ends their prefix.
type keyIndex [128][]keyRule

func newKeyIndex() (index keyIndex) {
	for _, rule := range keyRules() {
		b := rule.prefix[len(rule.prefix)-2]
		index[b] = append(index[b], rule)
	}
	return index
}

// at tests the sign at i: the end of a prefix, or the hyphen of a Mailchimp key.
func (index *keyIndex) at(text string, i int) (Find, bool) {
	if i == 0 || text[i-1] >= 0x80 {
		return Find{}, false
	}
	for r := range index[text[i-1]] {
		rule := &index[text[i-1]][r]
		start := i + 1 - len(rule.prefix)
		if start < 0 || text[start:i+1] != rule.prefix || wordBefore(text, start) || byteAt(text, start-1, '-') {
			continue
		}
		if end := rule.end(text, i+1); end > 0 {
			return Find{APIKey, start, end}, true
		}
	}
	if strings.HasPrefix(text[i:], "-us") && isHex(text[i-1]) {
		return mailchimp(text, i)
	}
	return Find{}, false
}

// end is the end of the key whose body starts at i, -1 for none.
func (rule *keyRule) end(text string, i int) int {
	end := i
	for end < len(text) && end-i < rule.max && (class[text[end]]&rule.body != 0 || strings.IndexByte(rule.extra, text[end]) >= 0) {
		end++
	}
	for rule.body&isWordSign != 0 && end > i && text[end-1] == '-' && end-i > rule.min {
		end-- // a dash behind the key
	}
	body := text[i:end]
	if len(body) < rule.min || wordAfter(text, end) || !looksRandom(body) || rule.check != nil && !rule.check(body) {
		return -1
	}
	return end
}

// looksRandom tells keys from the placeholders of documentation: at least ten different characters, no character five times in a row, no "example".
func looksRandom(body string) bool {
	var seen [256]bool
	distinct, run := 0, 0
	for i := range len(body) {
		if b := body[i]; !seen[b] {
			seen[b] = true
			distinct++
		}
		if run++; i == 0 || body[i] != body[i-1] {
			run = 1
		}
		if run == 5 {
			return false
		}
	}
	lower := strings.ToLower(body)
	return distinct >= 10 && !strings.Contains(lower, "example") && !strings.Contains(lower, "abcdef") && !strings.Contains(lower, "123456789") && !strings.Contains(lower, "placeholder")
}

// crcBase62 checks the last six characters: the CRC-32 of those before them in base 62 (GitHub, "Behind GitHub's new authentication token formats", 2021).
func crcBase62(body string) bool {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE([]byte(body[:len(body)-6]))
	for i := len(body) - 1; i >= len(body)-6; i-- {
		if body[i] != digits[sum%62] {
			return false
		}
		sum /= 62
	}
	return true
}

// letterPrefixes are the heads of keys without a sign in them.
var letterPrefixes = [...]string{"AKIA", "ASIA", "AIza", "SG."}

// letterKey tests the letter at i: the rarest in the head of a key without a sign in its prefix.
func letterKey(text string, i int) (Find, bool) {
	switch text[i] {
	case 'J':
		if i >= 2 && text[i-2:i] == "ey" {
			if end := jwtEnd(text, i-2); end > 0 {
				return Find{JWT, i - 2, end}, true
			}
		}
	case 'K':
		if i > 0 && strings.HasPrefix(text[i-1:], "AKIA") { // AWS: 16 characters of base32
			return fixedKey(text, i-1, 4, 16, isUpper|isDigit)
		}
	case 'z':
		if i >= 2 && strings.HasPrefix(text[i-2:], "AIza") { // Google
			return fixedKey(text, i-2, 4, 35, isAlnum|isWordSign)
		}
	case 'S':
		if i > 0 && strings.HasPrefix(text[i-1:], "ASIA") { // AWS, temporary
			return fixedKey(text, i-1, 4, 16, isUpper|isDigit)
		}
		const head, middle = len("SG."), 22 // SendGrid: 22 and 43 characters
		if strings.HasPrefix(text[i:], "SG.") && byteAt(text, i+head+middle, '.') && runEnd(text, i+head, isAlnum|isWordSign, middle) == i+head+middle {
			return fixedKey(text, i, head+middle+1, 43, isAlnum|isWordSign)
		}
	}
	return Find{}, false
}

// fixedKey is a key of a fixed length at start: a head and a body of bytes of some classes.
func fixedKey(text string, start, head, length int, body uint8) (Find, bool) {
	if classAt(text, start-1, isAlnum|isWordSign) {
		return Find{}, false
	}
	rule := keyRule{body: body, min: length, max: length}
	end := rule.end(text, start+head)
	return Find{APIKey, start, end}, end > 0
}

// mailchimp is a key of 32 hexadecimal digits and the data centre ("-us12") whose hyphen is at i.
func mailchimp(text string, i int) (Find, bool) {
	start, end := i-32, runEnd(text, i+3, isDigit, 3)
	if start < 0 || wordBefore(text, start) || end == i+3 || end > i+5 || wordAfter(text, end) {
		return Find{}, false
	}
	for at := start; at < i; at++ {
		if !isHex(text[at]) {
			return Find{}, false
		}
	}
	return Find{APIKey, start, end}, looksRandom(text[start:i])
}

// botToken is a Telegram bot's token around the colon at i: 8 to 10 digits before, 35 characters from "AA" on behind.
func botToken(text string, i int) (start, end int) {
	start = i
	for start > 0 && i-start < 11 && digitAt(text, start-1) {
		start--
	}
	if i-start < 8 || i-start > 10 || wordBefore(text, start) || !strings.HasPrefix(text[i+1:], "AA") {
		return 0, -1
	}
	rule := keyRule{body: isAlnum | isWordSign, min: 35, max: 35}
	return start, rule.end(text, i+1)
}

// maxJWTHeader bounds the header that is decoded.
const maxJWTHeader = 2048

// jwtEnd is the end of the JSON Web Token (RFC 7519) that starts at i, -1 for none: three parts of base64url, the first of which is a JSON object that names an algorithm.
func jwtEnd(text string, i int) int {
	if classAt(text, i-1, isAlnum|isWordSign) {
		return -1
	}
	const base64url = isAlnum | isWordSign
	header := runEnd(text, i, base64url, maxJWTHeader)
	if !byteAt(text, header, '.') || !strings.HasPrefix(text[header+1:], "ey") {
		return -1
	}
	raw, err := base64.RawURLEncoding.DecodeString(text[i:header])
	if err != nil {
		return -1
	}
	var head struct {
		Algorithm string `json:"alg"`
	}
	if json.Unmarshal(raw, &head) != nil || head.Algorithm == "" {
		return -1
	}
	payload := runEnd(text, header+1, base64url, len(text))
	if !byteAt(text, payload, '.') {
		return -1
	}
	end := runEnd(text, payload+1, base64url, len(text))
	if end == payload+1 {
		return -1
	}
	return end
}
