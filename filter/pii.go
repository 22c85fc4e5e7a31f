package filter

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"corpus"
	"corpus/filter/pii"
)

// What is done with one family of personal data.
const (
	// PIIMask replaces each find by the tag.
	PIIMask = "mask"
	// PIISurrogate replaces each find by a made-up value, the same for the same find.
	PIISurrogate = "surrogate"
	// PIIDrop rejects the document.
	PIIDrop = "drop"
	// PIICount only counts.
	PIICount = "count"
	// PIIOff does not look for the family.
	PIIOff = "off"
)

// PIIRule says what to do with one family of personal data.
type PIIRule struct {
	// Action is mask, surrogate (a made-up value, the same for the same find), drop (reject the document), count (leave the text) or off (do not look); default mask.
	Action string `yaml:"action" jsonschema_description:"What to do: mask (default), surrogate (replace by a made-up value, the same for the same find), drop (reject the document), count (leave the text) or off (do not look)." jsonschema:"enum=mask,enum=surrogate,enum=drop,enum=count,enum=off"`
	// Tag is what takes the place of a find under mask; {TYPE} in it is the type of the find.
	Tag string `yaml:"tag" jsonschema_description:"What takes the place of a find under mask; {TYPE} in it is the type in capitals. Default <{TYPE}>, such as <EMAIL> or <US_SSN>."`
}

// PIINationalIDRule is a PIIRule for identity numbers of chosen countries.
type PIINationalIDRule struct {
	PIIRule `yaml:",inline"`
	// Countries are those (ISO 3166-1 alpha-2) whose numbers are looked for; empty (the default) for all that are known.
	Countries []string `yaml:"countries" jsonschema_description:"Countries (ISO 3166-1 alpha-2) whose numbers are looked for; empty (the default) for all that are known."`
}

// PIIOptions say what is done with personal data of each family.
type PIIOptions struct {
	// Email addresses; default masked as <EMAIL>.
	Email PIIRule `yaml:"email" jsonschema_description:"Email addresses; default masked as <EMAIL>."`
	// IP addresses, version 4 and 6, that are routed publicly; default masked as <IP>.
	IP PIIRule `yaml:"ip" jsonschema_description:"Publicly routed IP addresses, version 4 and 6; default masked as <IP>."`
	// Phone numbers; default masked as <PHONE>.
	Phone PIIRule `yaml:"phone" jsonschema_description:"Phone numbers; default masked as <PHONE>."`
	// Card numbers of payment cards; default masked as <CARD>.
	Card PIIRule `yaml:"card" jsonschema_description:"Numbers of payment cards; default masked as <CARD>."`
	// IBAN are international bank account numbers; default masked as <IBAN>.
	IBAN PIIRule `yaml:"iban" jsonschema_description:"International bank account numbers; default masked as <IBAN>."`
	// NationalIDs are identity, tax and social security numbers; default masked as <US_SSN>, <FR_NIR>, …
	NationalIDs PIINationalIDRule `yaml:"national_ids" jsonschema_description:"Identity, tax and social security numbers; default masked as <US_SSN>, <FR_NIR> and so on."`
	// Crypto are addresses of Bitcoin, Ethereum, Litecoin, Dogecoin and Tron; default masked as <BITCOIN>, …
	Crypto PIIRule `yaml:"crypto" jsonschema_description:"Addresses of Bitcoin, Ethereum, Litecoin, Dogecoin and Tron; default masked as <BITCOIN> and so on."`
	// MAC are hardware addresses of network interfaces; default masked as <MAC>.
	MAC PIIRule `yaml:"mac" jsonschema_description:"Hardware addresses of network interfaces; default masked as <MAC>."`
	// Secrets are API keys, JSON Web Tokens and private keys; default masked as <API_KEY>, <JWT>, <PRIVATE_KEY>, <CRYPTO_KEY>.
	Secrets PIIRule `yaml:"secrets" jsonschema_description:"API keys, JSON Web Tokens and private keys; default masked as <API_KEY>, <JWT>, <PRIVATE_KEY>, <CRYPTO_KEY>. Under surrogate, tokens and private keys are masked."`
	// URLCredentials are the user and password in a URL; default masked as <URL_CREDENTIALS>.
	URLCredentials PIIRule `yaml:"url_credentials" jsonschema_description:"The user and password in a URL; default masked as <URL_CREDENTIALS>."`
	// PhoneRegions are the regions (ISO 3166-1 alpha-2) whose national formats are recognised; default US and GB. Numbers with a + are recognised for all.
	PhoneRegions []string `yaml:"phone_regions" jsonschema_description:"Regions (ISO 3166-1 alpha-2) whose national phone formats are recognised; default US and GB. Numbers with a + are recognised for all regions."`
	// PhoneCues are words beside which any number of 7 to 15 digits is taken for a phone number, in any letter case; default tel, phone, mobile, fax and others.
	PhoneCues []string `yaml:"phone_cues" jsonschema_description:"Words of letters beside which a number of 7 to 15 digits in groups is taken for a phone number, whatever its region; default tel, phone, mobile, fax, call, reach and others in seven languages."`
	// SurrogateKeyFile is a file with the secret key of surrogates, 16 to 1,024 bytes, a line end behind them aside. Without one the key is empty, and whoever guesses a value can test the guess.
	SurrogateKeyFile string `yaml:"surrogate_key_file" jsonschema_description:"A file with the secret key of surrogates, 16 to 1024 bytes. Without one (the default) the key is empty, and whoever guesses a value can test the guess. The key itself reaches no output."`
}

