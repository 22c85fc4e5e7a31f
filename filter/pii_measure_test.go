package filter

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// TestPIIOnPresidio measures the finder on the synthetic sentences of presidio-research: a find is right if it covers
// exactly the labelled span. The floors lie a little below what was measured when they were set. IP addresses are
// missed by design: the data hold random version 6 addresses that are not public.
func TestPIIOnPresidio(t *testing.T) {
	stage, err := NewPII(DefaultPIIOptions())
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]piiType{"EMAIL_ADDRESS": piiEmail, "IBAN_CODE": piiIBAN, "CREDIT_CARD": piiCard, "IP_ADDRESS": piiIP, "PHONE_NUMBER": piiPhone}
	type tally struct{ right, found, wanted int }
	var cuts [2][piiTypes]tally
	for _, line := range sharedLines(t, "pii/presidio_generated_large.jsonl.xz") {
		var row struct {
			Text  string
			Spans []struct {
				Type       string
				Start, End int
			}
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		cut := &cuts[0]
		if isTestCut(row.Text) {
			cut = &cuts[1]
		}
		want := map[piiFind]bool{}
		for _, span := range row.Spans {
			if kind, ok := labels[span.Type]; ok {
				want[piiFind{kind, span.Start, span.End}] = true
				cut[kind].wanted++
			}
		}
		for _, f := range stage.finder.find(row.Text) {
			start := utf8.RuneCountInString(row.Text[:f.start])
			cut[f.kind].found++
			key := piiFind{f.kind, start, start + utf8.RuneCountInString(row.Text[f.start:f.end])}
			if want[key] {
				cut[f.kind].right++
			}
		}
	}
	floors := [piiTypes]float64{piiEmail: 0.97, piiIBAN: 0.97, piiCard: 0.97, piiIP: 0.75, piiPhone: 0.80}
	for i, name := range []string{"dev", "test"} {
		for kind, c := range cuts[i] {
			f1 := 2 * ratio(c.right, c.found+c.wanted)
			t.Logf("%-4s %-5s right %3d found %3d wanted %3d  P %.3f R %.3f F1 %.3f",
				name, piiType(kind), c.right, c.found, c.wanted, ratio(c.right, c.found), ratio(c.right, c.wanted), f1)
			if f1 < floors[kind] {
				t.Errorf("%s %s: F1 %.3f is below %.2f", name, piiType(kind), f1, floors[kind])
			}
		}
	}
}
