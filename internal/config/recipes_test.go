package config

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
)

// prose is English that every recipe keeps: lines of more than 200 characters, nothing repeated.
const prose = `The old harbour lies behind a wall of grey stone, and most of the boats that leave it in the morning are smaller than people expect. They carry nets, ropes, bread for two days, and a crew who have known each other since school.
When the wind turns, the fishermen wait with their coffee near the market hall until somebody climbs the tower to look at the water. Nobody has ever written down how this decision is made, but it has to be made before sunrise, or the day is lost.
My grandmother sold lemons here for forty years. She used to say that a town learns its manners from its weather, which explained, in her opinion, why strangers were given soup first and questions later. I think she would be pleased by the new library.
Last spring an engineer from the capital measured the depth of the channel with instruments that hummed like bees. Her report, printed on yellow paper, recommends dredging every third summer; the council agreed, although two members asked for another study.
`

// plainProse is English without any of the stop words.
const plainProse = `Our neighbours keep seven hens, one goat, two noisy geese, plus an elderly donkey named Walter. Every morning before breakfast, children climb over his fence carrying carrots, while he pretends not to notice them until they are quite close.
Yesterday it rained for hours, so nobody worked outside; instead we played cards, drank tea, told stories about ghosts, or simply watched clouds drifting across those brown hills. My uncle fell asleep beside his radio, as he always does after lunch.
Tomorrow she will drive north because her sister needs help moving furniture into a larger apartment. Their brother, who broke his arm last week, can only give advice, which he does loudly, at length, whenever anyone listens.
`

const german = `Der alte Hafen liegt hinter einer grauen Mauer, und die meisten Boote, die ihn am Morgen verlassen, sind kleiner, als man erwartet. Sie tragen Netze, Seile, Brot für zwei Tage und eine Mannschaft, die sich seit der Schulzeit kennt.
Wenn der Wind sich dreht, warten die Fischer mit ihrem Kaffee vor der Markthalle, bis jemand auf den Turm steigt und nach dem Wasser sieht. Niemand hat je aufgeschrieben, wie diese Entscheidung fällt, aber sie muss vor Sonnenaufgang fallen.
Meine Großmutter hat hier vierzig Jahre lang Zitronen verkauft. Sie sagte gern, eine Stadt lerne ihr Benehmen vom Wetter, und so erkläre sich, warum Fremde zuerst Suppe bekamen und dann Fragen. Die neue Bibliothek würde ihr gefallen.
`

// maker makes texts of invented words that hardly repeat.
type maker struct{ *rand.Rand }

func newMaker(seed int) maker { return maker{rand.New(rand.NewPCG(uint64(seed), 5))} }

func (m maker) word(least, most int) string {
	b := make([]byte, least+m.IntN(most-least+1))
	for i := range b {
		b[i] = "abcdefghijklmnoprstuvw"[m.IntN(22)]
	}
	return string(b)
}

func (m maker) words(n, least, most int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = m.word(least, most)
	}
	return list
}

// sentences writes words in lines of so many, each ending in a full stop.
func sentences(list []string, perLine int) string {
	var b strings.Builder
	for line := range slices.Chunk(list, perLine) {
		b.WriteString(strings.Join(line, " ") + ".\n")
	}
	return b.String()
}

// mixed puts the same word in the place of a share of the words.
func mixed(list []string, share float64, other string) []string {
	step := int(1 / share)
	for i := step - 1; i < len(list); i += step {
		list[i] = other
	}
	return list
}

