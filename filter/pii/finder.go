package pii

// Find is one find: its type and the bytes [Start, End) of the text.
type Find struct {
	Type       Type
	Start, End int
}

// Finder finds personal data; see the package.
type Finder struct {
	on     [FamilyCount]bool
	anchor [256]uint8
	ids    idIndex
	keys   keyIndex
	phone  phoneFinder
}

// What begins at a byte.
const (
	anchorDigit = 1 + iota
	anchorAt
	anchorColon
	anchorSign   // '_' and '-', which end the prefix of a key or stand in a MAC address
	anchorLetter // the rarest letter in "AKIA", "ASIA", "AIza", "eyJ" and "SG."
)

// NewFinder makes a finder, or says which region, country or cue is bad.
func NewFinder(options Options) (*Finder, error) {
	f := &Finder{keys: newKeyIndex()}
	for _, family := range options.Families {
		f.on[family] = true
	}
	for _, country := range options.Countries {
		if err := CheckCountry(country); err != nil {
			return nil, err
		}
	}
	for _, region := range options.PhoneRegions {
		if err := CheckRegion(region); err != nil {
			return nil, err
		}
	}
	for _, cue := range options.PhoneCues {
		if err := CheckCue(cue); err != nil {
			return nil, err
		}
	}
	if f.on[NationalIDs] {
		f.ids = newIDIndex(options.Countries)
	}
	var err error
	if f.phone, err = newPhoneFinder(options.PhoneRegions, options.PhoneCues); err != nil {
		return nil, err
	}
	f.setAnchors()
	return f, nil
}

func (f *Finder) setAnchors() {
	set := func(bytes string, kind uint8, families ...Family) {
		for _, family := range families {
			for i := 0; f.on[family] && i < len(bytes); i++ {
				f.anchor[bytes[i]] = kind
			}
		}
	}
	set("0123456789", anchorDigit, IPs, Phones, Cards, IBANs, NationalIDs, Crypto, MACs, Secrets)
	set("@", anchorAt, Emails)
	set(":", anchorColon, IPs, MACs, URLLogins, Secrets)
	set("-", anchorSign, MACs, Secrets)
	set("_", anchorSign, Secrets)
	set("KzJS", anchorLetter, Secrets)
}

// Find returns the finds in order, without overlaps.
func (f *Finder) Find(text string) []Find {
	s := scan{f: f, text: text}
	for i := 0; i < len(text); {
		switch f.anchor[text[i]] {
		case 0:
			i++
			for i+8 <= len(text) && f.quiet(text[i:i+8]) {
				i += 8
			}
		case anchorDigit:
			s.pending[s.waiting] = i
			s.waiting++
			for i++; i < len(text) && class[text[i]]&isDigit != 0; i++ {
			}
			if s.waiting == maxPending {
				s.numbers(i - lag)
			}
		default:
			i = s.strong(i)
		}
	}
	s.numbers(len(text))
	return append(s.finds, s.ahead...)
}

// quiet reports whether none of eight bytes is an anchor.
func (f *Finder) quiet(b string) bool {
	a := &f.anchor
	return a[b[0]]|a[b[1]]|a[b[2]]|a[b[3]]|a[b[4]]|a[b[5]]|a[b[6]]|a[b[7]] == 0
}

const (
	// maxPending starts of runs of digits are kept before those are tested that lie at least lag bytes behind.
	maxPending = 160
	// lag is further than any find by digits reaches, together with what a find by another anchor may reach back.
	lag = 256
)

// scan is the state of a walk over one text. Finds by anchors of their own are made at once; starts of runs of digits wait until everything that could
// overlap with a number there is known, as a number gives way to what is not a number: the digits of "555-2368@example.org" are no phone number.
type scan struct {
	f       *Finder
	text    string
	finds   []Find          // done
	ahead   []Find          // by other anchors, behind the digits that wait
	pending [maxPending]int // starts of runs of digits
	waiting int             // how many of them
	strongs int             // the end of the last find in ahead
	done    int             // the end of the last find in finds
	token   int             // tokens that begin before were looked at
}

// strong tests the anchor at i and returns where to go on.
func (s *scan) strong(i int) int {
	find, ok := s.strongAt(i)
	if !ok {
		return i + 1
	}
	for n := len(s.ahead); n > 0 && s.ahead[n-1].End > find.Start; n-- {
		if s.ahead[n-1].Type <= find.Type {
			return i + 1
		}
		s.ahead = s.ahead[:n-1]
	}
	s.ahead = append(s.ahead, find)
	s.strongs = find.End
	if find.Type == Email {
		return i + 1 // the domain of an address may hold the anchor of something that is more than an address
	}
	return max(i+1, find.End)
}

