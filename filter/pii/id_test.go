package pii

import (
	"strings"
	"testing"
)

// idExamples are numbers that authorities and encyclopedias print as examples, or made up to fit.
var idExamples = []struct {
	kind      Type
	value     string
	cue       string // a word that announces it
	bare      bool   // taken without the cue
	unchecked bool   // has no check character at its end
}{
	{USSSN, "219-09-9999", "SSN", true, true},
	{USSSN, "219099999", "Social Security no.", false, true},
	{USSSN, "219 09 9999", "ssn:", false, true},
	{USITIN, "912-72-1234", "ITIN", true, true},
	{CASIN, "130 692 544", "SIN", false, false},
	{CASIN, "130-692-544", "Social Insurance Number", false, false},
	{MXCURP, "BOXW310820HNERXN09", "CURP", true, false},
	{BRCPF, "529.982.247-25", "CPF", true, false},
	{BRCPF, "52998224725", "CPF nº", false, false},
	{BRCNPJ, "11.222.333/0001-81", "CNPJ", true, false},
	{GBNINO, "AB 12 34 56 C", "NI number", true, true},
	{GBNINO, "AB123456C", "National Insurance", true, true},
	{GBNHS, "943 476 5919", "NHS number", false, false},
	{GBNHS, "9434765919", "NHS", false, false},
	{IEPPS, "1234567T", "PPS number", false, false},
	{IEPPS, "6433435OA", "PPSN", false, true},
	{FRNIR, "2 55 08 14 168 025 38", "Insee", true, false},
	{FRNIR, "255081416802538", "Sécurité sociale n°", false, false},
	{DESteuerID, "86 095 742 719", "Steuer-ID", false, false},
	{DESteuerID, "86095742719", "Identifikationsnummer:", false, false},
	{ESDNI, "12345678Z", "DNI", true, false},
	{ESDNI, "12.345.678-Z", "DNI", true, false},
	{ESNIE, "X1234567L", "NIE", true, false},
	{ESNIE, "X-1234567-L", "NIE", true, false},
	{PTNIF, "123456789", "NIF", false, false},
	{ITCodiceFiscale, "RSSMRA85T10A562S", "C.F.", true, false},
	{NLBSN, "123456782", "BSN", false, false},
	{NLBSN, "1112.22.333", "burgerservicenummer", false, false},
	{BENRN, "85.07.30-033.28", "Rijksregisternummer", true, false},
	{CHAHV, "756.9217.0769.85", "AHV-Nr.", true, false},
	{CHAHV, "7569217076985", "AVS", false, false},
	{PLPESEL, "44051401359", "PESEL", false, false},
	{SEPersonnummer, "811228-9874", "personnummer", true, false},
	{SEPersonnummer, "198112289874", "Personnummer", false, false},
	{NOFodselsnummer, "13097248022", "Fødselsnummer", false, false},
	{DKCPR, "070761-4285", "CPR-nr.", false, true},
	{FIHETU, "131052-308T", "henkilötunnus", true, false},
	{TRKimlik, "10000000146", "T.C. Kimlik No", false, false},
	{INAadhaar, "2341 2341 2346", "Aadhaar", false, false},
	{INAadhaar, "234123412346", "आधार", false, false},
	{INPAN, "ABCPE1234F", "PAN", false, true},
	{CNResidentID, "11010519491231002X", "身份证", true, false},
	{KRRRN, "820701-2409181", "주민등록번호", true, true},
	{JPMyNumber, "1234 5678 9018", "マイナンバー", false, false},
	{SGNRIC, "S1234567D", "NRIC", false, false},
	{AUTFN, "123 456 782", "TFN", false, false},
	{ZAID, "8001015009087", "ID number", false, false},
}