// candidates are documents of which every rule of every recipe drops at least one.
func candidates() []*corpus.Document {
	var docs []*corpus.Document
	add := func(texts ...string) {
		for _, text := range texts {
			docs = append(docs, &corpus.Document{URL: "https://harbour.example/page", Text: strings.TrimSpace(text)})
		}
	}
	m := newMaker(1)
	add("", prose[:100], prose[:200], prose[:240], german, plainProse, strings.ToUpper(strings.ReplaceAll(prose, "\n", " ")))
	// Lengths of texts, lines and words.
	add(strings.ReplaceAll(prose[:400], ".", ","), strings.ReplaceAll(prose, ". ", ".\n"), strings.ReplaceAll(prose, ".", ","))
	add(prose+sentences(m.words(101_000, 3, 8), 30), prose+sentences(m.words(4000, 1, 2), 30), prose+sentences(m.words(4000, 11, 14), 20))
	add(prose + prose[:0] + strings.Join(m.words(30, 4, 6), " ") + " " + strings.Repeat("x", 1001) + " " + sentences(m.words(400, 3, 6), 20))
	// Words that are no words.
	for _, other := range []string{"#", "?", "1234567"} {
		for _, share := range []float64{0.12, 0.25, 0.34} {
			add(prose + sentences(mixed(m.words(2000, 5, 8), share, other), 25))
		}
	}
	dotted := m.words(2000, 5, 8)
	for i := range dotted {
		if i%5 == 0 {
			dotted[i] += "…"
		}
	}
	add(prose+sentences(dotted, 24), prose+sentences(m.words(300, 5, 8), 20)+"("+strings.Join(m.words(2000, 12, 12), ") (")+")")
	add(prose + "https://harbour.example/" + strings.Join(m.words(60, 8, 9), "/"))
	add(prose + strings.Repeat("\n", 600) + "The end.")
	// Starts and ends of lines.
	for _, mark := range []string{"- ", "• ", "* "} {
		add(mark + strings.ReplaceAll(strings.TrimSpace(prose+sentences(m.words(200, 4, 8), 10)), "\n", "\n"+mark))
	}
	add(strings.ReplaceAll(prose+sentences(m.words(200, 4, 8), 10), ".\n", "...\n"), strings.ReplaceAll(prose+sentences(m.words(200, 4, 8), 10), ".\n", "\n"))
	add(prose+sentences(m.words(200, 3, 5), 4), prose+strings.ReplaceAll(sentences(m.words(200, 3, 5), 5), ".\nz", "\nz"))
	var list strings.Builder
	for i := range 2000 {
		list.WriteString(strings.Join(m.words(3, 10, 10), " ") + map[bool]string{true: ".\n", false: "\n"}[i%8 == 0])
	}
	add(prose + list.String() + sentences(m.words(60, 3, 4), 30))
	// Phrases.
	add(prose+"Lorem ipsum dolor sit amet.", prose+"Here is { a bracket.", strings.ReplaceAll(prose, "\n", "\n\nOur terms of use.\n\n"))
	add(prose + strings.Repeat("HOME AND MORE\n", 1) + strings.ToUpper(sentences(m.words(20, 4, 8), 10)))
	// Repeated lines and paragraphs, short and long.
	for _, separator := range []string{"\n", "\n\n"} {
		for _, size := range []int{2, 4, 12, 40, 80, 160} {
			line := strings.Join(m.words(size, 4, 8), " ") + "."
			for _, copies := range []int{1, 2, 3, 5, 8, 30} {
				var b strings.Builder
				for _, other := range strings.Split(strings.TrimSpace(prose), "\n") {
					b.WriteString(other + separator)
				}
				for range copies {
					b.WriteString(line + separator + strings.Join(m.words(12, 4, 8), " ") + "." + separator)
				}
				add(b.String())
			}
		}
	}
	long := strings.ReplaceAll(prose, "\n", " ")
	add(prose+"\nThe bastard who wrote this was never seen again.", long+"\n"+long+" a bastard\n"+long)
	add(repeatedPhrases(m)...)
	add(repeatedParagraphs(m)...)
	docs = append(docs,
		&corpus.Document{URL: "ftp://harbour.example/", Text: prose}, &corpus.Document{URL: "https://harbour.example/" + strings.Repeat("x", 2000), Text: prose},
		&corpus.Document{URL: "https://arxiv.org/abs/1", Text: prose})
	return docs
}

// repeatedPhrases are texts in which a phrase comes again and again between other words, in small steps of its share.
func repeatedPhrases(m maker) (texts []string) {
	phrase := func(lengths ...int) (list []string) {
		for _, n := range lengths {
			list = append(list, m.word(n, n))
		}
		return list
	}
	phrases := [][]string{phrase(6, 6), phrase(6, 1, 6), phrase(7, 1, 1, 7), phrase(1, 8, 1, 8, 1)}
	for n := 5; n <= 11; n++ {
		phrases = append(phrases, m.words(n, 5, 7))
	}
	for _, n := range []int{25, 60} { // two copies of a long phrase: longer n-grams repeat nearly as much as shorter ones
		phrase := m.words(n, 5, 7)
		for between := 40; between <= 900; between += 6 {
			list := slices.Concat(m.words(between, 4, 6), phrase, m.words(between, 4, 6), phrase, m.words(20, 4, 6))
			texts = append(texts, prose+sentences(list, len(list)/4+1))
		}
	}
	for _, phrase := range phrases {
		for between := 1; between <= 90; between++ {
			copies := max(500/(between+len(phrase)), 6)
			var list []string
			for range copies {
				list = append(append(list, m.words(between, 4, 6)...), phrase...)
			}
			texts = append(texts, prose+sentences(list, len(list)/4+1))
		}
	}
	return texts
}

