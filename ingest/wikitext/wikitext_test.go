package wikitext

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func site() *Site {
	return NewSite([]Namespace{{0, ""}, {1, "Diskussion"}, {6, "Datei"}, {14, "Kategorie"}, {-2, "Medium"}})
}

func text(src string) string { return NewConverter(site()).Text("Seite", []byte(src)) }

func TestText(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"paragraphs", "One\ntwo.\n\nThree.\n\n\n\nFour.\n", "One two.\n\nThree.\n\nFour."},
		{"lines of Chinese join without a space", "柏林\n是首都", "柏林是首都"},
		{"bold and italic", "''a'' '''b''' '''''c''''' d'e ''''f'''' ", "a b c d'e 'f'"},
		{"an apostrophe before italic", "de l'''Iliade'' et '''bold'''", "de l'Iliade et bold"},
		{"quotes in a label", "[[a|''b'']] ''c''", "b c"},
		{"behaviour switches", "__TOC__\nA __NOEDITSECTION__ b\n__БЕЗ_ОГЛ__\n\nx __init__ y", "A b\n\nx __init__ y"},
		{"signatures", "by ~~~~ or ~~ here", "by or ~~ here"},
		{"rule", "a\n----\nb", "a\n\nb"},
		{"preformatted lines", "a\n x  =  1\n   y\nb", "a\n\nx = 1\n  y\n\nb"},
		{"control characters", "a\x01b\x02c\x03\x0b\x0c\x00d", "abcd"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},

		{"sections", "Lead.\n== One ==\nText.\n=== Two ===\nMore.\n==Three==\nEnd.", "Lead.\n\nOne\n\nText.\n\nTwo\n\nMore.\n\nThree\n\nEnd."},
		{"sections without text go", "a\n== See also ==\n{{Portal}}\n=== Sub ===\n<references/>\n== Kept ==\nb\n== Links ==\n[[Kategorie:X]]", "a\n\nKept\n\nb"},
		{"a section keeps the title above it", "== One ==\n=== Two ===\nx", "One\n\nTwo\n\nx"},
		{"a title with markup and a comment", "== ''A'' [[b|B]]<ref>x</ref> == <!-- c -->\nx", "A B\n\nx"},
		{"no title", "== a\n=\nb", "== a = b"},

		{"lists", "* a\n* b\n** c\n*** d\n* e", "- a\n- b\n  - c\n    - d\n- e"},
		{"ordered lists", "# a\n# b\n## c\n## d\n# e\n\n# f", "1. a\n2. b\n  1. c\n  2. d\n3. e\n\n1. f"},
		{"an indented line within an ordered list", "# a\n#: b\n# c", "1. a\n  b\n2. c"},
		{"definitions", "; term\n: meaning\n:: more", "term\nmeaning\nmore"},
		{"items without text go", "* a\n* {{x}}\n* [[Datei:x.jpg]]\n* b", "- a\n- b"},
		{"a list behind a paragraph", "a:\n* b\nc", "a:\n\n- b\n\nc"},

		{"links", "[[a]] [[a|b]] [[a]]s [[a|b]]s [[:Kategorie:X]] [[#Teil]] [[a#b|]]", "a b as bs Kategorie:X Teil a#b"},
		{"pipe trick", "[[Berlin (Ort)|]] [[Hilfe:Seite|]] [[Paris, Texas|]]", "Berlin Seite Paris"},
		{"files and categories", "a [[Datei:x.jpg|mini|A [[b|c]] and [[Datei:y.png]] d]] e [[Kategorie:X|y]][[Category:Y]] [[File:z.svg|20px]]", "a e"},
		{"a file under a name that the dump does not tell", "a [[Slika:Foto.JPG|thumb|caption]] b", "a b"},
		{"links to other languages", "a\n[[en:House]]\n[[zh-min-nan:X]] [[:en:House]] [[wikt:house|house]]", "a\n\nen:House house"},
		{"a link over lines is none", "[[a\nb]] c", "a b c"},
		{"external links", "[http://x.org label] [http://x.org] [//x.org/ ''l''] https://x.org/a_b [mailto:a@b.c mail] [1] [[a]]", "label l https://x.org/a_b mail [1] a"},
		{"a label with brackets", "[http://x.org see [[a|b]] c]", "see b c"},

		{"templates go", "a {{x|y={{z}}\n|w}}, b {{u}}.", "a, b."},
		{"templates that are text", "{{lang|de|Haus}} {{lang-fr|maison}} {{nowrap|a b}} {{nbsp}}{{ndash}} {{abbr|MS|manuscript}} {{unknown|text}}!", "Haus maison a b – MS !"},
		{"a template in one that is text", "{{lang|de|das ''{{nowrap|große [[Haus]]}}''}}", "das große Haus"},
		{"arguments by number", "{{lang|2=x = y|1=de}} {{nowrap|1=a=b}}", "x = y a=b"},
		{"measures", "{{convert|5|km|mi}}, {{convert|5|to|10|km2}}, {{cvt|6|ft|2|in}}, {{convert|20|C|F}}, {{convert|3|-|4|ft|m}}", "5 km, 5 to 10 km², 6 ft 2 in, 20 °C, 3–4 ft"},
		{"values", "{{val|1.5|0.2|e=3|u=kg}} {{frac|1|2}} {{frac|3|1|4}} {{frac|8}} {{formatnum:1234}} {{US$|5}} {{e|6}}", "1.5±0.2×10^3 kg 1/2 3 1/4 1/8 1234 US$5 ×10^6"},
		{"times", "{{circa|1500}} {{as of|2010|5|lc=y}} {{As of|2011}} {{s|XIX}} {{XXe siècle}}", "c. 1500 as of May 2010 As of 2011 XIXe siècle XXe siècle"},
		{"signs", "a{{spaced ndash}}b {{'}}s{{·}}c {{!}} {{=}}", "a – b 's · c | ="},
		{"Japanese", "{{nihongo|judo|柔道|jūdō}} {{nihongo|x|y}}", "judo (柔道, jūdō) x (y)"},
		{"quotations", "a\n{{quote|text=Said ''he''.|author=X}}\nb\n{{blockquote|One.\n\nTwo.}}", "a\n\nSaid he.\n\nb\n\nOne.\n\nTwo."},
		{"lists by template", "a {{plainlist|\n* x\n* y\n}} {{hlist|p|q}} {{ubl|m|n}}", "a\n\n- x\n- y\n\np, q\n- m\n- n"},
		{"parser functions and magic words", "{{#if:a|b|c}}x{{DEFAULTSORT:y}}{{PAGENAME}}{{uc:ab}}{{ucfirst:éa}}{{CURRENTYEAR}}", "xSeiteABÉa"},
		{"parameters", "{{{1}}}a{{{x|default {{nowrap|y}}}}}b", "adefault yb"},
		{"empty parentheses", "A ({{IPA|x}}) b, c ( {{x}}, {{y}} ; {{z}}) d ({{x}}; born 1950, {{y}}) e (f, {{x}}) f() g ({{x}}born).", "A b, c d (born 1950) e (f) f() g (born)."},
		{"empty parentheses, full width", "柏林（{{x}}，{{y}}）是（{{x}}，甲）", "柏林是（甲）"},
		{"space before what is left", "a <ref>x</ref>, b {{x}}. c{{x}} d", "a, b. c d"},

		{"references", "a<ref>x</ref>b<ref name=\"n\" />c<ref name=x>{{cite|[[y]]}}</ref>d <references>\n<ref>x</ref></references>", "abcd"},
		{"a reference without end", "a<ref>x [[y]]\nb", "a b"},
		{"comments", "a<!-- x\n\ny -->b\n<!-- line -->\nc <!-- no end", "ab c"},
		{"nowiki", "<nowiki>''a'' [[b]] {{c}} &amp;</nowiki> <nowiki/>d", "''a'' [[b]] {{c}} & d"},
		{"code", "a\n<syntaxhighlight lang=\"go\">\n\nif x {\n\ty[[1]] = {{2}} &amp; '''3'''\n}\n</syntaxhighlight>\nb <source inline>f( )</source> <code>''c''</code>", "a\n\nif x {\n\ty[[1]] = {{2}} &amp; '''3'''\n}\n\nb f( ) c"},
		{"pre", "<pre>\n a  &lt;b&gt;\n  c\n</pre>", " a  <b>\n  c"},
		{"formulas", "where <math>a^{2} +\n b</math>, <math display=block>{{x}}</math> <ce>H2O</ce><math> </math>.", "where $a^{2} + b$, ${{x}}$ $\\ce{H2O}$."},
		{"what is no text", "a<gallery>\nx.jpg|y\n</gallery> <timeline>x</timeline>b <score>c</score><gallery>", "a b"},
		{"HTML", "a<br>b<br/>c<p>d</p>e H<sub>2</sub>O <span style=\"x\">f</span> <b>g</B> <foo> 1 < 2 <", "a\nb\nc\n\nd\n\ne H2O f g <foo> 1 < 2 <"},
		{"HTML lists", "<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"},
		{"character references", "a&nbsp;b &ndash; &#x41;&#66; &amp;lt; &unknown; &", "a b – AB &lt; &unknown; &"},
		{"poem", "<poem>\none\n two ''x''\n\nthree\n</poem>\nend", "one\ntwo x\n\nthree\n\nend"},

		{"tables", "a\n{| class=x\n! h\n|-\n| b || [[c]]\n|}\nd", "a\n\nd"},
		{"nested tables", "a\n{|\n| b\n{|\n| c\n|}\n| d\n|}\n:{|\n| e\n|}\nf", "a\n\nf"},
		{"a table without end", "a\n{|\n| b\n\n== c ==\nd", "a\n\nc\n\nd"},
		{"a table from templates", "{{begin}}\n| b\n|-\n! c\n|}\nd", "d"},
		{"a table in a template", "{{x|\n{|\n| a\n|}\n}}b {{y\n|z=\n|}}c", "b c"},
		{"HTML tables", "a<table><tr><td>b<table><tr><td>c</td></tr></table></td></tr></table>d", "ad"},
		{"variants", "-{zh-hans:甲; zh-hant:乙}-丙-{丁}--{H|zh-cn:x;zh-tw:y}- a-{b", "甲丙丁 a-{b"},

		{"a template without end", "a {{x [[b]] c\n\nd", "a x b c\n\nd"},
		{"a link without end", "a [[b c\n\nd {{x}} e", "a b c\n\nd e"},
		{"a link without end in a template", "a {{x|[[b}} c", "a c"},
		{"ends without beginning", "a }} b ]] c |} d", "a b c |} d"},
		{"a tag without end", "a <ref name=\"x\" b", "a <ref name=\"x\" b"},
		{"braces", "{{{{{x}}}}} {a} {{{{b}}}}", "{a} {}"},
		{"brackets", "[[[a]]] [[[[a]]b]]", "[a] ab"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, text(test.src)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A converter that has seen other pages gives the same text as a new one.
func TestConverterIsReused(t *testing.T) {
	c := NewConverter(site())
	for _, src := range []string{"== a ==\n# b", "# c\n{{x", "* a\n<ref>", "<ref>b</ref>c", "== d", "[[a|''b'']] '''''c"} {
		if got, want := c.Text("Seite", []byte(src)), text(src); got != want {
			t.Errorf("%q: got %q, want %q", src, got, want)
		}
	}
}

// generator makes wiki text at random together with the text that it stands for.
type generator struct {
	r *rand.Rand
	n int
}

func (g *generator) word() string {
	g.n++
	return fmt.Sprintf("w%d", g.n)
}

// inline returns some markup and its text, words with spaces between.
func (g *generator) inline(depth int) (src, want string) {
	var srcs, wants []string
	add := func(src, want string) {
		srcs = append(srcs, src)
		if want != "" {
			wants = append(wants, want)
		}
	}
	for range 1 + g.r.IntN(4) {
		w := g.word()
		if depth == 0 {
			add(w, w)
			continue
		}
		s, t := g.inline(depth - 1)
		switch g.r.IntN(14) {
		case 0:
			add("'''"+w+"'''", w)
		case 1:
			add("[["+w+"|"+s+"]]", t)
		case 2:
			add("{{"+w+"|"+s+"|x="+s+"}}", "")
		case 3:
			add("{{lang|de|"+s+"}}", t)
		case 4:
			add("<ref>[["+w+"</ref>", "")
		case 5:
			add("[[Datei:"+w+".jpg|mini|"+s+"]]", "")
		case 6:
			add("<!-- {{"+w+" -->", "")
		case 7:
			add("[http://example.org/"+w+" "+s+"]", t)
		case 8:
			add("<small>"+s+"</small>", t)
		case 9:
			add("{{#if:"+w+"|"+s+"\n{|\n| "+s+"\n|}\n}}", "")
		case 10:
			add("-{zh-hans:"+s+";zh-hant:"+w+"}-", t)
		case 11:
			add("<nowiki>{{"+w+"</nowiki>", "{{"+w)
		default:
			add(w, w)
		}
	}
	return strings.Join(srcs, " "), strings.Join(wants, " ")
}

func (g *generator) page() (src, want string) {
	var blocks []string
	var b strings.Builder
	heading := ""
	add := func(text string) {
		if text != "" {
			if heading != "" {
				blocks = append(blocks, heading)
				heading = ""
			}
			blocks = append(blocks, text)
		}
	}
	for range 12 {
		s, t := g.inline(3)
		switch g.r.IntN(6) {
		case 0:
			heading = g.word()
			fmt.Fprintf(&b, "\n== %s ==\n", heading)
		case 1:
			fmt.Fprintf(&b, "{| class=x\n! %s\n|-\n| %s || {{x|%s}}\n{|\n| %s\n|}\n|}\n", s, s, s, s)
		case 2:
			w := g.word()
			fmt.Fprintf(&b, "\n* %s\n** %s\n\n", w, w)
			add("- " + w + "\n  - " + w)
		default:
			fmt.Fprintf(&b, "%s\n\n", s)
			add(t)
		}
	}
	return b.String(), strings.Join(blocks, "\n\n")
}

func TestGeneratedPages(t *testing.T) {
	for seed := range uint64(300) {
		g := generator{r: rand.New(rand.NewPCG(seed, 1))}
		src, want := g.page()
		if diff := cmp.Diff(want, text(src)); diff != "" {
			t.Fatalf("seed %d, %q: %s", seed, src, diff)
		}
	}
}

// Pages whose cost would not be linear with backtracking: with this many openings the test would not end in time.
func TestHostilePages(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 30_000
	}
	for _, piece := range []string{
		"{{", "{", "{{{", "[[", "[http://x ", "<ref>", "<ref ", "<ref>a</ref>", "<!--", "\n{|", "\n|}", "<table>", "</table>", "<poem>", "-{", "''", "'''", "a'''b''", "&amp", "&", "__A", "\n== a ==", "\n==", "\n*",
		"}}", "]]", "{{a|", "{{nowrap|", "{{lang|a|", "{{nowrap|{{quote|{{lang|x|", "[[a|", "{{a}}", "[[a]]", "(", "({{x}}", "({{x}},)", "<nowiki>", "<math>", "</", "<", "<syntaxhighlight>", "{|\n|}", "{{a\n{|\n[[",
		"\n== <ref>a</ref>", "\n<!-- -->", "-->\n=", "\n== <!-- -->", "(（", "{{x}})）", "\n:;", "\n ", "\x01", "\xff", "[[a:", "[[File:", "~", "{{convert|1|", "{{val|", "{{#if:", "{{formatnum:", "{{1|2|3|4|=",
	} {
		src := strings.Repeat(piece, n/len(piece)*2)
		out := text(src)
		if len(out) > 2*len(src)+100 {
			t.Errorf("%q: %d bytes out of %d", piece, len(out), len(src))
		}
		closed := src + strings.Repeat("}}", n/4) + strings.Repeat("]]", n/4) + strings.Repeat("</ref>|}", n/8)
		text(closed)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"'''A''' is [[b|c]]{{d|{{e}}}}.\n\n== F ==\n* g<ref>h</ref>\n# i\n{|\n|j\n|}", "{{convert|1|to|2|km}} {{nihongo|a||b}} ({{x}}, )", "-{zh-hans:a;zh-hant:b}- <poem>x\ny</poem>",
		"<nowiki>[[</nowiki>&#91;&#91; {{{{{a}}}}}", "{{quote|\n* a\n** b\n}}{{plainlist|[[a]]\n{|\n|}}}", "\n== =\n=== <!-- a\n-->==\n''l'''a''", "（{{x}}，） ({{x}}（", "[http://a [[b]] c] [[Datei:x|[[y]]]]", "<table>{{a</table>}}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out := text(src)
		if !utf8.ValidString(out) {
			t.Errorf("%q: not UTF-8", out)
		}
		for i := range len(out) {
			if b := out[i]; b < ' ' && b != '\n' && b != '\t' || b == 0x7f {
				t.Errorf("a control character in %q", out)
			}
		}
		if !strings.ContainsAny(src, "<&") && (strings.Contains(out, "{{") || strings.Contains(out, "[[")) {
			t.Errorf("markup is left: %q", out)
		}
		if !strings.ContainsAny(src, "<") && strings.Contains(out, "\n\n\n") {
			t.Errorf("more than a blank line: %q", out)
		}
		if strings.TrimRight(out, " \n") != out || strings.HasPrefix(out, "\n") {
			t.Errorf("white space around %q", out)
		}
		if again := text(src); again != out {
			t.Errorf("%q, then %q", out, again)
		}
	})
}

func BenchmarkText(b *testing.B) {
	paragraph := "The '''house''' of [[Haus|that kind]] stands in the [[town]]<ref>{{cite book|title=Towns|year=1990|url=http://example.org/towns}}</ref>, {{convert|5|km}} from the sea (''unseen''; {{IPA|x}}), and nobody knows why. "
	src := []byte("{{Infobox house\n| name = House\n| year = 1900\n}}\n" + strings.Repeat(strings.Repeat(paragraph, 6)+"\n\n== Section ==\n* one\n* [[two]]\n\n{| class=\"wikitable\"\n| a || b\n|-\n| c || d\n|}\n", 50))
	c := NewConverter(site())
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		c.Text("House", src)
	}
}
