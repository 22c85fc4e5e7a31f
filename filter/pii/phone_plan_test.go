package pii

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestPlansAreTheLibrary compares the plans with libphonenumber itself on numbers of every calling code: its examples, and digits drawn after their first ones.
func TestPlansAreTheLibrary(t *testing.T) {
	plans, err := allPhonePlans()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	valid, total := 0, 0
	for code := 1; code < 1000; code++ {
		known := phonenumbers.GetSupportedCallingCodes()[code]
		if (plans.plans[code] != nil) != known {
			t.Fatalf("calling code %d: known is %v", code, !known)
		}
		if !known {
			continue
		}
		if plans.plans[code]() == nil {
			t.Errorf("calling code %d: the metadata's patterns are beyond the automaton", code)
		}
		for _, digits := range phoneSamples(rng, code) {
			want := libraryValid("+"+digits, "ZZ")
			if got := plans.international(digits); got != want {
				t.Errorf("+%s: %v, the library says %v", digits, got, want)
			}
			total++
			if want {
				valid++
			}
		}
	}
	if valid < total/10 || valid > total*9/10 {
		t.Errorf("%d of %d numbers are valid: the comparison says little", valid, total)
	}
	for _, digits := range []string{"", "0", "00", "999999999", "1", "44", "210"} {
		if plans.international(digits) {
			t.Errorf("+%s is valid", digits)
		}
	}
}

// phoneSamples are numbers of a calling code without the +: examples of its regions, whole, changed and with a prefix.
func phoneSamples(rng *rand.Rand, code int) (list []string) {
	head := strconv.Itoa(code)
	for _, region := range phonenumbers.GetRegionCodesForCountryCode(code) {
		for kind := range phonenumbers.UNKNOWN {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
				example = phonenumbers.GetExampleNumberForNonGeoEntity(code)
			}
			if example == nil {
				continue
			}
			digits := phonenumbers.GetNationalSignificantNumber(example)
			list = append(list, head+digits, head+"0"+digits, head+"1"+digits, head+digits[1:], head+digits+"0")
			for range 4 {
				b := []byte(digits)
				for i := rng.IntN(len(b)); i < len(b); i++ {
					b[i] = '0' + byte(rng.IntN(10))
				}
				list = append(list, head+string(b))
			}
		}
	}
	for range 5 {
		list = append(list, fmt.Sprintf("%d%0*d", code, 4+rng.IntN(10), rng.IntN(1_000_000_000)))
	}
	return list
}

// TestRegionPlansAreTheLibrary compares numbers as they are dialled within a region.
func TestRegionPlansAreTheLibrary(t *testing.T) {
	plans, err := allPhonePlans()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	var counts [2]int
	for _, region := range []string{"GB", "DE", "FR", "ES", "IT", "NL", "BR", "IN", "JP", "AU", "SE", "PL", "AR", "MX", "RU", "CN", "KR", "TR", "ZA", "CH", "GG", "KZ"} {
		plan := plans.region(region)
		code := phonenumbers.GetCountryCodeForRegion(region)
		for _, digits := range phoneSamples(rng, code) {
			national := digits[len(strconv.Itoa(code)):]
			for _, dialled := range []string{digits, national, "0" + national, "8" + national, "15" + national} {
				valid, known := plan.valid(dialled)
				if !known {
					continue
				}
				if want := libraryValid(dialled, region); valid != want {
					t.Errorf("%s: %s is %v, the library says %v", region, dialled, valid, want)
				}
				counts[map[bool]int{true: 1}[valid]]++
			}
		}
	}
	if counts[0] < 1000 || counts[1] < 1000 {
		t.Errorf("%d numbers are refused, %d taken: the comparison says little", counts[0], counts[1])
	}
}
