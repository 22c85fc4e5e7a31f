package paragraph

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"corpus"
	"corpus/dedup"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestExchangeRemoves(t *testing.T) {
	for _, test := range []struct {
		name     string
		edit     func(*Options)
		in, want []string
	}{
		{"paragraph of an earlier document", nil, []string{"one\n\ntwo", "three\n\ntwo\n\nfour"}, []string{"one\n\ntwo", "three\n\nfour"}},
		{"whole document", nil, []string{"one\n\ntwo", "two"}, []string{"one\n\ntwo", ""}},
		{"first paragraph", nil, []string{"one", "one\n\ntwo"}, []string{"one", "two"}},
		{"last paragraph", nil, []string{"one", "two\n\none"}, []string{"one", "two"}},
		{"last paragraph with a line feed at the end", nil, []string{"one", "two\n\none\n"}, []string{"one", "two\n"}},
		{"within a document", nil, []string{"one\n\ntwo\n\none\n\nthree\n\none"}, []string{"one\n\ntwo\n\nthree"}},
		{"several in a row", nil, []string{"a\n\nb\n\nc", "x\n\na\n\nb\n\nc\n\ny"}, []string{"a\n\nb\n\nc", "x\n\ny"}},
		{"several at the end", nil, []string{"a\n\nb", "x\n\na\n\nb"}, []string{"a\n\nb", "x"}},
		{"paragraphs of lines", nil, []string{"a\nb\n\nc", "a\n\nb\n\na\nb\n\nd"}, []string{"a\nb\n\nc", "a\n\nb\n\nd"}},
		{"the longer separator stays, before", nil, []string{"b", "a\n\n\n\nb\n\nc"}, []string{"b", "a\n\n\n\nc"}},
		{"the longer separator stays, behind", nil, []string{"b", "a\n\nb\n\n\nc"}, []string{"b", "a\n\n\nc"}},
		{"blank lines with white space", nil, []string{"one\n \t\ntwo", "x\n\u00a0\none"}, []string{"one\n \t\ntwo", "x"}},
		{"case and white space", nil, []string{"One  of\nthem", "x\n\n one OF them \n\ny"}, []string{"One  of\nthem", "x\n\ny"}},
		{"no normalisation", func(o *Options) { o.Normalize = None }, []string{"One", "x\n\none\n\n One "}, []string{"One", "x\n\none "}},
		{"ccnet", func(o *Options) { o.Normalize = CCNet }, []string{"Visité 12 times, today!", "x\n\nvisite 99 times – today"}, []string{"Visité 12 times, today!", "x"}},
		{"nothing is left by normalisation", func(o *Options) { o.Normalize = CCNet }, []string{"-----", "x\n\n-----\n\n....."}, []string{"-----", "x\n\n-----\n\n....."}},
		{"lines", func(o *Options) { o.Unit = Lines }, []string{"a\nb", "x\nb\ny\n\na\n\nz"}, []string{"a\nb", "x\ny\n\nz"}},
		{"a line at the end of a paragraph", func(o *Options) { o.Unit = Lines }, []string{"b", "a\nb\n\nc"}, []string{"b", "a\n\nc"}},
		{"a line with indentation", func(o *Options) { o.Unit = Lines }, []string{"b()", "a {\n\tb()\n\tc()\n}"}, []string{"b()", "a {\n\tc()\n}"}},
		{"line ends of two characters", func(o *Options) { o.Unit = Lines }, []string{"b", "a\r\nb\r\nc"}, []string{"b", "a\r\nc"}},
		{"short ones stay", func(o *Options) { o.MinLength = 4 }, []string{"two\n\nthree", "x\n\ntwo\n\nthree"}, []string{"two\n\nthree", "x\n\ntwo"}},
		{"few words stay", func(o *Options) { o.MinWords = 2 }, []string{"one\n\none two", "x\n\none\n\none\ttwo\n\none two three"}, []string{"one\n\none two", "x\n\none\n\none two three"}},
		{"two copies stay", func(o *Options) { o.Keep = 2 }, []string{"a\n\nb", "a\n\nx\n\na", "y\n\na"}, []string{"a\n\nb", "a\n\nx", "y"}},
		{"no copy stays", func(o *Options) { o.Keep = 0 }, []string{"a\n\nb", "x\n\na", "c\n\na\n\nd"}, []string{"b", "x", "c\n\nd"}},
		{"empty texts", nil, []string{"", "\n\n", " "}, []string{"", "\n\n", " "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := texts(exchange(t, options(test.edit), nil, documents(test.in...)))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRangesAndPartners(t *testing.T) {
	docs := documents("one\n\ntwo", "two\n\nx\n\none\n\ntwo")
	got := exchange(t, options(nil), nil, docs)
	want := []Removal{
		{Text: docs[0].Text, Left: 8},
		{
			Ranges: []Range{
				{Offset: 0, Length: 5, Partner: docs[0].Ref, PartnerOffset: 5},
				{Offset: 6, Length: 5, Partner: docs[0].Ref},
				{Offset: 11, Length: 5, Partner: docs[0].Ref, PartnerOffset: 5},
			},
			Text: "x", Left: 1, Share: .9,
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Error(diff)
	}
}

func TestRankChoosesTheCopyThatStays(t *testing.T) {
	docs := documents("one\n\na", "one\n\nb", "one\n\nc")
	docs[0].Source, docs[1].Source, docs[2].Source = "last", "best", "middle"
	rank := func(d *corpus.Document) []byte {
		return []byte(map[string]string{"best": "1", "middle": "12", "last": "2"}[d.Source])
	}
	got := exchange(t, options(nil), rank, docs)
	if diff := cmp.Diff([]string{"a", "one\n\nb", "c"}, texts(got)); diff != "" {
		t.Error(diff)
	}
	for _, i := range []int{0, 2} {
		if p := got[i].Ranges[0].Partner; p != docs[1].Ref {
			t.Errorf("document %d has partner %d, not that of the best rank", i, p)
		}
	}
}

func TestScope(t *testing.T) {
	for _, test := range []struct {
		scope string
		want  []string
	}{
		{Corpus, []string{"one", "", "", "", "", ""}},
		{Source, []string{"one", "", "one", "", "", ""}},
		{Domain, []string{"one", "", "one", "one", "one", "one"}},
	} {
		t.Run(test.scope, func(t *testing.T) {
			docs := documents("one", "one", "one", "one", "one", "one")
			for i, url := range []string{"https://www.a.co.uk/1", "http://b.A.co.uk:80/", "https://b.co.uk/", "https://10.0.0.1/", "http://10.9.0.1/2", ""} {
				docs[i].URL = url
				docs[i].Source = []string{"s", "t"}[min(1, i/2)]
			}
			got := texts(exchange(t, options(func(o *Options) { o.Scope = test.scope }), nil, docs))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The name of a scope and a paragraph cannot be read as another name and another paragraph.
func TestScopeEndsWhereTheParagraphBegins(t *testing.T) {
	docs := documents("b\x00text", "text", "x", "xx")
	docs[0].Source, docs[1].Source, docs[2].Source, docs[3].Source = "a", "a\x00b", "ax", "a"
	for i, r := range exchange(t, options(func(o *Options) { o.Scope = Source }), nil, docs) {
		if len(r.Ranges) > 0 {
			t.Errorf("document %d loses %q to another source", i, docs[i].Text)
		}
	}
}

func TestDrop(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*Options)
		text string
		want bool
	}{
		{"little left", func(o *Options) { o.MinDocument = 4 }, "repeated\n\nxyz", true},
		{"enough left", func(o *Options) { o.MinDocument = 3 }, "repeated\n\nxyz", false},
		{"short but whole", func(o *Options) { o.MinDocument = 10 }, "xyz", false},
		{"much repeated", func(o *Options) { o.DropShare = .5 }, "repeated\n\n1234567", true},
		{"half repeated", func(o *Options) { o.DropShare = .5 }, "repeated\n\n12345678", false},
		{"any repeated", func(o *Options) { o.DropShare = 0 }, "repeated\n\n" + strings.Repeat("x", 1000), true},
		{"none repeated", func(o *Options) { o.DropShare = 0 }, "xyz", false},
		{"all gone and kept", nil, "repeated", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := exchange(t, options(test.edit), nil, documents("repeated", test.text))
			if got[1].Drop != test.want {
				t.Errorf("%+v", got[1])
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		key  string
		edit func(*Options)
	}{
		{"unit", func(o *Options) { o.Unit = "sentence" }},
		{"normalize", func(o *Options) { o.Normalize = "" }},
		{"scope", func(o *Options) { o.Scope = "url" }},
		{"method", func(o *Options) { o.Method = "cuckoo" }},
		{"min_length", func(o *Options) { o.MinLength = 0 }},
		{"min_words", func(o *Options) { o.MinWords = -1 }},
		{"keep", func(o *Options) { o.Keep = 1001 }},
		{"min_document", func(o *Options) { o.MinDocument = -1 }},
		{"drop_share", func(o *Options) { o.DropShare = math.NaN() }},
		{"false_positive_rate", func(o *Options) { o.FalsePositiveRate = 0 }},
		{"false_positive_rate", func(o *Options) { o.FalsePositiveRate = math.NaN() }},
		{"expected", func(o *Options) { o.Expected = -1 }},
		{"expected", func(o *Options) { o.Method = Bloom }},
		{"keep", func(o *Options) { o.Method, o.Expected, o.Keep = Bloom, 1, 2 }},
	} {
		o := DefaultOptions()
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		test.edit(&o)
		var bad *corpus.OptionError
		if err := o.Validate(); !errors.As(err, &bad) || bad.Key != test.key {
			t.Errorf("%s: %v", test.key, err)
		}
	}
}

func TestCutRefusesAnotherText(t *testing.T) {
	h, err := NewHasher(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, repeats := range [][]Repeat{{{Offset: 2}}, {{Offset: 100}}, {{Offset: 5}, {Offset: 0}}} {
		if r, err := h.Cut("one\n\ntwo", repeats); err == nil {
			t.Errorf("%v: %+v", repeats, r)
		}
	}
}

// randomText is made of few words and separators, so that it repeats itself.
func randomText(r *rand.Rand) string {
	words := []string{"one", "One ", "two", "  two", "tw\u00f6", "3 4", "5 6", "-- --", "a b c", "x\u2028y", "\x00", "\u0130", "e\u0301", "\u00e9"}
	ends := []string{" ", "\n", "\n", "\n\n", "\n\n", "\n \n\n", "\r\n", "\u0085", "\t\n\n", "\n\u2003\n"}
	var b strings.Builder
	for range r.IntN(30) {
		if r.IntN(10) == 0 {
			b.WriteString(ends[r.IntN(len(ends))])
		}
		b.WriteString(words[r.IntN(len(words))])
		b.WriteString(ends[r.IntN(len(ends))])
	}
	return b.String()
}

func randomOptions(r *rand.Rand) Options {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	return options(func(o *Options) {
		o.Unit, o.Normalize = pick(Paragraphs, Lines), pick(None, Fold, CCNet)
		o.MinLength, o.MinWords, o.Keep = 1+r.IntN(5), r.IntN(3), r.IntN(3)
	})
}

// TestLikePlain compares the exchange with a map of normalised strings, and checks that nothing but the copies goes.
func TestLikePlain(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 0))
		opts := randomOptions(r)
		var in []string
		for range 1 + r.IntN(8) {
			in = append(in, randomText(r))
		}
		removals := exchange(t, opts, nil, documents(in...))
		want := plainRemove(in, opts)
		for i, removal := range removals {
			if diff := cmp.Diff(want[i], plainUnits(removal.Text, opts.Unit)); diff != "" {
				t.Fatalf("seed %d, %+v, document %d %q of %q:\n%s", seed, opts, i, in[i], in, diff)
			}
			checkText(t, in[i], removal)
		}
		if opts.Keep != 1 {
			continue
		}
		opts.Expected, opts.FalsePositiveRate = 10_000, 1e-12
		if diff := cmp.Diff(texts(removals), texts(filter(t, opts, documents(in...)))); diff != "" {
			t.Fatalf("seed %d, %+v: the filter removes something else:\n%s", seed, opts, diff)
		}
	}
}

// checkText looks at what a reader of the remaining text would see.
func checkText(t *testing.T, in string, r Removal) {
	t.Helper()
	if !utf8.ValidString(r.Text) {
		t.Fatalf("%q leaves %q", in, r.Text)
	}
	if most := longestRun(in); longestRun(r.Text) > most {
		t.Fatalf("%q has %d line feeds in a row, %q more", in, most, r.Text)
	}
	var at int64
	for _, x := range r.Ranges {
		if x.Offset < at || x.Length <= 0 || x.Offset+x.Length > int64(len(in)) {
			t.Fatalf("%q: ranges %+v", in, r.Ranges)
		}
		at = x.Offset + x.Length
	}
}

// longestRun is the most line feeds with nothing but white space between them.
func longestRun(text string) int {
	most := 0
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !dedup.IsSpace(r) }) {
		most = max(most, feeds(run))
	}
	return most
}
