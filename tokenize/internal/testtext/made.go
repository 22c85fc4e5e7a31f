// Package testtext holds the texts that the tests of tokenizers share: made ones, and real ones where they are there.
package testtext

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Sample makes about n bytes of text whose words are spread as in natural language: a few are common, most are rare.
func Sample(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	syllables := strings.Fields("the and ing er st re con tion wor ld of in to al en tra cor pus mod el da ta ö é ß да но ль 語 の")
	lexicon := make([]string, 20000)
	for i := range lexicon {
		for range 1 + rng.IntN(4) {
			lexicon[i] += syllables[rng.IntN(len(syllables))]
		}
	}
	zipf := rand.NewZipf(rng, 1.1, 4, uint64(len(lexicon)-1))
	var b bytes.Buffer
	for b.Len() < n {
		switch rng.IntN(16) {
		case 0:
			b.WriteString(".\n\n")
		case 1:
			fmt.Fprintf(&b, ", %d", rng.IntN(100000))
		case 2:
			b.WriteString(" it's")
		default:
			b.WriteByte(' ')
			b.WriteString(lexicon[zipf.Uint64()])
		}
	}
	return b.String()
}

// Seeds are texts in which the rules meet.
var Seeds = []string{
	"", " ", "  ", "\n", " \n ", "\n\n  x", "\r\n\t x\r\n", "'s", "'S''ll'LL'lx", "it's they'RE 'ſ x'ſ",
	"a1b22c333d4444", " 12 345 6789", "…—'' ?!\n\n/ //", "naïve e\u0301\u0301 \u0301A", "漢字かなABC дом ДОМ Dž", "\u00a0x\u2003y\u3000",
	"\xff\xfe\x80a\xc3", "a\u0085b", "\u0301ABC", "HTTPRequest'd/\r\n/", "\U00010D50\U00010D70'\U00010D50", "١٢٣٤", "ʰʰAʰB", "\u200d\U0001F600 \U0001F600",
	"漢字、あ・い゛ー\u3040\u3041\u3097\u309b龥龦 漢", "\x00\x01a\x02\u0301\x03漢\x04", "\u00adx \ufeff\ufeffx\ue000\ue001", "  123\n 漢\n\n  a \u2028\u0085 b", " (foo)[bar]\xffx ^^\r\n",
	"I'Ve İ'ſ K'\u212a", "\r\r\n \t\n x\u00a0\u00a0y", "\U0001F468\u200d\U0001F469\u200d\U0001F467\ufe0f a\ufe0fb",
}

// hardAlphabet are characters at which the patterns' rules differ.
var hardAlphabet = []rune(" \n\r\t'sSſtTrReEvVlLdDmM/.!1٣²aAäÄǅʰあ漢\u0301\u0489\u00a0\u2028\u0085\ufffd\U0001F600\U00010D50\U00010D70\U00010D40\u0897\U0002EBF0(\x00\u200d\u00ad・\u3040\u309b龦\u212a")

// OfPicks lets each byte pick a character, so that mutation meets the rules more often than with raw text.
func OfPicks(picks []byte) string {
	var b strings.Builder
	for _, k := range picks {
		b.WriteRune(hardAlphabet[int(k)%len(hardAlphabet)])
	}
	return b.String()
}

// Multilingual is one sentence in several scripts.
const Multilingual = `Die Straße führt über die alte Brücke zum Bahnhof. Дорога ведёт через старый мост к вокзалу.
Ο δρόμος οδηγεί από την παλιά γέφυρα στον σταθμό. הדרך מובילה על הגשר הישן לתחנה. الطريق يؤدي عبر الجسر القديم إلى المحطة.
सड़क पुराने पुल से होकर स्टेशन तक जाती है। ถนนนำข้ามสะพานเก่าไปยังสถานี 这条路经过旧桥通往车站。道は古い橋を渡って駅へ続く。길은 오래된 다리를 건너 역으로 이어진다.
Đường dẫn qua cây cầu cũ đến nhà ga. გზა ძველი ხიდით სადგურამდე მიდის։ 12 345, 2026…
`
