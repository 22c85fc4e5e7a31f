package filter

import (
	"strings"
	"testing"

	"corpus"
)

func TestLength(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	olmo, dclm, mc4 := LengthOptions{MinCharacters: 150}, LengthOptions{MaxCharacters: 190_000}, LengthOptions{MinLongLines: 3, LongLineLength: 200}
	for _, test := range []struct {
		name    string
		options LengthOptions
		text    string
		rule    string
		value   string
	}{
		{"defaults", DefaultLengthOptions(), "", "", ""},
		{"149 characters", olmo, x(149), "min_characters", "149"},
		{"150 characters", olmo, x(150), "", ""},
		{"151 characters", olmo, x(151), "", ""},
		{"149 two-byte characters", olmo, strings.Repeat("é", 149), "min_characters", "149"},
		{"189999 characters", dclm, x(189_999), "", ""},
		{"190000 characters", dclm, x(190_000), "", ""},
		{"190001 characters", dclm, x(190_001), "max_characters", "190001"},
		{"190000 two-byte characters", dclm, strings.Repeat("é", 190_000), "", ""},
		{"two long lines", mc4, x(200) + "\n" + x(500) + "\n" + x(199), "min_long_lines", "2"},
		{"three long lines", mc4, x(200) + "\nshort\n" + x(201) + "\n" + x(200), "", ""},
		{"four long lines", mc4, strings.Repeat(x(200)+"\n", 4), "", ""},
		{"lines are counted in characters", mc4, strings.Repeat(strings.Repeat("é", 199)+"\n", 9), "min_long_lines", "0"},
		{"lines part at newlines alone", mc4, strings.Repeat(x(200)+"\u2028", 9), "min_long_lines", "1"},
		{"no lines", mc4, "", "min_long_lines", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewLength(test.options)
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "length", Rule: test.rule, Value: test.value})
		})
	}
}

func TestLengthBadOptions(t *testing.T) {
	for key, options := range map[string]LengthOptions{
		"min_characters":   {MinCharacters: -1},
		"max_characters":   {MinCharacters: 10, MaxCharacters: 9},
		"min_long_lines":   {MinLongLines: -1},
		"long_line_length": {LongLineLength: -1},
	} {
		_, err := NewLength(options)
		checkBadOption(t, err, key)
	}
}