// DefaultPIIOptions returns the defaults: all families masked.
func DefaultPIIOptions() PIIOptions {
	mask := PIIRule{PIIMask, "<{TYPE}>"}
	find := pii.DefaultOptions()
	return PIIOptions{
		Email: mask, IP: mask, Phone: mask, Card: mask, IBAN: mask, NationalIDs: PIINationalIDRule{PIIRule: mask},
		Crypto: mask, MAC: mask, Secrets: mask, URLCredentials: mask,
		PhoneRegions: find.PhoneRegions, PhoneCues: find.PhoneCues,
	}
}

// rules returns the options by family.
func (o PIIOptions) rules() [pii.FamilyCount]PIIRule {
	return [...]PIIRule{
		pii.Emails: o.Email, pii.IPs: o.IP, pii.Phones: o.Phone, pii.Cards: o.Card, pii.IBANs: o.IBAN, pii.NationalIDs: o.NationalIDs.PIIRule,
		pii.Crypto: o.Crypto, pii.MACs: o.MAC, pii.Secrets: o.Secrets, pii.URLLogins: o.URLCredentials,
	}
}

// Validate reports the first bad option.
func (o PIIOptions) Validate() error {
	for family, rule := range o.rules() {
		key := pii.Family(family).String()
		switch rule.Action {
		case PIIMask, PIISurrogate, PIIDrop, PIICount, PIIOff:
		default:
			return corpus.BadOption(key+".action", "%q is not one of mask, surrogate, drop, count, off", rule.Action)
		}
		if len(rule.Tag) > 100 {
			return corpus.BadOption(key+".tag", "%d bytes are more than 100", len(rule.Tag))
		}
	}
	return cmp.Or(
		piiEach("national_ids.countries", o.NationalIDs.Countries, pii.CheckCountry),
		piiEach("phone_regions", o.PhoneRegions, pii.CheckRegion),
		piiEach("phone_cues", o.PhoneCues, pii.CheckCue))
}

// piiEach checks the entries of a list.
func piiEach(key string, list []string, check func(string) error) error {
	for _, entry := range list {
		if err := check(entry); err != nil {
			return &corpus.OptionError{Key: key, Err: err}
		}
	}
	return nil
}

// PII is the stage pii: it finds personal data and credentials, and masks or replaces them.
type PII struct {
	rules      [pii.FamilyCount]PIIRule
	finder     *pii.Finder
	surrogates *pii.Surrogates
	models     []corpus.Model
}

