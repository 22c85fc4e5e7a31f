package clean

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// BenchmarkText is the stage's work on ordinary pages beside the bare parse of the same pages.
func BenchmarkText(b *testing.B) {
	var pages [][]byte
	size := 0
	for seed := range uint64(16) {
		pages = append(pages, []byte(makePage(seed)))
		size += len(pages[seed])
	}
	run := func(name string, do func(page []byte)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					do(p)
				}
			}
			b.ReportMetric(float64(b.N*len(pages))/b.Elapsed().Seconds(), "pages/s")
		})
	}
	opts := DefaultOptions()
	run("main", func(p []byte) { _, _, _ = Text(p, "text/html", opts) })
	opts.Extract = ExtractAll
	run("all", func(p []byte) { _, _, _ = Text(p, "text/html", opts) })
	run("parse", func(p []byte) { _, _ = html.Parse(strings.NewReader(string(p))) })
	run("lenient", func(p []byte) { parseLenient(string(p), true) })
}

func BenchmarkDecode(b *testing.B) {
	for _, bb := range []struct{ charset, text string }{
		{"utf-8", russianText}, {"windows-1251", russianText}, {"windows-1252", frenchText}, {"shift_jis", japaneseText}, {"gb18030", chineseText},
	} {
		page := encode(b, bb.charset, strings.Repeat("<p>"+bb.text+"</p>\n", 100))
		b.Run(bb.charset, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				Decode(page, "text/html")
			}
		})
	}
}
