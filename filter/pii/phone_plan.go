package pii

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// phonePlans answers by automata what libphonenumber answers by regular expressions, some hundred times as fast: whether a number is valid in the
// plan of its country. The patterns are the library's metadata. What its parser does beyond taking off a national prefix is left to it.
type phonePlans struct {
	plans   [1000]func() *phonePlan // by calling code, made when first needed; nil where there is no such code
	regions map[string]*phonenumbers.PhoneMetadata
}

// phonePlan is the plan of one calling code.
type phonePlan struct {
	regions []planRegion // in the library's order, the main region first
	prefix  *regexp.Regexp
	general []int32 // possible lengths of national numbers, ascending
	local   []int32 // possible lengths within an area
	simple  bool    // the prefix is taken off, and nothing put in its place
}

// planRegion is the plan of one region of a calling code.
type planRegion struct {
	leading *regexp.Regexp // tells the region; nil where only a valid number does
	kinds   *automaton     // pattern 0 is that of all numbers, the others are of fixed lines, mobiles and so on
	lengths []uint32       // per pattern, a bit for each possible length
}

// allPhonePlans are the plans of the library's metadata. They are constants that are costly to make, and shared by all finders.
var allPhonePlans = sync.OnceValues(newPhonePlans)

func newPhonePlans() (*phonePlans, error) {
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, err
	}
	p := &phonePlans{regions: map[string]*phonenumbers.PhoneMetadata{}}
	world := map[int32]*phonenumbers.PhoneMetadata{} // codes of no region, as of satellites
	for _, m := range collection.GetMetadata() {
		if m.GetId() == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			world[m.GetCountryCode()] = m
		} else {
			p.regions[m.GetId()] = m
		}
	}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		var list []*phonenumbers.PhoneMetadata
		for _, name := range phonenumbers.GetRegionCodesForCountryCode(code) {
			m := p.regions[name]
			if name == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
				m = world[int32(code)]
			}
			list = append(list, m)
		}
		p.plans[code] = sync.OnceValue(func() *phonePlan { return newPhonePlan(list) })
	}
	return p, nil
}

// newPhonePlan makes a plan; nil where the metadata holds a pattern that automata cannot match.
func newPhonePlan(regions []*phonenumbers.PhoneMetadata) *phonePlan {
	main := regions[0]
	p := &phonePlan{
		general: main.GetGeneralDesc().GetPossibleLength(), local: main.GetGeneralDesc().GetPossibleLengthLocalOnly(),
		simple: main.GetNationalPrefixTransformRule() == "",
	}
	var ok bool
	if p.prefix, ok = startPattern(main.GetNationalPrefixForParsing()); !ok || len(p.general) == 0 {
		return nil
	}
	for _, m := range regions {
		var r planRegion
		if r.leading, ok = startPattern(m.GetLeadingDigits()); !ok {
			return nil
		}
		kinds := []*phonenumbers.PhoneNumberDesc{m.GetGeneralDesc(), m.GetPremiumRate(), m.GetTollFree(), m.GetSharedCost(), m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(), m.GetFixedLine()}
		if !m.GetSameMobileAndFixedLinePattern() {
			kinds = append(kinds, m.GetMobile())
		}
		patterns := make([]string, len(kinds))
		for i, kind := range kinds {
			patterns[i] = kind.GetNationalNumberPattern()
			r.lengths = append(r.lengths, lengthBits(kind.GetPossibleLength()))
		}
		var err error
		if r.kinds, err = newAutomaton(patterns); err != nil {
			return nil
		}
		p.regions = append(p.regions, r)
	}
	return p
}

// startPattern compiles a pattern for the start of a number; nil for none.
func startPattern(pattern string) (*regexp.Regexp, bool) {
	if pattern == "" {
		return nil, true
	}
	re, err := regexp.Compile("^(?:" + pattern + ")")
	return re, err == nil
}

