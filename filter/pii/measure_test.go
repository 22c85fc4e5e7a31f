package pii

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"unicode/utf8"
)

// TestOnPresidio measures the finder on the synthetic sentences of presidio-research: a find is right if it covers
// exactly the labelled span. Sentences from odd templates are the test cut; the rules were tuned on the others. All sentences with an IP address come
// from one template, which is in the development cut. The floors lie a little below what was measured when they were set.
func TestOnPresidio(t *testing.T) {
	finder, err := NewFinder(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "CREDIT_CARD": "card", "IP_ADDRESS": "ip", "PHONE_NUMBER": "phone", "US_SSN": "us_ssn"}
	type tally struct{ right, found, wanted int }
	cuts := [2]map[string]*tally{{}, {}}
	for _, label := range labels {
		cuts[0][label], cuts[1][label] = &tally{}, &tally{}
	}
	for _, row := range presidio(t) {
		cut := cuts[row.Template%2]
		want := map[Find]string{}
		for _, span := range row.Spans {
			if kind, ok := labels[span.Type]; ok {
				want[Find{Start: span.Start, End: span.End}] = kind
				cut[kind].wanted++
			}
		}
		for _, f := range finder.Find(row.Text) {
			kind := f.Type.String()
			start := utf8.RuneCountInString(row.Text[:f.Start])
			if cut[kind] == nil {
				cut[kind] = &tally{}
			}
			cut[kind].found++
			if want[Find{Start: start, End: start + utf8.RuneCountInString(row.Text[f.Start:f.End])}] == kind {
				cut[kind].right++
			} else if os.Getenv("PII_SHOW") != "" && row.Template%2 == 0 {
				t.Logf("false %s %q in %q", kind, row.Text[f.Start:f.End], row.Text)
			}
			delete(want, Find{Start: start, End: start + utf8.RuneCountInString(row.Text[f.Start:f.End])})
		}
		if os.Getenv("PII_SHOW") != "" && row.Template%2 == 0 {
			for f, kind := range want {
				t.Logf("missed %s %q in %q", kind, string([]rune(row.Text)[f.Start:f.End]), row.Text)
			}
		}
	}
	floors := map[string]float64{"email": .97, "iban": .97, "card": .97, "ip": .95, "us_ssn": .95, "phone": .85}
	for i, name := range []string{"dev", "test"} {
		for kind, c := range cuts[i] {
			f1 := 2 * float64(c.right) / float64(max(1, c.found+c.wanted))
			t.Logf("%-4s %-8s right %3d found %3d wanted %3d  P %.3f R %.3f F1 %.3f",
				name, kind, c.right, c.found, c.wanted, float64(c.right)/float64(max(1, c.found)), float64(c.right)/float64(max(1, c.wanted)), f1)
			if f1 < floors[kind] && c.wanted > 0 {
				t.Errorf("%s %s: F1 %.3f is below %.2f", name, kind, f1, floors[kind])
			}
		}
	}
}

// row is one sentence of the set, with offsets in characters.
type row struct {
	Text     string
	Template int
	Spans    []struct {
		Type       string
		Start, End int
	}
}

// presidio reads the set that lies beside the project, or skips the test.
func presidio(t testing.TB) (rows []row) {
	t.Helper()
	const path = "../../../shared/data/pii/presidio_generated_large.jsonl.xz"
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	xz, err := exec.LookPath("xz")
	if err != nil {
		t.Skip("no xz program to unpack the shared data")
	}
	cmd := exec.Command(xz, "-dc", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		var r row
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return rows
}