// onlyIDs finds identity numbers alone.
func onlyIDs(t testing.TB) *Finder {
	t.Helper()
	f, err := NewFinder(Options{Families: []Family{NationalIDs}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// finds reports whether the finder finds just the value as the type.
func finds(f *Finder, text, value string, kind Type) bool {
	for _, x := range f.Find(text) {
		if x.Type == kind && text[x.Start:x.End] == value {
			return true
		}
	}
	return false
}

func TestNationalIDs(t *testing.T) {
	f := onlyIDs(t)
	covered := map[Type]bool{}
	for _, e := range idExamples {
		covered[e.kind] = true
		t.Run(e.kind.String()+" "+e.value, func(t *testing.T) {
			for _, text := range []string{e.cue + " " + e.value, e.cue + ": " + e.value + ".", e.cue + "\n" + e.value + "\n", "(" + e.value + ", " + e.cue + ")", "é " + e.cue + " „" + e.value + "“"} {
				if !finds(f, text, e.value, e.kind) {
					t.Errorf("not found in %q", text)
				}
			}
			for _, text := range []string{e.value, "The number " + e.value + " stands on it."} {
				if finds(f, text, e.value, e.kind) != e.bare {
					t.Errorf("without a cue in %q: found is %v, want %v", text, !e.bare, e.bare)
				}
			}
			if far := e.cue + strings.Repeat(" more", 20) + " " + e.value; finds(f, far, e.value, e.kind) != e.bare {
				t.Errorf("cue 100 bytes away: found is %v, want %v", !e.bare, e.bare)
			}
			cut, last := e.value[:len(e.value)-1], e.value[len(e.value)-1]
			for _, text := range []string{"x" + e.value, e.value + "x", "_" + e.value, e.value + "_", "1" + e.value, e.value + "1", "7-" + e.value, "0." + e.value, e.value + ".5",
				e.value + "-7", "/" + e.value, e.value + "@x", cut, e.value[1:]} {
				if finds(f, e.cue+" "+text, e.value, e.kind) || finds(f, e.cue+" "+text, text, e.kind) && text != e.value[1:] {
					t.Errorf("found in %q", e.cue+" "+text)
				}
			}
			if e.unchecked {
				return
			}
			for b := range byte(128) {
				if same := class[b] & class[last] & isAlnum; same != 0 && b != last && class[b]&isLower == 0 {
					if text := e.cue + " " + cut + string(rune(b)); finds(f, text, cut+string(rune(b)), e.kind) {
						t.Errorf("wrong check character: found in %q", text)
					}
				}
			}
		})
	}
	for _, rule := range idRules() {
		if !covered[rule.kind] {
			t.Errorf("no example of %s", rule.kind)
		}
	}
}

func TestNationalIDStructure(t *testing.T) {
	f := onlyIDs(t)
	for _, test := range []struct{ name, text string }{
		{"area 000", "SSN 000-12-3456"}, {"area 666", "SSN 666-12-3456"}, {"area 900", "SSN 900-12-3456"}, {"group 00", "SSN 123-00-3456"}, {"serial 0000", "SSN 123-45-0000"},
		{"ITIN group 49", "ITIN 912-49-1234"}, {"ITIN group 66", "ITIN 912-66-1234"}, {"ITIN group 89", "ITIN 912-89-1234"},
		{"NINO prefix", "National Insurance QQ123456C GB123456A DA123456A AO123456A AB123456E"},
		{"NIR month", "Insee 2 55 13 14 168 025 33"},
		{"Steuer-ID without a repeated digit", "Steuer-ID 12345678903"},
		{"one repeated digit", "CPF 111.111.111-11 00000000000, BSN 000000000, NHS 000 000 0000, TFN 000 000 000"},
		{"no such day", "PESEL 44023101356, personnummer 811332-9876, HETU 310252-308T"},
		{"no such day, check digits right", "fødselsnummer 98086221306 85040227240, codice fiscale TXNWZI77HTMUM42B, Rijksregisternummer 23.87.01-913.52"},
		{"no such state", "CURP XYON480616XRFBSWH6"},
		{"no such province", "身份证 859574207011183970"},
		{"no such citizenship", "ID number 9506039871949"},
		{"no such second letter", "PPS number 9561256KI"},
		{"PAN without a kind of holder", "PAN ABCXE1234F"},
		{"Aadhaar from 0 and 1", "Aadhaar 0341 2341 2346 1341 2341 2346"},
		{"years in a table", "uid 2018 2019 2020 2021 2022"},
		{"file of a year", "File 811228-2021"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, x := range f.Find(test.text) {
				t.Errorf("%s found in %q: %q", x.Type, test.text, test.text[x.Start:x.End])
			}
		})
	}
}

// TestOldPPS takes numbers from before 2013 with their second letter, of which the check knows nothing.
func TestOldPPS(t *testing.T) {
	f := onlyIDs(t)
	for _, value := range []string{"6433435FW", "6433435FT"} {
		if !finds(f, "PPSN "+value, value, IEPPS) {
			t.Errorf("%s is not found", value)
		}
	}
}

func TestCountries(t *testing.T) {
	f, err := NewFinder(Options{Families: []Family{NationalIDs}, Countries: []string{"US", "DE"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range idExamples {
		want := strings.HasPrefix(e.kind.String(), "us_") || strings.HasPrefix(e.kind.String(), "de_")
		if got := finds(f, e.cue+" "+e.value, e.value, e.kind); got != want {
			t.Errorf("%s: found is %v, want %v", e.kind, got, want)
		}
	}
	if _, err := NewFinder(Options{Countries: []string{"XX"}}); err == nil || !strings.Contains(err.Error(), "US") {
		t.Errorf("country XX: error %v, want one that lists the countries", err)
	}
	if _, err := NewFinder(Options{PhoneRegions: []string{"XX"}}); err == nil {
		t.Error("region XX: no error")
	}
}
