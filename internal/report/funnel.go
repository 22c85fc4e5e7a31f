package report

import (
	"bytes"
	"fmt"
	"html"
)

// Sizes of the funnel in pixels. Widths are percentages, so that the picture fits a phone with its letters at full size.
const (
	funnelWidth  = 720 // of the file; the page stretches it
	funnelHeader = 34
	funnelRow    = 62
	funnelBar    = 16 // height of a bar
	maxName      = 36 // letters of a name
)

// Colours of the funnel: bars have a contrast of at least 3:1 against white, letters of at least 7:1 (WCAG 2.2, 1.4.11 and 1.4.6).
const (
	inkColour   = "#1b1f24"
	softColour  = "#4c555e"
	keptColour  = "#1d6f8a"
	mostColour  = "#6e2206"
	otherColour = "#cf7720"
)

// funnel draws the stages below each other: what each let through, and what it dropped by its largest rule and by its other rules,
// all on the scale of the records read.
func funnel(stages []StageFact) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img" aria-label="%s" font-family="system-ui, sans-serif" font-size="13">`,
		funnelWidth, funnelHeader+funnelRow*len(stages), html.EscapeString(funnelText(stages)))
	b.WriteString("\n" + `<rect width="100%" height="100%" fill="#ffffff"/>` + "\n")
	for i, l := range []struct{ colour, text string }{
		{keptColour, "let through"}, {mostColour, "dropped: first rule"}, {otherColour, "other rules"},
	} {
		x := []int{0, 105, 250}[i]
		fmt.Fprintf(&b, `<rect x="%d" y="6" width="12" height="12" fill="%s"/><text x="%d" y="17" fill="%s">%s</text>`+"\n", x, l.colour, x+17, inkColour, l.text)
	}
	most := int64(1)
	for _, s := range stages {
		most = max(most, s.In.Documents)
	}
	for i, s := range stages {
		s.draw(&b, funnelHeader+i*funnelRow, most)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// draw writes one stage: its name and numbers, its bar, its rules.
func (s StageFact) draw(b *bytes.Buffer, y int, most int64) {
	numbers := grouped(s.Out.Documents) + " left"
	if s.Dropped.Documents > 0 {
		numbers += fmt.Sprintf(", %s dropped", percent(s.Dropped.Documents, s.In.Documents))
	}
	fmt.Fprintf(b, `<text y="%d" fill="%s" font-weight="600">%s</text>`, y+13, inkColour, svgName(s.Label))
	fmt.Fprintf(b, `<text x="100%%" y="%d" fill="%s" text-anchor="end">%s</text>`+"\n", y+13, inkColour, numbers)
	first := int64(0)
	if len(s.Rules) > 0 {
		first = s.Rules[0].Documents
	}
	x := 0.0
	for _, part := range []struct {
		n      int64
		colour string
	}{{s.Out.Documents, keptColour}, {first, mostColour}, {s.Dropped.Documents - first, otherColour}} {
		width := 100 * float64(part.n) / float64(most)
		if width > 0 {
			fmt.Fprintf(b, `<rect x="%.3f%%" y="%d" width="%.3f%%" height="%d" fill="%s"/>`+"\n", x, y+19, width, funnelBar, part.colour)
		}
		x += width
	}
	fmt.Fprintf(b, `<text y="%d" fill="%s" font-size="12">%s</text>`+"\n", y+49, softColour, s.drops())
}

// drops names the stage's largest rule and counts the others, escaped for SVG. Of a dedup method it also says what it cut out of documents.
func (s StageFact) drops() string {
	cut := cutsTexts(s.Stage) && s.Edited > 0
	if len(s.Rules) == 0 && !cut {
		return "dropped nothing"
	}
	if len(s.Rules) == 0 {
		return fmt.Sprintf("cut %s out of documents", plural(s.Edited, "byte", "bytes"))
	}
	text := fmt.Sprintf("%s: %s", svgName(s.Rules[0].Rule), grouped(s.Rules[0].Documents))
	if n := len(s.Rules) - 1; n > 0 {
		text += fmt.Sprintf(" · %d more: %s", n, grouped(s.Dropped.Documents-s.Rules[0].Documents))
	}
	if cut {
		text += fmt.Sprintf(" · cut out of others: %s", plural(s.Edited, "byte", "bytes"))
	}
	return text
}

// svgName is a name cut to what fits a line and escaped.
func svgName(s string) string {
	runes := []rune(Visible(s))
	if len(runes) > maxName {
		runes = append(runes[:maxName-1], '…')
	}
	return html.EscapeString(string(runes))
}

// funnelText says what the picture shows.
func funnelText(stages []StageFact) string {
	text := fmt.Sprintf("Funnel: %s read", plural(stages[0].In.Documents, "record", "records"))
	for _, s := range stages {
		text += fmt.Sprintf("; %s let %s through", Visible(s.Label), grouped(s.Out.Documents))
	}
	return text + "."
}
