package filter

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"corpus"
)

func TestFineWeb(t *testing.T) {
	// Lines of 34 characters and 7 words or more, all different.
	numbered := func(from, n int, end string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("This is line number %03d of the text%s", from+i, end)
		}
		return strings.Join(list, "\n")
	}
	// Lines of the given number of characters.
	short := func(n, length int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("%03d %s.", i, strings.Repeat("é", length-5))
		}
		return strings.Join(list, "\n")
	}
	for _, test := range []struct {
		name, text string
		rule       string
		value      string
	}{
		{"empty", "", "empty", "0"},
		{"blank", " \n\t\n", "empty", "0"},
		{"plain", numbered(0, 10, "."), "", ""},

		{"12 of 100 lines end", numbered(0, 12, ".") + "\n" + numbered(12, 88, ""), "", ""},
		{"13 of 100 lines end", numbered(0, 13, ".") + "\n" + numbered(13, 87, ""), "", ""},
		{"11 of 100 lines end", numbered(0, 11, ".") + "\n" + numbered(11, 89, ""), "line_punct_ratio", "0.11"},
		{"no line ends", numbered(0, 10, ""), "line_punct_ratio", "0"},
		{"ends in any script", numbered(0, 3, "。") + "\n" + numbered(3, 3, "؟") + "\n" + numbered(6, 3, "।"), "", ""},
		{"a space hides the end", numbered(0, 10, ". "), "line_punct_ratio", "0"},

		{"67 of 100 lines short", short(67, 30) + "\n" + numbered(100, 33, "."), "", ""},
		{"68 of 100 lines short", short(68, 30) + "\n" + numbered(100, 32, "."), "short_line_ratio", "0.68"},
		{"31 characters are not short", short(68, 31) + "\n" + numbered(100, 32, "."), "", ""},

		// 100 characters a line: one repeated line of 100 in all is .01.
		{"duplicates .01", longLines(99) + "\n" + longLines(1), "", ""},
		{"duplicates above .01", longLines(98) + "\n" + longLines(1), "char_dup_ratio", "0.0101"},
		{"duplicates below .01", longLines(100) + "\n" + longLines(1), "", ""},

		// The full stop is the tenth word.
		{"newlines .3", "aaaaaaaaaabbbbbbbbbbccccccccccdddddd b\n\n\nd e f g h i j.", "", ""},
		{"newlines above .3", "aaaaaaaaaabbbbbbbbbbccccccccccdddddd b\n\n\nd e f g h i.", "list_ratio", "0.3333"},
		{"newlines below .3", "aaaaaaaaaabbbbbbbbbbccccccccccdddddd b\n\n\nd e f g h i j k.", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewFineWeb(DefaultFineWebOptions())
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "fineweb", Rule: test.rule, Value: test.value})
		})
	}
}

// longLines is n different lines of 100 characters.
func longLines(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = string([]rune(fmt.Sprintf("%03d ", i) + strings.Repeat("word é", 20))[:99]) + "."
	}
	return strings.Join(list, "\n")
}

func TestFineWebOptions(t *testing.T) {
	const text = "this line has no end mark at all, and it is long\nnor has this one here, it is long as well;"
	for _, test := range []struct {
		name   string
		change func(*FineWebOptions)
		rule   string
	}{
		{"default", func(*FineWebOptions) {}, "line_punct_ratio"},
		{"exclude zero", func(o *FineWebOptions) { o.LinePunctExcludeZero = true }, ""},
		{"stop characters", func(o *FineWebOptions) { o.StopChars = []string{"long", ";"} }, ""},
		{"short lines of 60", func(o *FineWebOptions) { o.LinePunctThr = 0; o.ShortLineLength = 60 }, "short_line_ratio"},
		{"lines of any length are short", func(o *FineWebOptions) { o.LinePunctThr = 0; o.ShortLineLength = math.MaxInt }, "short_line_ratio"},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultFineWebOptions()
			test.change(&options)
			stage, err := NewFineWeb(options)
			if err != nil {
				t.Fatal(err)
			}
			if got := rule(process(t, stage, text)[0]); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
	for key, change := range map[string]func(*FineWebOptions){
		"line_punct_thr":        func(o *FineWebOptions) { o.LinePunctThr = 2 },
		"short_line_thr":        func(o *FineWebOptions) { o.ShortLineThr = -1 },
		"short_line_length":     func(o *FineWebOptions) { o.ShortLineLength = -1 },
		"char_duplicates_ratio": func(o *FineWebOptions) { o.CharDuplicatesRatio = 1.1 },
		"new_line_ratio":        func(o *FineWebOptions) { o.NewLineRatio = -0.1 },
		"stop_chars":            func(o *FineWebOptions) { o.StopChars = []string{""} },
		"words":                 func(o *FineWebOptions) { o.Words = "x" },
	} {
		options := DefaultFineWebOptions()
		change(&options)
		_, err := NewFineWeb(options)
		checkBadOption(t, err, key)
	}
}
