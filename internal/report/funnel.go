package report

import (
	"bytes"
	"fmt"
	"html"
)

// Sizes of the funnel, in SVG units.
const (
	funnelWidth  = 760
	funnelRow    = 30
	funnelLabel  = 150 // left of the bars
	funnelBar    = 420 // the longest bar
	funnelHeader = 34
)

// funnel draws one row per stage: what it let through and what it dropped, against what the source read.
func funnel(stages []StageFacts) []byte {
	var b bytes.Buffer
	height := funnelHeader + funnelRow*len(stages) + 10
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Funnel of documents by stage" font-family="system-ui, sans-serif" font-size="13">`, funnelWidth, height)
	b.WriteString("\n<title>Documents by stage</title>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", funnelWidth, height)
	legend(&b, funnelLabel, "#1d6f8a", "let through")
	legend(&b, funnelLabel+130, "#e0a458", "dropped")
	most := int64(1)
	for _, s := range stages {
		most = max(most, s.In.Documents)
	}
	for i, s := range stages {
		y := funnelHeader + i*funnelRow
		out := width(s.Out.Documents, most)
		all := width(s.In.Documents, most)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" fill="#1b1f24">%s</text>`+"\n", funnelLabel-8, y+16, html.EscapeString(s.Stage))
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.2f" height="20" fill="#1d6f8a"/>`+"\n", funnelLabel, y+2, out)
		fmt.Fprintf(&b, `<rect x="%.2f" y="%d" width="%.2f" height="20" fill="#e0a458"/>`+"\n", funnelLabel+out, y+2, all-out)
		note := count(s.Out.Documents)
		if s.Dropped() > 0 {
			note += fmt.Sprintf("  (−%s)", count(s.Dropped()))
		}
		fmt.Fprintf(&b, `<text x="%.2f" y="%d" fill="#1b1f24">%s</text>`+"\n", funnelLabel+all+8, y+16, note)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func width(n, most int64) float64 { return funnelBar * float64(n) / float64(most) }

func legend(b *bytes.Buffer, x int, colour, text string) {
	fmt.Fprintf(b, `<rect x="%d" y="8" width="12" height="12" fill="%s"/><text x="%d" y="19" fill="#1b1f24">%s</text>`+"\n", x, colour, x+18, text)
}