// NewPII makes the stage, or returns an OptionError. It reads the key of surrogates, if there is one.
func NewPII(options PIIOptions) (*PII, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &PII{rules: options.rules()}
	find := pii.Options{Countries: options.NationalIDs.Countries, PhoneRegions: options.PhoneRegions, PhoneCues: options.PhoneCues}
	for family, rule := range stage.rules {
		if rule.Action != PIIOff {
			find.Families = append(find.Families, pii.Family(family))
		}
	}
	var err error
	if stage.finder, err = pii.NewFinder(find); err != nil {
		return nil, err
	}
	key, err := piiKey(options.SurrogateKeyFile)
	if err != nil {
		return nil, &corpus.OptionError{Key: "surrogate_key_file", Err: err}
	}
	stage.surrogates = pii.NewSurrogates(key)
	if key != nil {
		// The digest tells builds with different keys apart. It is taken under the key, so that it says nothing about it.
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("surrogate_key"))
		stage.models = []corpus.Model{{Name: "surrogate_key", Origin: options.SurrogateKeyFile, Digest: "sha256:" + hex.EncodeToString(mac.Sum(nil))}}
	}
	return stage, nil
}

// The length of a key, in bytes.
const (
	minPIIKey = 16
	maxPIIKey = 1024
)

func piiKey(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	key, err := io.ReadAll(io.LimitReader(f, maxPIIKey+3))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	key = bytes.TrimRight(key, "\r\n")
	if len(key) < minPIIKey || len(key) > maxPIIKey {
		return nil, fmt.Errorf("%s: the key has not %d to %d bytes", path, minPIIKey, maxPIIKey)
	}
	return key, nil
}

// Name returns "pii".
func (*PII) Name() string { return "pii" }

// Models names the key of surrogates by its digest, so that a build does not go on under another key.
func (p *PII) Models() []corpus.Model { return p.models }

// Process counts the finds of each family in the signals pii_email, pii_national_ids and so on, set where there are any, and masks or replaces them, or
// rejects the document under the family's name. Every part that was replaced is an Edit with the find's type. No value that was found leaves the stage.
func (p *PII) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		finds := p.finder.Find(doc.Text)
		if len(finds) == 0 {
			continue
		}
		var counts [pii.FamilyCount]int
		replaced := false
		for _, f := range finds {
			family := f.Type.Family()
			counts[family]++
			replaced = replaced || p.replaces(family)
		}
		for family, n := range counts {
			if n == 0 {
				continue
			}
			name := pii.Family(family).String()
			doc.SetSignal("pii_"+name, float64(n))
			if p.rules[family].Action == PIIDrop {
				doc.Reject(p.Name(), name, n)
			}
		}
		if replaced && doc.Reason == nil {
			p.replace(doc, finds)
		}
	}
	return nil
}

func (p *PII) replaces(family pii.Family) bool {
	action := p.rules[family].Action
	return action == PIIMask || action == PIISurrogate
}

// replace writes the text anew with tags or surrogates in place of the finds, which are in order.
func (p *PII) replace(doc *corpus.Document, finds []pii.Find) {
	var b strings.Builder
	b.Grow(len(doc.Text) + 16)
	from := 0
	for _, f := range finds {
		if !p.replaces(f.Type.Family()) {
			continue
		}
		b.WriteString(doc.Text[from:f.Start])
		b.WriteString(p.stand(f.Type, doc.Text[f.Start:f.End]))
		from = f.End
		doc.Edits = append(doc.Edits, corpus.Edit{Stage: p.Name(), Type: f.Type.String(), Offset: int64(f.Start), Length: int64(f.End - f.Start)})
	}
	b.WriteString(doc.Text[from:])
	doc.Text = b.String()
}

// stand is what stands in for a find.
func (p *PII) stand(t pii.Type, value string) string {
	rule := p.rules[t.Family()]
	if rule.Action == PIISurrogate && pii.HasSurrogate(t) {
		return p.surrogates.Replace(t, value)
	}
	return strings.ReplaceAll(rule.Tag, "{TYPE}", strings.ToUpper(t.String()))
}