// repeatedParagraphs are texts in which a paragraph comes again though hardly a line does: a line between paragraphs of many lines, or
// one of short lines, whose newlines count for the paragraph alone.
func repeatedParagraphs(m maker) (texts []string) {
	var others []string
	for range 7 {
		others = append(others, sentences(m.words(60, 4, 8), 6))
	}
	for copies := 2; copies <= 6; copies++ {
		texts = append(texts, prose+"\n"+strings.Join(others, "\n")+strings.Repeat("\nWe went home again.\n", copies))
	}
	lines, single := sentences(m.words(63, 5, 6), 7), strings.ReplaceAll(prose+sentences(m.words(150, 5, 7), 8), "\n", "\n\n")
	for copies := 2; copies <= 4; copies++ {
		for more := 0; more < 300; more += 2 {
			texts = append(texts, single+strings.ReplaceAll(sentences(m.words(more+1, 5, 7), 8), "\n", "\n\n")+strings.Repeat(lines+"\n", copies))
		}
	}
	return texts
}

// numbered are rule names with the numbers in the place of %d.
func numbered(format string, from, to int) (list []string) {
	for n := from; n <= to; n++ {
		list = append(list, fmt.Sprintf(format, n))
	}
	return list
}

// recipeRules are the rules of the stages, without those that need data which a recipe does not bring.
func recipeRules() map[string][]string {
	return map[string][]string{
		"url":      {"too_long", "scheme"},
		"language": {"language"},
		"gopher_quality": {"gopher_short_doc", "gopher_long_doc", "gopher_below_avg_threshold", "gopher_above_avg_threshold", "gopher_too_many_hashes",
			"gopher_too_many_ellipsis", "gopher_too_many_bullets", "gopher_too_many_end_ellipsis", "gopher_below_alpha_threshold", "gopher_enough_stop_words"},
		"gopher_repetition": slices.Concat([]string{"dup_para_frac", "dup_para_char_frac", "dup_line_frac", "dup_line_char_frac"},
			numbered("top_%d_gram", 2, 4), numbered("duplicated_%d_n_grams", 5, 10)),
		"c4":       {"lorem_ipsum", "curly_bracket", "too_few_sentences"},
		"toxicity": {"ratio"},
		"fineweb":  {"line_punct_ratio", "short_line_ratio", "char_dup_ratio", "list_ratio"},
		"length":   {"max_characters", "min_long_lines"},
		"dclm_gopher": slices.Concat([]string{"page_length", "word_length", "symbol_ratio", "bullet_count", "ellipsis_count", "alphabetic_word_ratio", "stop_word",
			"repeated_lines", "repeated_paragraphs", "repeated_line_chars", "repeated_paragraph_chars"}, numbered("most_common_%d_gram", 2, 4), numbered("repeated_%d_grams", 5, 10)),
		"refinedweb_text":  {"empty"},
		"refinedweb_lines": {"empty", "words_removed"},
		"dolma_gopher": slices.Concat([]string{"word_count", "median_word_length", "symbol_to_word_ratio", "fraction_of_words_with_alpha_character", "required_word_count",
			"fraction_of_lines_starting_with_bullet_point", "fraction_of_lines_ending_with_ellipsis", "fraction_of_duplicate_lines", "fraction_of_characters_in_duplicate_lines"},
			numbered("fraction_of_characters_in_most_common_%dgrams", 2, 4), numbered("fraction_of_characters_in_duplicate_%dgrams", 5, 10)),
		"curator": slices.Concat([]string{"alpha_numeric", "symbol_to_word", "numbers_ratio", "urls_ratio", "white_space", "parentheses_ratio", "boilerplate_string_ratio",
			"repeated_lines", "repeated_paragraphs", "repeated_lines_char", "repeated_paragraphs_char", "word_count", "punctuation", "words_without_alphabets",
			"common_english_words", "mean_word_length", "max_word_length", "ellipsis", "bullet_ratio"},
			numbered("repeating_top_%dgrams", 2, 4), numbered("repeating_dup_%dgram", 5, 10)),
	}
}

// silentRules are rules of a recipe that cannot drop a document, because the recipe turns them off or an earlier rule takes what they look for.
func silentRules(recipe string) []string {
	switch recipe {
	case "fineweb2":
		return []string{"gopher_repetition/dup_para_frac", "gopher_repetition/dup_para_char_frac", "gopher_repetition/dup_line_char_frac",
			"fineweb/line_punct_ratio", "fineweb/short_line_ratio", "gopher_quality/gopher_enough_stop_words", "language/language"}
	case "c4":
		return []string{"length/min_long_lines"}
	case "mc4":
		return []string{"length/max_characters", "language/language"}
	case "dolma":
		return []string{"c4/lorem_ipsum", "c4/curly_bracket", "c4/too_few_sentences",
			"dolma_gopher/fraction_of_lines_ending_with_ellipsis"} // c4 removes such lines first
	}
	return nil
}

