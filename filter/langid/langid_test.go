package langid

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func classifier(t testing.TB, languages ...string) *Classifier {
	t.Helper()
	c, err := New(languages)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sentences were written for this test.
var sentences = []struct{ language, text string }{
	{"af", "Ons het gister met die trein na die kus gery en laat by die huis gekom."},
	{"ar", "ذهبنا بالأمس بالقطار إلى الساحل وعدنا إلى البيت في وقت متأخر."},
	{"bg", "Вчера пътувахме с влака до морето и се прибрахме късно вкъщи."},
	{"cs", "Včera jsme jeli vlakem k moři a domů jsme se vrátili pozdě večer."},
	{"da", "I går tog vi toget ud til kysten, og vi kom først sent hjem igen."},
	{"de", "Gestern sind wir mit dem Zug an die Küste gefahren und kamen erst spät nach Hause."},
	{"el", "Χθες πήγαμε με το τρένο στη θάλασσα και γυρίσαμε αργά στο σπίτι."},
	{"en", "Yesterday we took the train to the coast and did not get home until late."},
	{"es", "Ayer fuimos en tren a la costa y volvimos a casa muy tarde."},
	{"fa", "دیروز با قطار به ساحل رفتیم و دیروقت به خانه برگشتیم."},
	{"fi", "Eilen matkustimme junalla rannikolle ja tulimme kotiin vasta myöhään."},
	{"fr", "Hier nous avons pris le train jusqu'à la côte et nous sommes rentrés tard."},
	{"he", "אתמול נסענו ברכבת אל החוף וחזרנו הביתה מאוחר בלילה."},
	{"hi", "कल हम ट्रेन से समुद्र तट पर गए और देर से घर लौटे।"},
	{"hu", "Tegnap vonattal mentünk a tengerpartra, és csak késő este értünk haza."},
	{"id", "Kemarin kami naik kereta api ke pantai dan baru pulang ke rumah larut malam."},
	{"it", "Ieri siamo andati al mare in treno e siamo tornati a casa molto tardi."},
	{"ja", "昨日は電車で海岸まで行き、家に帰ったのは夜遅くでした。"},
	{"ko", "어제 우리는 기차를 타고 바닷가에 갔다가 밤늦게 집에 돌아왔다."},
	{"nl", "Gisteren gingen we met de trein naar de kust en we kwamen pas laat thuis."},
	{"pl", "Wczoraj pojechaliśmy pociągiem nad morze i wróciliśmy do domu późno."},
	{"pt", "Ontem fomos de comboio até à costa e só chegámos a casa muito tarde."},
	{"ru", "Вчера мы ездили на поезде к морю и вернулись домой поздно вечером."},
	{"sv", "I går åkte vi tåg till kusten och kom inte hem förrän sent på kvällen."},
	{"th", "เมื่อวานเราไปทะเลด้วยรถไฟและกลับบ้านดึก"},
	{"tr", "Dün trenle sahile gittik ve eve ancak geç saatte dönebildik."},
	{"uk", "Учора ми їздили потягом до моря й повернулися додому пізно ввечері."},
	{"vi", "Hôm qua chúng tôi đi tàu hỏa ra bờ biển và về nhà rất muộn."},
	{"zh", "昨天我们坐火车去了海边,很晚才回到家。"},
}

func TestBest(t *testing.T) {
	c := classifier(t)
	for _, s := range sentences {
		t.Run(s.language, func(t *testing.T) {
			if got := c.Best(s.text, 1000); got.Language != s.language || got.Score < 0.5 {
				t.Errorf("%v, want %s with 0.5 or more", got, s.language)
			}
		})
	}
}

func TestBestKnowsWhatIsNoLanguage(t *testing.T) {
	c := classifier(t)
	for name, text := range map[string]string{
		"khmer":     "ថ្ងៃនេះអាកាសធាតុល្អណាស់ ហើយយើងទៅផ្សារជាមួយគ្នា។",
		"burmese":   "ဒီနေ့ ရာသီဥတု အရမ်းကောင်းတယ်။",
		"base64":    "aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Q qmFzZTY0IGVuY29kZWQgdGV4dA zZmFrc2pkZmhha3NqZGhm",
		"keys":      "asdfg hjklqw zxcvbq wrtpsd fghjkq zxcvnm",
		"parts":     "QX-7781/B 4.7 kΩ, RS232, DIN 912 M8x40 A2, 12 V 3.5 A, XTR 9904-11",
		"addresses": "http://xqz.net/p/8827/img_0021.jpg https://cdn.wvtr.com/a/b/c/main.min.js?v=3",
	} {
		if got := c.Best(text, 1000); got.Language != Undetermined && got.Score > 0.9 {
			t.Errorf("%s: %v, want und, or no more than 0.9", name, got)
		}
	}
}

func TestBestOfTooFewLetters(t *testing.T) {
	c := classifier(t)
	for _, text := range []string{"", "a", "ab", "a1b", "12 34", "\x00\xff", "…—", strings.Repeat("\u0301", 500), "a\u0301 \u0302\u0303"} {
		if got := c.Best(text, 1000); got != (Guess{Undetermined, 0}) {
			t.Errorf("%q: %v, want und and 0", text, got)
		}
	}
	if got := c.Best("水", 1000); got.Score == 0 {
		t.Errorf("a Han character: %v, want a judgement", got)
	}
	if got := c.Best("the of and", 2); got.Score != 0 {
		t.Errorf("two characters of a text: %v, want none", got)
	}
}

func TestLineWantsLetters(t *testing.T) {
	c := classifier(t)
	for text, want := range map[string]bool{"abcde": true, "abcd": false, "a b c d e": true, "漢字": true, "漢": false, "12345": false} {
		if _, ok := c.Line(text, 1000, 5); ok != want {
			t.Errorf("%q is judged: %v, want %v", text, ok, want)
		}
	}
}

func TestGuessesAreSortedAndSumToOne(t *testing.T) {
	c := classifier(t)
	all := len(Languages()) + 1
	for _, s := range sentences {
		guesses := c.Guesses(s.text, 1000, all, nil)
		sum := 0.0
		for _, g := range guesses {
			sum += g.Score
		}
		if len(guesses) != all || math.Abs(sum-1) > 1e-9 || !slices.IsSortedFunc(guesses, func(a, b Guess) int {
			if a.Score != b.Score {
				return int(math.Copysign(1, b.Score-a.Score))
			}
			return strings.Compare(a.Language, b.Language)
		}) {
			t.Errorf("%s: %v", s.language, guesses)
		}
		if best := c.Best(s.text, 1000); best != guesses[0] {
			t.Errorf("%s: Best is %v, the first guess %v", s.language, best, guesses[0])
		}
		if few := c.Guesses(s.text, 1000, 3, make([]Guess, 7)); !slices.Equal(few, guesses[:3]) {
			t.Errorf("%s: three guesses %v, want %v", s.language, few, guesses[:3])
		}
	}
}

func TestNewChoosesAmong(t *testing.T) {
	c := classifier(t, "da", "en")
	if got := c.Best("Jeg vet ikke hva han heter, men vi bor i samme gate.", 1000); got.Language != "da" {
		t.Errorf("Norwegian among Danish and English: %v, want da", got)
	}
	for _, g := range c.Guesses("Yesterday we took the train.", 1000, 100, nil) {
		if (g.Language != "en" && g.Language != "da" && g.Language != Undetermined) && g.Score != 0 {
			t.Errorf("guess %v, want 0 for what is not chosen among", g)
		}
	}
	if _, err := New([]string{"en", "xx"}); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Errorf("error %v, want one that names xx", err)
	}
}

