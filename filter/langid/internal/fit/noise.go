package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// noise makes texts that are in no language, or in none alone, n of each kind: numbers, addresses, code, texts read in the wrong
// charset, keys hit at random, scripts that no label is written in, words of many languages, and so many sentences whose letters are swapped.
func noise(list []example, n, swapped int, random *rand.Rand) (out []example) {
	g := &generator{random, list}
	for _, kind := range []struct {
		make func() string
		n    int
	}{{g.numbers, n}, {g.address, n}, {g.code, n}, {g.mojibake, n}, {g.keys, n}, {g.foreign, n}, {g.mixed, n}, {g.swapped, swapped}} {
		for range kind.n {
			if text := kind.make(); text != "" {
				out = append(out, example{text, undetermined, undetermined})
			}
		}
	}
	return out
}

type generator struct {
	*rand.Rand
	list []example
}

func (g *generator) sentence() string { return g.list[g.IntN(len(g.list))].text }

func (g *generator) pick(words string) string {
	list := strings.Fields(words)
	return list[g.IntN(len(list))]
}

// letters is a word of random letters of an alphabet.
func (g *generator) letters(alphabet []rune, from, to int) string {
	word := make([]rune, from+g.IntN(to-from+1))
	for i := range word {
		word[i] = alphabet[g.IntN(len(alphabet))]
	}
	return string(word)
}

const small = "abcdefghijklmnopqrstuvwxyz"

func (g *generator) numbers() string {
	var b strings.Builder
	for range 5 + g.IntN(40) {
		switch g.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "%d.%02d ", g.IntN(10000), g.IntN(100))
		case 1:
			fmt.Fprintf(&b, "%d-%02d-%02d ", 1900+g.IntN(130), 1+g.IntN(12), 1+g.IntN(28))
		case 2:
			fmt.Fprintf(&b, "%d %s ", g.IntN(1000), g.pick("kg km m cm mm GB MB kB px pt x eV V A W EUR USD GBP $ € % mg ml h s ms GHz"))
		case 3:
			fmt.Fprintf(&b, "%s%d ", strings.ToUpper(g.letters([]rune(small), 1, 4)), g.IntN(100000))
		default:
			fmt.Fprintf(&b, "%d%s", g.IntN(100000), g.pick(", ; / - | : ( ) + ="))
		}
	}
	return b.String()
}