func (s *scan) strongAt(i int) (Find, bool) {
	f, text := s.f, s.text
	switch f.anchor[text[i]] {
	case anchorAt:
		if start := emailStart(text, s.strongs, i); start >= 0 {
			if end := domainEnd(text, i+1); end > 0 {
				return Find{Email, start, end}, true
			}
		}
	case anchorColon:
		return f.colon(text, i)
	case anchorSign:
		if f.on[MACs] && text[i] == '-' {
			if end := macEnd(text, i-2); end > 0 {
				return Find{MAC, i - 2, end}, true
			}
		}
		if f.on[Secrets] {
			if text[i] == '-' && byteAt(text, i+1, '-') {
				if end := privateKeyEnd(text, i); end > 0 {
					return Find{PrivateKey, i, end}, true
				}
			}
			return f.keys.at(text, i)
		}
	case anchorLetter:
		return letterKey(text, i)
	}
	return Find{}, false
}

// colon tests what a colon may stand in: a URL with a login, a MAC address, an IPv6 address, a bot token.
func (f *Finder) colon(text string, i int) (Find, bool) {
	if byteAt(text, i+1, '/') {
		if f.on[URLLogins] {
			if end := credentialsEnd(text, i); end > 0 {
				return Find{URLCredentials, i + len("://"), end}, true
			}
		}
		return Find{}, false
	}
	if i == 0 || i+1 == len(text) || class[text[i-1]]&(isDigit|isHexLetter) == 0 {
		return Find{}, false
	}
	if f.on[MACs] {
		if end := macEnd(text, i-2); end > 0 {
			return Find{MAC, i - 2, end}, true
		}
	}
	if f.on[IPs] {
		if start := ipv6Start(text, i); start >= 0 {
			if end := ipv6End(text, start); end > 0 {
				return Find{IPv6, start, end}, true
			}
		}
	}
	if f.on[Secrets] && byteAt(text, i+1, 'A') {
		if start, end := botToken(text, i); end > 0 {
			return Find{APIKey, start, end}, true
		}
	}
	return Find{}, false
}

// numbers tests the waiting starts before limit.
func (s *scan) numbers(limit int) {
	taken := 0
	for _, i := range s.pending[:s.waiting] {
		if i >= limit {
			break
		}
		taken++
		passed := 0
		for passed < len(s.ahead) && s.ahead[passed].End <= i {
			s.done = max(s.done, s.ahead[passed].End)
			passed++
		}
		if passed > 0 {
			s.finds = append(s.finds, s.ahead[:passed]...)
			s.ahead = s.ahead[:copy(s.ahead, s.ahead[passed:])]
		}
		before := len(s.text)
		if len(s.ahead) > 0 {
			before = s.ahead[0].Start
		}
		if i < s.done || i >= before {
			continue
		}
		if find, ok := s.number(i, before); ok {
			s.finds = append(s.finds, find)
			s.done = find.End
		}
	}
	s.waiting = copy(s.pending[:], s.pending[taken:s.waiting])
}

// number tries all types of number at the run of digits that starts at i, in order of precedence. A find begins at s.done
// or later, and ends at before or earlier.
func (s *scan) number(i, before int) (Find, bool) {
	f, text := s.f, s.text
	if f.on[IBANs] && i-2 >= s.done {
		if end := ibanEnd(text, i-2); end > 0 && end <= before {
			return Find{IBAN, i - 2, end}, true
		}
	}
	if f.on[Cards] {
		if end := cardEnd(text, i); end > 0 && end <= before {
			return Find{Card, i, end}, true
		}
	}
	if f.on[Crypto] || f.on[Secrets] {
		if find, ok := s.coin(i); ok && find.Start >= s.done && find.End <= before {
			return find, true
		}
	}
	if f.on[MACs] {
		if start, end := dottedMAC(text, i); end > 0 && start >= s.done && end <= before {
			return Find{MAC, start, end}, true
		}
	}
	if f.on[IPs] {
		if end := ipv4End(text, i); end > 0 && end <= before {
			return Find{IPv4, i, end}, true
		}
	}
	if f.on[NationalIDs] {
		if find, ok := f.ids.at(text, i); ok && find.Start >= s.done && find.End <= before {
			return find, true
		}
	}
	if f.on[Phones] {
		if start, end := f.phone.match(text, s.done, i); end > 0 && end <= before {
			return Find{Phone, start, end}, true
		}
	}
	return Find{}, false
}
