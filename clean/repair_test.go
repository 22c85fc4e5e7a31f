package clean

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// garble encodes text as UTF-8 and decodes it as a charset.
func garble(t *testing.T, m *charmap.Charmap, text string) string {
	t.Helper()
	s, err := m.NewDecoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRepair(t *testing.T) {
	for _, tt := range []struct {
		name    string
		charset *charmap.Charmap
		text    string
	}{
		{"french", charmap.Windows1252, frenchText},
		{"german", charmap.Windows1252, germanText},
		{"polish", charmap.Windows1252, polishText},
		{"polish as windows-1250", charmap.Windows1250, polishText},
		{"greek", charmap.Windows1252, greekText},
		{"russian as windows-1251", charmap.Windows1251, russianText},
		{"russian as windows-1252", charmap.Windows1252, russianText},
		{"hebrew", charmap.ISO8859_1, hebrewText},
		{"arabic", charmap.ISO8859_1, arabicText},
		{"japanese", charmap.ISO8859_1, japaneseText},
		{"chinese", charmap.Windows1251, chineseText},
		{"quotes in english", charmap.Windows1252, "It’s “so” – here."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			once := garble(t, tt.charset, tt.text)
			if strings.ContainsRune(once, utf8.RuneError) {
				t.Skip("the charset cannot hold every byte of this text")
			}
			if got := Repair(once); got != tt.text {
				t.Errorf("garbled once: %q", got)
			}
			twice := garble(t, tt.charset, once)
			if got := Repair(twice); !strings.ContainsRune(twice, utf8.RuneError) && got != tt.text {
				t.Errorf("garbled twice: %q", got)
			}
		})
	}
}

func TestRepairLeaves(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"ascii", "plain <b>words</b>\n"},
		{"portuguese capitals before a quote", "“AMANHÔ e “MANHÔ, IRMÃ”"},
		{"swedish name before a quote", "från “Å”"},
		{"russian abbreviation before a quote", "газета «СССР» и «РФ»"},
		{"ukrainian capitals", "РІЗНІ РІЧКИ"},
		{"apostrophe in ukrainian", "об’єкт, п’ять"},
		{"slovak", "obzvlášť dobré"},
		{"mongolian with a wrong letter", "хїмїїс гэсэн нїдний шилээр бїхнийг"},
		{"russian", russianText}, {"french", frenchText}, {"turkish", turkishText}, {"arabic", arabicText}, {"thai", thaiText}, {"japanese", japaneseText}, {"korean", koreanText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Repair(tt.text); got != tt.text {
				t.Errorf("%q became %q", tt.text, got)
			}
		})
	}
}

func TestRepairMixed(t *testing.T) {
	good, bad := "<p>"+frenchText+"</p>", "<p>"+garble(t, charmap.Windows1252, germanText)+"</p>"
	want := good + "<p>" + germanText + "</p>" + good + "\n" + russianText
	if got := Repair(good + bad + good + "\n" + russianText); got != want {
		t.Errorf("got %q", got)
	}
}

// Sentences in 75 languages must stay as they are. Those that hold mojibake already, which some corpora do, are told by its marks.
func TestRepairLeavesSharedSentences(t *testing.T) {
	const path = "../../shared/data/langid/tatoeba75.tsv.xz"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the shared sentences are not here")
	}
	out, err := exec.Command("xzcat", path).Output()
	if err != nil {
		t.Skip("xzcat: ", err)
	}
	lines, changed := 0, 0
	for scan := bufio.NewScanner(strings.NewReader(string(out))); scan.Scan(); lines++ {
		if text := scan.Text(); Repair(text) != text {
			changed++
		}
	}
	if lines < 10_000 || changed > 0 {
		t.Errorf("%d of %d sentences changed", changed, lines)
	}
}

func FuzzRepair(f *testing.F) {
	for _, s := range []string{"", "Ã©", "ÃƒÂ©", "â€™", "Ð\u009f", "Ã", "é<Ã©>\nÃ", "\xffÃ©", "ä½\u00a0å¥½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Repair(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q became %q, which is no UTF-8", s, got)
		}
		if len(got) > len(s) {
			t.Errorf("%q grew to %q", s, got)
		}
		if strings.Count(got, "<") != strings.Count(s, "<") || strings.Count(got, "\n") != strings.Count(s, "\n") {
			t.Errorf("%q became %q with other tags or lines", s, got)
		}
	})
}

func BenchmarkRepair(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"ascii", strings.Repeat("The river was wide, and nobody spoke.\n", 250)},
		{"french", strings.Repeat(frenchText+"\n", 90)},
		{"russian", strings.Repeat(russianText+"\n", 90)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			for b.Loop() {
				Repair(bb.text)
			}
		})
	}
}