func recipes(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../configs/recipes/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recipes: %v", err)
	}
	return paths
}

// run sends a copy of a document through stages.
func run(t *testing.T, stages []corpus.Stage, doc corpus.Document) corpus.Document {
	t.Helper()
	batch := &corpus.Batch{Documents: []*corpus.Document{&doc}}
	for _, stage := range stages {
		if err := stage.Process(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if doc.Reason != nil {
			break
		}
	}
	return doc
}

func TestRecipesDropByEveryRule(t *testing.T) {
	docs := candidates()
	for _, path := range recipes(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			c, err := Load(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := LoadFilters(path, nil); err != nil {
				t.Fatal(err)
			}
			stages, err := c.FilterStages()
			if err != nil {
				t.Fatal(err)
			}
			if doc := run(t, stages, corpus.Document{URL: "https://harbour.example/page", Text: prose}); doc.Reason != nil {
				t.Errorf("good prose is dropped by %v with %q", doc.Reason, doc.Reason.Value)
			}
			seen := map[string]bool{}
			for _, doc := range docs {
				if got := run(t, stages, *doc); got.Reason != nil {
					seen[got.Reason.String()] = true
				}
			}
			for _, stage := range stages {
				for _, rule := range recipeRules()[stage.Name()] {
					rule = stage.Name() + "/" + rule
					if silent := slices.Contains(silentRules(name), rule); silent == seen[rule] {
						t.Errorf("%s: dropped a document: %v", rule, seen[rule])
					}
				}
			}
			if name == "refinedweb" && !seen["url/domain"] {
				t.Error("url/domain dropped nothing")
			}
		})
	}
}

// uncommented is a recipe with its comments among the filters put into force: a space in the place of each #.
func uncommented(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(data), "\nfilters:")
	return head + "\nfilters:" + strings.ReplaceAll(body, "\n#", "\n ")
}

func TestRecipesUncommented(t *testing.T) {
	for _, path := range recipes(t) {
		if _, err := Parse(path, []byte(uncommented(t, path)), nil); err != nil {
			t.Error(err)
		}
	}
}

func TestRecipeFineWeb2ByLanguage(t *testing.T) {
	const thresholds = `dup_line_frac: 0.263
dup_n_grams: [[5, 0.14], [6, 0.13], [7, 0.12], [8, 0.11], [9, 0.1], [10, 0.09]]
language_score: 0.8
line_punct_thr: 0.05
max_avg_word_length: 15
max_non_alpha_words_ratio: 0.7
min_avg_word_length: 0
new_line_ratio: 0.15
stopwords: [der, und, die, in]
top_n_grams: [[2, 0.17], [3, 0.15], [4, 0.14]]
`
	file := filepath.Join(t.TempDir(), "deu_Latn.yml")
	if err := os.WriteFile(file, []byte(thresholds), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(uncommented(t, "../../configs/recipes/fineweb2.yaml"), "fineweb-2/configs", file)
	c, err := Parse("fineweb2.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Filters {
		named, ok := f.Options.(interface{ FileNames() []string })
		if strings.HasPrefix(f.Name, "gopher") && (!ok || !slices.Equal(named.FileNames(), []string{file})) {
			t.Errorf("%s does not name its file of thresholds for the manifest", f.Name)
		}
	}
	stages, err := c.FilterStages()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, reason string }{
		{"German by German thresholds", german, ""},
		{"no thresholds for English", prose, "gopher_repetition/no_thresholds"},
		{"German without its stop words", strings.NewReplacer(" und ", " oder ", " der ", " jener ", " die ", " jene ", " in ", " bei ", "Der ", "Jener ").Replace(german), "gopher_quality/gopher_enough_stop_words"},
		{"many lines of German", sentences(strings.Fields(german), 4), "fineweb/list_ratio"}, // at .2, which the default would keep,
	} {
		got := ""
		if doc := run(t, stages, corpus.Document{Text: test.text}); doc.Reason != nil {
			got = doc.Reason.String()
		}
		if got != test.reason {
			t.Errorf("%s: %q, want %q", test.name, got, test.reason)
		}
	}
}

func TestRecipesHeader(t *testing.T) {
	for _, path := range recipes(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"# yaml-language-server: $schema=../schema.json\n", "# You supply: ", "# What differs: ", "\nsources:\n"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
}
