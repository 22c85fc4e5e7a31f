package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value is a cell of a table: text, a whole number, a share or a ratio.
type Value struct {
	form form
	text string
	a, b int64 // the number; the part and the whole; dividend and divisor
}

type form int

const (
	formText form = iota
	formNumber
	formShare
	formRatio
)

func text(s string) Value           { return Value{form: formText, text: Visible(s)} }
func number(n int64) Value          { return Value{form: formNumber, a: n} }
func share(part, whole int64) Value { return Value{form: formShare, a: part, b: whole} }
func ratio(over, under int64) Value { return Value{form: formRatio, a: over, b: under} }
func decimal(v float64) Value       { return ratio(int64(math.Round(v*1e6)), 1e6) }
func nothing() Value                { return Value{form: formRatio} } // not measured
func orUnknown(s string) Value      { return text(or(s, "unknown")) }

// Numeric tells numbers from text.
func (v Value) Numeric() bool { return v.form != formText }

// Class is the value's class in the page: a number, text that is cut between its pieces only, or text that needs room, such as a path or a digest.
func (v Value) Class() string {
	switch {
	case v.Numeric():
		return "n"
	case utf8.RuneCountInString(v.text) <= 32:
		return "short"
	}
	return "long"
}

// Pieces cuts the text where a line of the page may end: behind the separators of names and paths.
func (v Value) Pieces() []string {
	return strings.FieldsFunc(separators.Replace(v.String()), func(r rune) bool { return r == '\x00' })
}

// separators marks the ends of pieces by a character that no visible text holds.
var separators = strings.NewReplacer("_", "_\x00", "/", "/\x00", ".", ".\x00", "-", "-\x00", "=", "=\x00", "&", "&\x00")

// String is the value as people read it; "–" where there is nothing to divide by.
func (v Value) String() string {
	switch v.form {
	case formNumber:
		return grouped(v.a)
	case formShare:
		return percent(v.a, v.b)
	case formRatio:
		if v.b == 0 {
			return "–"
		}
		return fmt.Sprintf("%.3f", float64(v.a)/float64(v.b))
	}
	if runes := []rune(v.text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return v.text
}

// maxShown is how many letters of a text the page shows; the CSV file and datasheet.json have all.
const maxShown = 300

// formulas begin a formula in some spreadsheet, those of full width in Japanese ones (OWASP, "CSV injection").
const formulas = "=+-@＝＋－＠"

// CSV is the value as programs read it: numbers without separators, shares from 0 to 1, nothing where there is nothing to divide by.
// A text that a spreadsheet would take for a formula begins with an apostrophe.
func (v Value) CSV() string {
	switch v.form {
	case formNumber:
		return strconv.FormatInt(v.a, 10)
	case formShare, formRatio:
		if v.b == 0 {
			return ""
		}
		return strconv.FormatFloat(float64(v.a)/float64(v.b), 'f', 6, 64)
	}
	if first, _ := utf8.DecodeRuneInString(v.text); v.text != "" && strings.ContainsRune(formulas, first) {
		return "'" + v.text
	}
	return v.text
}
