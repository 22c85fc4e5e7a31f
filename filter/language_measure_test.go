//go:build !nolingua

package filter

import (
	"flag"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pemistahl/lingua-go"
)

var measureLingua = flag.Bool("lingua", false, "measure lingua and both tiers too, which takes 2 GB and minutes")

// cpuSeconds is the processor time of the process so far.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// languageJoined makes texts of at least so many bytes of those with one label, in their order.
func languageJoined(texts, labels []string, size int) (outTexts, outLabels []string) {
	if size == 0 {
		return texts, labels
	}
	text := ""
	for i := range texts {
		if i > 0 && labels[i] != labels[i-1] {
			text = ""
		}
		if text += texts[i] + "\n"; len(text) >= size {
			outTexts, outLabels, text = append(outTexts, text), append(outLabels, labels[i]), ""
		}
	}
	return outTexts, outLabels
}

// TestLanguageOnSentences measures accuracy on the test cut of the labelled sentences, with -v in figures, and how often text in languages that are not
// known gets a sure label. docs/filters/language.md has the results.
func TestLanguageOnSentences(t *testing.T) {
	codes := map[string]string{}
	for _, language := range lingua.AllLanguages() {
		codes[strings.ToLower(language.IsoCode639_3().String())] = strings.ToLower(language.IsoCode639_1().String())
	}
	lowEnd, highEnd := lingua.NewLanguageDetectorBuilder().FromAllLanguages().WithLowAccuracyMode(), lingua.NewLanguageDetectorBuilder().FromAllLanguages()
	both := languageStage(t, func(o *LanguageOptions) { o.Lingua.Use = linguaAlways })
	ask := func(d lingua.LanguageDetector, limit int) func(string) (string, float64) {
		return func(text string) (string, float64) {
			runes := []rune(text)
			v := d.ComputeLanguageConfidenceValues(string(runes[:min(len(runes), limit)]))[0]
			return strings.ToLower(v.Language().IsoCode639_1().String()), v.Value()
		}
	}
	methods := []struct {
		name   string
		detect func(string) (string, float64)
	}{{"classifier", detector(t).detect}}
	if *measureLingua {
		methods = append(methods, []struct {
			name   string
			detect func(string) (string, float64)
		}{{"both tiers", both.detect}, {"lingua low, 240", ask(lowEnd.Build(), 240)}, {"lingua high", ask(highEnd.Build(), 1<<30)}}...)
	}
	for _, set := range []struct {
		file         string
		every        uint32
		joined       int     // bytes of the texts made of sentences of one language, 0 to leave them alone
		least, atMax float64 // accuracy, share of sure labels
	}{
		{"lingua_sentences", 4, 0, 0.965, 1}, {"tatoeba75", 2, 0, 0.88, 1}, {"tatoeba75", 1, 200, 0.97, 1},
		{"lingua_word-pairs", 6, 0, 0.85, 1}, {"tatoeba_other", 2, 0, 0, 0.11},
	} {
		var texts, labels []string
		for _, line := range sharedLines(t, "langid/"+set.file+".tsv.xz") {
			label, text, ok := strings.Cut(line, "\t")
			sum := languageHash(text)
			if set.least == 0 {
				// Whole languages are set aside. Some of the file belong to a macrolanguage that is known: theirs is the label.
				if languageHash(label)%3 != 0 || slices.Contains([]string{"arq", "arz", "wuu", "yue", "max"}, label) {
					continue
				}
			} else if sum%3 != 0 {
				continue
			}
			if ok && sum/24%set.every == 0 {
				texts, labels = append(texts, text), append(labels, codes[label])
			}
		}
		texts, labels = languageJoined(texts, labels, set.joined)
		for _, m := range methods {
			if *measureLingua {
				for _, text := range texts {
					m.detect(text) // loads the models before the clock runs
				}
			}
			right, sure, from := 0, 0, cpuSeconds()
			for i, text := range texts {
				got, score := m.detect(text)
				if got == labels[i] {
					right++
				}
				if got != undetermined && score > 0.9 {
					sure++
				}
			}
			n := len(texts)
			t.Logf("%-18s %3d %5d  %-16s accuracy %.4f  above .9 %.3f  %.0f texts/CPU-s", set.file, set.joined, n, m.name, ratio(right, n), ratio(sure, n), float64(n)/(cpuSeconds()-from))
			if m.name == "classifier" && (ratio(right, n) < set.least || ratio(sure, n) > set.atMax) {
				t.Errorf("%s: accuracy %.4f, sure %.3f; want at least %v and at most %v", set.file, ratio(right, n), ratio(sure, n), set.least, set.atMax)
			}
		}
	}
}
