package pdf

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// set places lines of 10 points one below the other, 12 points apart, as wide as they are long: 5 points a character.
// A leading tab indents, an empty line leaves a gap.
func set(lines ...string) []line {
	var out []line
	base := 700.0
	for _, s := range lines {
		base -= 12
		if s == "" {
			continue
		}
		left := 72.0
		for s[0] == '\t' {
			left, s = left+12, s[1:]
		}
		out = append(out, line{text: s, placed: true, left: left, right: left + 5*float64(len([]rune(s))), base: base, height: 10})
	}
	return out
}

func TestCompose(t *testing.T) {
	foot := func(n int, lines ...string) []line {
		page := set(lines...)
		page = append([]line{{text: fmt.Sprintf("A Made Up Report, part %d", n), placed: true, left: 72, right: 200, base: 760, height: 8}}, page...)
		return append(page, line{text: fmt.Sprintf("- %d -", n), placed: true, left: 300, right: 320, base: 30, height: 8})
	}
	large := set("A heading of another size", "", "the text below it goes on here.")
	large[0].height = 16
	columns := append(set("The left column is read first and", "ends in the middle of a sen-"), set("tence that the right column ends.")...)
	columns[2].left, columns[2].right = 330, 495
	upside := set("first line of the page,", "second line,", "third line.")
	upside[0], upside[2] = upside[2], upside[0]
	bare := []line{{text: "No places are known."}, {text: "The text alone tells,"}, {text: "as well as it can."}}
	for _, test := range []struct {
		name  string
		pages [][]line
		want  string
	}{
		{"lines of a paragraph", [][]line{set("This sentence goes over two lines of", "the page and ends here. Another one", "ends here.")},
			"This sentence goes over two lines of the page and ends here. Another one ends here."},
		{"a gap ends a paragraph", [][]line{set("One paragraph of some words that fill", "its lines and end.", "", "Another paragraph of some words that", "fill the lines.")},
			"One paragraph of some words that fill its lines and end.\n\nAnother paragraph of some words that fill the lines."},
		{"an indent ends a paragraph", [][]line{set("One paragraph of some words that go on to the very end of it.", "\tAnother paragraph begins with an indent and goes on to the", "end of the line, and beyond it.")},
			"One paragraph of some words that go on to the very end of it.\n\nAnother paragraph begins with an indent and goes on to the end of the line, and beyond it."},
		{"a short line ends a paragraph", [][]line{set("One paragraph of some words that go on to the next line", "and end.", "Another paragraph of some words that go on to the next.")},
			"One paragraph of some words that go on to the next line and end.\n\nAnother paragraph of some words that go on to the next."},
		{"divided words", [][]line{set("The hyphen of a divi-", "ded word goes, that of", "Anglo-", "Saxons stays.")}, "The hyphen of a divided word goes, that of Anglo-Saxons stays."},
		{"a mark of PDFium's", [][]line{set("A divi\ufffe", "ded word")}, "A divided word"},
		{"over the page", [][]line{set("A sentence that goes on"), set("on the next page.")}, "A sentence that goes on on the next page."},
		{"a new page", [][]line{set("A sentence ends."), set("Another begins.")}, "A sentence ends.\n\nAnother begins."},
		{"heads and page numbers", [][]line{foot(1, "one goes on"), foot(2, "over pages"), foot(3, "to the end.")}, "one goes on over pages to the end."},
		{"two numbered pages", [][]line{append(set("one goes on"), set("", "", "1")...), append(set("over pages."), set("", "", "2")...)}, "one goes on over pages."},
		{"a number that is text", [][]line{set("The answer is", "42")}, "The answer is 42"},
		{"a heading", [][]line{large}, "A heading of another size\n\nthe text below it goes on here."},
		{"a list", [][]line{set("There are two things:", "• the first, which is long enough to", "\tgo over two lines", "• the second", "", "And so on.")},
			"There are two things:\n• the first, which is long enough to go over two lines\n• the second\n\nAnd so on."},
		{"columns", [][]line{columns}, "The left column is read first and ends in the middle of a sentence that the right column ends."},
		{"drawn from below", [][]line{upside}, "first line of the page, second line, third line."},
		{"no spaces between wide characters", [][]line{set("文章は続", "きます。")}, "文章は続きます。"},
		{"no places", [][]line{bare}, "No places are known.\n\nThe text alone tells, as well as it can."},
		{"nothing", [][]line{nil, nil}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compose(test.pages)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDate(t *testing.T) {
	for in, want := range map[string]string{
		"D:20220429171908Z": "2022-04-29T17:19:08Z", "D:20220429171908+02'00'": "2022-04-29T15:19:08Z", "20220429171908": "2022-04-29T17:19:08Z",
		"D:20220429171908-05": "2022-04-29T22:19:08Z", "D:20220429171908Z00'00'": "2022-04-29T17:19:08Z",
		"D:20220429": "2022-04-29", "D:202204": "2022-04", "D:2022": "2022", "D:00000000": "", "Friday": "", "": "", "D:20221350": "",
	} {
		if got := date(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