func (g *generator) address() string {
	var b strings.Builder
	for range 1 + g.IntN(8) {
		fmt.Fprintf(&b, "%s://%s%s.%s/", g.pick("http https ftp"), g.pick("www. www. m. cdn. api. img."), g.letters([]rune(small), 3, 12), g.pick("com org net io de fr ru co.uk com.br cn info biz"))
		for range g.IntN(5) {
			fmt.Fprintf(&b, "%s%s", g.letters([]rune(small+"0123456789"), 1, 14), g.pick("/ / - _ .html .php ?id= &p= .jpg .png #"))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (g *generator) code() string {
	var b strings.Builder
	name := func() string {
		return g.pick("x y i j n tmp ctx err buf len ptr req res self node list map str val key id num idx data max min src dst obj fn cb arg") + g.pick("_ . ( [ = ; , ) ++ -> :: += { } <> 0 1") +
			g.letters([]rune(small), 1, 5)
	}
	for range 4 + g.IntN(25) {
		b.WriteString(g.pick("int var let const func def return if else for while import class void static public char float struct null nil true false #include <div> </div> <td> <span class= <a href= {\n }\n ;\n => &amp; &nbsp; SELECT FROM WHERE printf( echo sudo git cp ls"))
		b.WriteString(" " + name() + g.pick(";\n ) ( = == != { , . : || && \n"))
	}
	return b.String()
}

// mojibake is a sentence whose UTF-8 is read as Latin-1, or whose letters above ASCII are lost.
func (g *generator) mojibake() string {
	for range 20 {
		text := g.sentence()
		var b strings.Builder
		wide := 0
		way := g.IntN(4)
		for _, r := range text {
			if r < 0x80 {
				b.WriteRune(r)
				continue
			}
			wide++
			if way == 0 {
				b.WriteString("\uFFFD")
				continue
			}
			for _, c := range []byte(string(r)) {
				b.WriteRune(rune(c))
			}
		}
		if wide*4 > len([]rune(text)) {
			return b.String()
		}
	}
	return ""
}

func (g *generator) keys() string {
	alphabets := []string{small, small, small + strings.ToUpper(small) + "0123456789+/", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "αβγδεζηθικλμνξοπρστυφχψω", "asdfghjkl", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"}
	alphabet := []rune(alphabets[g.IntN(len(alphabets))])
	var words []string
	for range 1 + g.IntN(25) {
		words = append(words, g.letters(alphabet, 1, 14))
	}
	return strings.Join(words, " ")
}

// foreign is letters of a script that no label is written in, some with a few Latin words.
func (g *generator) foreign() string {
	tables := []*unicode.RangeTable{unicode.Ethiopic, unicode.Khmer, unicode.Malayalam, unicode.Kannada, unicode.Lao, unicode.Myanmar, unicode.Sinhala, unicode.Tibetan, unicode.Oriya, unicode.Cherokee, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Yi}
	table := tables[g.IntN(len(tables))]
	var alphabet []rune
	for _, r := range table.R16 {
		for c := r.Lo; c <= r.Hi && len(alphabet) < 60; c += r.Stride {
			if unicode.IsLetter(rune(c)) {
				alphabet = append(alphabet, rune(c))
			}
		}
	}
	var words []string
	for range 2 + g.IntN(30) {
		words = append(words, g.letters(alphabet, 1, 10))
	}
	if g.IntN(4) == 0 {
		words = append(words, strings.Fields(g.sentence())[0])
	}
	return strings.Join(words, " ")
}

// mixed is words of sentences in at least five languages of one script, English not among them: it turns up in texts of all.
func (g *generator) mixed() string {
	first := []rune(g.sentence())
	var parts []string
	seen := map[string]bool{}
	for range 200 {
		e := g.list[g.IntN(len(g.list))]
		if seen[e.label] || e.label == english || scriptOf([]rune(e.text)) != scriptOf(first) {
			continue
		}
		seen[e.label] = true
		words := strings.Fields(e.text)
		at := g.IntN(len(words))
		parts = append(parts, words[at:min(len(words), at+1+g.IntN(2))]...)
		if len(seen) == 12 {
			break
		}
	}
	if len(seen) < 5 {
		return ""
	}
	g.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, " ")
}

const english = "en"

// soiled are sentences with a few English words, numbers, addresses or pieces of code between theirs: what texts of the web are full of. They are still
// in their language.
func soiled(list []example, random *rand.Rand) (out []example) {
	g := &generator{random, nil}
	for _, e := range list {
		if e.label == english {
			g.list = append(g.list, e)
		}
	}
	for _, e := range list {
		words, space := strings.Fields(e.text), " "
		if len(words)*20 <= len(e.text) {
			words, space = strings.Split(e.text, ""), ""
		}
		budget := len(e.text) / 2 // bytes of dirt
		for budget > 0 {
			var dirt string
			switch g.IntN(5) {
			case 0:
				dirt = g.numbers()
			case 1:
				dirt = g.address()
			case 2:
				dirt = g.code()
			default:
				dirt = g.sentence()
			}
			parts := strings.Fields(dirt)
			at := g.IntN(len(parts))
			parts = parts[at:min(len(parts), at+1+g.IntN(4))]
			dirt = strings.Join(parts, " ")
			if budget -= len(dirt); budget > 0 {
				words = slices.Insert(words, g.IntN(len(words)+1), " "+dirt+" ")
			}
		}
		out = append(out, example{strings.Join(words, space), e.label, e.code})
	}
	return out
}

// scriptOf is the script of most letters, by the first of each.
func scriptOf(text []rune) string {
	count := map[string]int{}
	best := ""
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		for _, name := range []string{"Latin", "Cyrillic", "Arabic", "Devanagari"} {
			if unicode.Is(unicode.Scripts[name], r) {
				count[name]++
				if best == "" || count[name] > count[best] {
					best = name
				}
			}
		}
	}
	return best
}

// swapped is a sentence in which a few vowels and consonants stand for others of their kind: a language that does not exist, but looks like a
// relative of one that does.
func (g *generator) swapped() string {
	rare := g.IntN(2) == 0 // half of them in scripts of one label, which would otherwise stand for it
	for range 200 {
		text := strings.ToLower(g.sentence())
		switch scriptOf([]rune(text)) {
		case "Latin":
			if !rare {
				return g.swap(text, "aeiou", "bcdfghjklmnpqrstvwxyz")
			}
		case "Cyrillic":
			if !rare {
				return g.swap(text, "аеиоуыэюя", "бвгджзйклмнпрстфхцчшщ")
			}
		case "":
			// Swaps among a thousand ideographs or syllables would not be seen.
			if letters := lettersOf(text); len(letters) > 6 && !unicode.In(letters[0], unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
				return g.swap(text, string(letters), string(letters))
			}
		default:
			letters := string(lettersOf(text))
			return g.swap(text, letters, letters)
		}
	}
	return ""
}

// lettersOf are the different letters of a text in order.
func lettersOf(text string) []rune {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && r > unicode.MaxASCII {
			return r
		}
		return -1
	}, text))
	slices.Sort(letters)
	return slices.Compact(letters)
}

// swap exchanges up to three pairs of each kind, one at least.
func (g *generator) swap(text string, kinds ...string) string {
	to := map[rune]rune{}
	for _, kind := range kinds {
		letters := []rune(kind)
		for range 1 + g.IntN(3) {
			a, b := letters[g.IntN(len(letters))], letters[g.IntN(len(letters))]
			if a != b && to[a] == 0 && to[b] == 0 {
				to[a], to[b] = b, a
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if s := to[r]; s != 0 {
			return s
		}
		return r
	}, text)
}
