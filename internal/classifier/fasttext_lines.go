package classifier

import (
	"strings"

	"corpus/filter/fasttext"
)

// fastTextLines are lines "__label__a __label__b text". Labels may stand anywhere in the line.
type fastTextLines struct{}

func (fastTextLines) parse(line []byte) (Text, lineKind, error) {
	var t Text
	text := string(line)
	rest := strings.TrimLeft(text, " \t")
	for strings.HasPrefix(rest, fasttext.LabelPrefix) {
		label, after, _ := strings.Cut(rest, " ")
		if tab := strings.IndexByte(label, '\t'); tab >= 0 {
			label, after = rest[:tab], rest[tab+1:]
		}
		t.Labels = append(t.Labels, plainLabel(label))
		rest = strings.TrimLeft(after, " \t")
	}
	if strings.Contains(rest, fasttext.LabelPrefix) {
		words := strings.Fields(rest)
		kept := words[:0]
		for _, w := range words {
			if strings.HasPrefix(w, fasttext.LabelPrefix) {
				t.Labels = append(t.Labels, plainLabel(w))
			} else {
				kept = append(kept, w)
			}
		}
		rest = strings.Join(kept, " ")
	}
	if len(t.Labels) == 0 && strings.TrimSpace(rest) == "" {
		return t, none, errBlank
	}
	t.Text = rest
	return t, record, nil
}