func TestLanguagesAreThoseOfTheModel(t *testing.T) {
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	want := append(Languages(), Undetermined)
	slices.Sort(want)
	if !slices.Equal(want, m.Labels) {
		t.Errorf("labels %q, want %q", m.Labels, want)
	}
}

func TestModelIsSmall(t *testing.T) {
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	if memory := len(m.Marks) + 16*len(m.Rows); memory > 70<<20 || len(modelFile) > 12<<20 {
		t.Errorf("%d bytes in memory, %d in the program; want at most 70 and 12 MiB", memory, len(modelFile))
	}
}

// hostile are texts that have broken text code.
func hostile() map[string]string {
	return map[string]string{
		"nothing":       "",
		"NULs":          strings.Repeat("\x00", 5000),
		"invalid UTF-8": strings.Repeat("\xff\xc3\xe2\x28\xf0\x9f", 900),
		"one long word": strings.Repeat("x", 100_000),
		"one long line": strings.Repeat("the river and the bridge ", 40_000),
		"right to left": "\u202eשלום עולם\u202c مرحبا بالعالم",
		"combining":     strings.Repeat("e\u0301\u0302\u0303", 500) + strings.Repeat("\u0301", 500),
		"emoji":         strings.Repeat("👩‍👩‍👧‍👦🏳️‍🌈", 500),
		"beyond 64 K":   strings.Repeat("𠀀𐌰", 500),
	}
}

