package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
)

// figure is a picture made by this package from numbers and escaped names.
func figure(file string, svg []byte, caption string) Figure {
	return Figure{SVG: template.HTML(svg), File: file, Caption: caption}
}

// openSVG begins a picture. Widths are percentages, so that it fits a phone with its letters at full size.
func openSVG(b *bytes.Buffer, height int, says string) {
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img" aria-label="%s" font-family="system-ui, sans-serif" font-size="13">`,
		funnelWidth, height, html.EscapeString(says))
	b.WriteString("\n" + `<rect width="100%" height="100%" fill="#ffffff"/>` + "\n")
}

// clusterClass counts the clusters of From to To documents.
type clusterClass struct{ from, to, clusters, removed int64 }

// clusterClasses joins the sizes of clusters: 2, 3 to 4, 5 to 8, and so on, without gaps up to the largest.
func clusterClasses(sizes []ClusterFact) (list []clusterClass) {
	for _, s := range sizes {
		for len(list) == 0 || s.Size > list[len(list)-1].to {
			to := int64(2)
			if n := len(list); n > 0 {
				to = 2 * list[n-1].to
			}
			list = append(list, clusterClass{from: to/2 + 1, to: to})
		}
		last := &list[len(list)-1]
		last.clusters += s.Clusters
		last.removed += (s.Size - 1) * s.Clusters
	}
	return list
}

const clusterRow = 46 // height of a row of the chart in pixels

// clusterChart draws the documents that clusters of each size lost, a bar for each class of sizes.
func clusterChart(sizes []ClusterFact) []byte {
	classes := clusterClasses(sizes)
	most, all, clusters := int64(1), int64(0), int64(0)
	for _, c := range classes {
		most = max(most, c.removed)
		all += c.removed
		clusters += c.clusters
	}
	var b bytes.Buffer
	openSVG(&b, max(clusterRow*len(classes), 24), fmt.Sprintf("Clusters by size: %s lost %s.", plural(clusters, "cluster", "clusters"), plural(all, "document", "documents")))
	if len(classes) == 0 {
		fmt.Fprintf(&b, `<text y="16" fill="%s">no clusters</text>`+"\n", inkColour)
	}
	for i, c := range classes {
		name := fmt.Sprintf("%s to %s documents", grouped(c.from), grouped(c.to))
		if c.from == c.to {
			name = fmt.Sprintf("%s documents", grouped(c.to))
		}
		y := i * clusterRow
		fmt.Fprintf(&b, `<text y="%d" fill="%s" font-weight="600">%s</text>`, y+14, inkColour, name)
		fmt.Fprintf(&b, `<text x="100%%" y="%d" fill="%s" text-anchor="end">%s, %s removed</text>`+"\n", y+14, inkColour, plural(c.clusters, "cluster", "clusters"), grouped(c.removed))
		if c.removed > 0 {
			fmt.Fprintf(&b, `<rect x="0" y="%d" width="%.3f%%" height="%d" fill="%s"/>`+"\n", y+20, 100*float64(c.removed)/float64(most), funnelBar, mostColour)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// Sizes of the chart of similarities in pixels.
const (
	similarityTop    = 44 // above the highest bar
	similarityHeight = 160
	similarityFoot   = 24
)

// similarityChart draws the pairs compared by their similarity, with the threshold as a line.
func similarityChart(parts []SimilarityFact, threshold float64) []byte {
	most, all := int64(1), int64(0)
	for _, p := range parts {
		most = max(most, p.Pairs)
		all += p.Pairs
	}
	var b bytes.Buffer
	floor := similarityTop + similarityHeight
	openSVG(&b, floor+similarityFoot, fmt.Sprintf("Similarity of %s; the threshold is %v.", plural(all, "pair", "pairs"), threshold))
	fmt.Fprintf(&b, `<rect x="0" y="6" width="12" height="12" fill="%s"/><text x="17" y="17" fill="%s">count as duplicates</text>`+"\n", mostColour, inkColour)
	fmt.Fprintf(&b, `<rect x="170" y="6" width="12" height="12" fill="%s"/><text x="187" y="17" fill="%s">do not</text>`+"\n", keptColour, inkColour)
	width := 100 / float64(max(len(parts), 1))
	for i, p := range parts {
		if p.Pairs == 0 {
			continue
		}
		colour := keptColour
		if p.From >= threshold-rounded {
			colour = mostColour
		}
		high := max(float64(similarityHeight)*float64(p.Pairs)/float64(most), 1.5) // what is there is seen
		fmt.Fprintf(&b, `<rect x="%.3f%%" y="%.1f" width="%.3f%%" height="%.1f" fill="%s"><title>%.2f to %.2f: %s</title></rect>`+"\n",
			(float64(i)+0.1)*width, float64(floor)-high, 0.8*width, high, colour, p.From, p.To, grouped(p.Pairs))
	}
	fmt.Fprintf(&b, `<rect x="0" y="%d" width="100%%" height="1" fill="%s"/>`+"\n", floor, softColour)
	for i, label := range []string{"0", "0.2", "0.4", "0.6", "0.8", "1"} {
		anchor := []string{"start", "middle", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(&b, `<text x="%d%%" y="%d" fill="%s" font-size="12" text-anchor="%s">%s</text>`+"\n", 20*i, floor+17, softColour, anchor, label)
	}
	// Both labels stand in one line, on either side of the picture.
	anchor, shift, other, at := "end", -5, "start", 0
	if threshold > 0 && threshold < 0.5 {
		anchor, shift, other, at = "start", 5, "end", 100
	}
	fmt.Fprintf(&b, `<text x="%d%%" y="%d" fill="%s" font-size="12" text-anchor="%s">highest bar: %s</text>`+"\n", at, similarityTop-6, softColour, other, plural(most, "pair", "pairs"))
	if threshold > 0 {
		x := 100 * threshold
		fmt.Fprintf(&b, `<line x1="%.2f%%" x2="%.2f%%" y1="%d" y2="%d" stroke="%s" stroke-dasharray="4 3"/>`, x, x, similarityTop-16, floor, inkColour)
		fmt.Fprintf(&b, `<text x="%.2f%%" y="%d" dx="%d" fill="%s" font-size="12" text-anchor="%s">threshold %v</text>`+"\n", x, similarityTop-6, shift, inkColour, anchor, threshold)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
