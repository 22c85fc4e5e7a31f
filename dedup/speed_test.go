package dedup

import (
	"bufio"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
)

// realText is a set of English documents beside the project, where it is there.
var realText = filepath.Join("..", "..", "shared", "data", "text", "docs.jsonl.xz")

// benchTexts are the first 16 MiB of the real documents, or a megabyte of made-up words where these are not there or xz is not installed, and their bytes.
func benchTexts(b *testing.B) (texts []string, size int64) {
	if _, err := os.Stat(realText); err != nil {
		b.Log("made-up words:", err)
		return []string{benchText()}, int64(len(benchText()))
	}
	command := exec.Command("xz", "-dc", realText)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		b.Log("made-up words:", err)
		return []string{benchText()}, int64(len(benchText()))
	}
	lines := json.NewDecoder(bufio.NewReader(out))
	for size < 16<<20 {
		var d struct{ Text string }
		if err := lines.Decode(&d); err != nil {
			b.Fatal(err)
		}
		texts, size = append(texts, d.Text), size+int64(len(d.Text))
	}
	command.Process.Kill()
	command.Wait()
	return texts, size
}

// BenchmarkSignature makes signatures of real documents: ours of 256 values; 112 by permutations as datatrove's formula has them over the same
// shingles; 112 of the family datatrove, with its own words and shingles; the shingles alone, the set that pairs are compared by, and ours by the plain reference.
func BenchmarkSignature(b *testing.B) {
	m := newMinHash(b, nil)
	texts, size := benchTexts(b)
	datatrove := newMinHash(b, func(o *MinHashOptions) { o.Family, o.Bands = familyDatatrove, 14 })
	permutations := newPermutations(112, 1)
	signature := make([]uint32, 112)
	s := newShingler(5, 1)
	var set, scratch []uint64
	for _, c := range []struct {
		name string
		do   func(text string)
	}{
		{"default", func(text string) { m.Signature(text) }},
		{"permutations", func(text string) {
			for i := range signature {
				signature[i] = math.MaxUint32
			}
			s.shingles(text, func(block []uint64) { permutations.lower(signature, block) })
		}},
		{"datatrove", func(text string) {
			datatrove.Map(&corpus.Document{Text: text}, func(int, []byte, []byte) {})
		}},
		{"shingles", func(text string) { s.shingles(text, func([]uint64) {}) }},
		{"set", func(text string) {
			set = set[:0]
			s.shingles(text, func(block []uint64) { set = append(set, block...) })
			scratch = sortHashes(set, scratch)
		}},
		{"plain", func(text string) { plainSignature(m, text) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(size)
			begin := cpuSeconds()
			for b.Loop() {
				for _, text := range texts {
					c.do(text)
				}
			}
			if spent := cpuSeconds() - begin; spent > 0 {
				b.ReportMetric(float64(size)*float64(b.N)/1e6/spent, "MB/CPU-s")
			}
		})
	}
}

// BenchmarkSignatureScripts is for text beyond ASCII, which is looked at rune by rune.
func BenchmarkSignatureScripts(b *testing.B) {
	m := newMinHash(b, nil)
	for _, c := range []struct{ name, text string }{
		{"Russian", "Быстрая лиса прыгает через ленивую собаку, и река течёт мимо старой мельницы. "},
		{"Chinese", "敏捷的棕色狐狸跳过了懒狗，河水流过老磨坊，一直流到大海。"},
		{"Hindi", "तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर से कूदती है और नदी पुरानी चक्की के पास से बहती है। "},
		{"French", "La rivière passe devant le vieux moulin et va vers la mer ; l’été, elle est « à sec ». "},
	} {
		pieces := strings.SplitAfter(c.text, " ")
		if len(pieces) < 3 {
			pieces = strings.Split(c.text, "")
		}
		rng := rand.New(rand.NewPCG(4, 4))
		var all strings.Builder
		for all.Len() < 8000 {
			all.WriteString(pieces[rng.IntN(len(pieces))])
		}
		text := all.String()
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Signature(text)
			}
		})
	}
}