func TestHostileTexts(t *testing.T) {
	c := classifier(t)
	for name, text := range hostile() {
		for _, limit := range []int{0, 1, 1000, 1 << 40} {
			if got := c.Best(text, limit); !(got.Score >= 0 && got.Score <= 1) || got.Language == "" {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

func TestLengthBeyondTheLimitIsNotRead(t *testing.T) {
	c := classifier(t)
	head := strings.Repeat("Yesterday we took the train. ", 40)
	long := head + strings.Repeat("Gestern fuhren wir mit dem Zug. ", 3<<20) // 100 MB
	if got, want := c.Best(long, 1000), c.Best(head[:1000], 1000); got.Language != "en" || got.Score < want.Score-0.05 {
		t.Errorf("%v, want about %v", got, want)
	}
	if n := testing.AllocsPerRun(10, func() { c.Best(long, 1000) }); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzGuesses(f *testing.F) {
	c := classifier(f, "en", "de", "ja")
	for _, text := range hostile() {
		f.Add([]byte(text[:min(len(text), 2000)]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		guesses := c.Guesses(string(text), 1000, 4, nil)
		sum := 0.0
		for _, g := range guesses {
			sum += g.Score
		}
		if len(guesses) > 0 && math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v sum to %v", guesses, sum)
		}
		// What is no character is no letter.
		if valid := bytes.ToValidUTF8(text, []byte{0}); !utf8.Valid(text) && len(text) < 1000 {
			if a, b := c.Best(string(text), 1000).Language, c.Best(string(valid), 1000).Language; a != b {
				t.Errorf("%s, but %s with the invalid bytes replaced", a, b)
			}
		}
	})
}

// BenchmarkBest is over texts of 2 kB in all languages of the sentences; texts/s says more than MB/s.
func BenchmarkBest(b *testing.B) {
	c := classifier(b)
	var texts []string
	size := 0
	for _, s := range sentences {
		text := strings.Repeat(s.text+" ", 1+2000/len(s.text))[:2000]
		texts = append(texts, text)
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			c.Best(text, 1000)
		}
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
}

// BenchmarkBestOfSentences is over single sentences.
func BenchmarkBestOfSentences(b *testing.B) {
	c := classifier(b)
	size := 0
	for _, s := range sentences {
		size += len(s.text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, s := range sentences {
			c.Best(s.text, 1000)
		}
	}
	b.ReportMetric(float64(b.N*len(sentences))/b.Elapsed().Seconds(), "texts/s")
}