// lengthBits has a bit for each length, all where the metadata names none.
func lengthBits(lengths []int32) (bits uint32) {
	if len(lengths) == 0 {
		return ^uint32(0)
	}
	for _, n := range lengths {
		if n >= 0 && n < 32 {
			bits |= 1 << n
		}
	}
	return bits
}

// known reports whether the region has numbers like this.
func (r *planRegion) known(national string) bool {
	matches := r.kinds.match(national)
	if matches&1 == 0 || r.lengths[0]>>len(national)&1 == 0 {
		return false
	}
	for i := 1; i < len(r.lengths); i++ {
		if matches>>i&1 == 1 && r.lengths[i]>>len(national)&1 == 1 {
			return true
		}
	}
	return false
}

// valid is the library's IsValidNumber for a national number, of at most 17 digits.
func (p *phonePlan) valid(national string) bool {
	for i := range p.regions {
		r := &p.regions[i]
		if r.leading != nil && len(p.regions) > 1 {
			if r.leading.MatchString(national) {
				return r.known(national)
			}
		} else if r.known(national) {
			return true
		}
	}
	return false
}

// national takes off a national prefix as the library's parser does; ok is false where that does more than take off.
func (p *phonePlan) national(digits string) (rest string, ok bool) {
	if p.prefix == nil {
		return digits, true
	}
	at := p.prefix.FindStringIndex(digits)
	if at == nil {
		return digits, true
	}
	if !p.simple {
		return "", false
	}
	rest = digits[at[1]:]
	main := p.regions[0].kinds
	if main.match(digits)&1 == 1 && main.match(rest)&1 == 0 || !p.possible(len(rest)) {
		return digits, true
	}
	return rest, true
}

// possible reports whether a prefix before so many digits is taken off: the digits are neither too few, nor a number within an area, nor of a length between the possible ones.
func (p *phonePlan) possible(n int) bool {
	for _, length := range p.local {
		if int(length) == n {
			return false
		}
	}
	for _, length := range p.general {
		if int(length) == n {
			return true
		}
	}
	return n > int(p.general[len(p.general)-1])
}

// international reports whether digits that begin with a calling code are a valid number.
func (p *phonePlans) international(digits string) bool {
	code := 0
	for i := range min(3, len(digits)) {
		code = 10*code + int(digits[i]-'0')
		if code == 0 {
			return false
		}
		if p.plans[code] == nil {
			continue
		}
		if plan := p.plans[code](); plan != nil {
			if national, ok := plan.national(digits[i+1:]); ok {
				return len(national) <= maxPhoneDigits && plan.valid(national)
			}
		}
		return libraryValid("+"+digits, "ZZ")
	}
	return false
}

// libraryValid asks the library itself, which takes some 10 µs.
func libraryValid(digits, region string) bool {
	number, err := phonenumbers.Parse(digits, region)
	return err == nil && phonenumbers.IsValidNumber(number)
}

// regionPlan is what it takes to read numbers as they are dialled within a region.
type regionPlan struct {
	plan *phonePlan
	idd  *regexp.Regexp // what is dialled before a calling code
	code string
}

func (p *phonePlans) region(name string) (r regionPlan) {
	m := p.regions[name]
	code := int(m.GetCountryCode())
	if p.plans[code] == nil || phonenumbers.GetRegionCodeForCountryCode(code) != name {
		return r // the prefix of another region's plan would be taken off
	}
	idd, ok := startPattern(m.GetInternationalPrefix())
	if !ok {
		return r
	}
	return regionPlan{p.plans[code](), idd, fmt.Sprint(code)}
}

// valid reports whether the digits are a number of the region; known is false where that is left to the library, as they begin with a prefix of calls abroad or with the region's own calling code.
func (r regionPlan) valid(digits string) (valid, known bool) {
	if r.plan == nil || strings.HasPrefix(digits, r.code) || r.idd != nil && r.idd.MatchString(digits) {
		return false, false
	}
	national, ok := r.plan.national(digits)
	return ok && len(national) <= maxPhoneDigits && r.plan.valid(national), ok
}
