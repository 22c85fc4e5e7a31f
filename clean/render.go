package clean

import "strings"

// render writes the blocks that were not dropped: a blank line between paragraphs, one line for each
// item of a list ("- item") and each row of a table.
func (p *page) render() string {
	var out strings.Builder
	var prev *block
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.drop {
			continue
		}
		text := p.blockText(b)
		if strings.Trim(text, " \t\n") == "" {
			continue
		}
		if prev != nil {
			out.WriteString(separator(prev, b))
		}
		if b.kind == item && !hasBullet(text) {
			out.WriteString("- ")
		}
		out.WriteString(text)
		prev = b
	}
	return collapseNewlines(out.String())
}

func (p *page) blockText(b *block) string {
	s := string(p.text[b.from:b.to])
	if b.kind == pre {
		return normalisePre(s)
	}
	return Normalise(s)
}

func separator(prev, b *block) string {
	switch {
	case prev.kind == item && b.kind == item && prev.list != 0 && b.list != 0, prev.kind == row && b.kind == row:
		return "\n"
	}
	return "\n\n"
}

// hasBullet reports an item that brings its own bullet.
func hasBullet(s string) bool {
	return strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "• ") || strings.HasPrefix(s, "* ")
}
