package clean

import (
	"strings"
	"testing"
)

func TestBuiltInModel(t *testing.T) {
	if _, err := builtIn(); err != nil {
		t.Fatal(err)
	}
	if _, err := readModel(modelFile[:len(modelFile)-1]); err == nil {
		t.Error("a model cut short is not noticed")
	}
}

func TestExpected(t *testing.T) {
	p := &page{blocks: []block{{words: 100}, {words: 100}, {words: 400}, {words: 10}}}
	prob := []float32{0.9, 0.6, 0.1, 0.02}
	for _, tt := range []struct {
		name  string
		beta2 float64
		want  float32
	}{
		{"precision keeps what is sure", 0.0625, 0.9}, {"balanced", 1, 0.6}, {"recall keeps what is in doubt", 100, 0.02},
	} {
		if got := expected(p, prob, tt.beta2); got != tt.want {
			t.Errorf("%s: threshold %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := expected(p, make([]float32, 4), 1); got != 0 {
		t.Errorf("nothing is wanted: threshold %v", got)
	}
}

func TestFocus(t *testing.T) {
	kept := func(page, focus string) int {
		opts := DefaultOptions()
		opts.Focus = focus
		text, _, err := Text([]byte(page), "text/html; charset=utf-8", opts)
		if err != nil {
			t.Fatal(err)
		}
		return len(strings.Fields(text))
	}
	// The page of a paper that says, in a box below the article, something about itself.
	inDoubt := "<title>Bridge to be rebuilt</title><div><h1>Bridge to be rebuilt</h1><p>" + first + "</p><p>" + second + "</p><p>" + third + "</p></div>" +
		"<div><p>The paper is written by people of the town, for the town.</p><p>Write to <a href=/x>the editors</a> about what you read.</p></div>"
	pages := []string{inDoubt}
	for seed := range uint64(10) {
		pages = append(pages, makePage(seed))
	}
	least, most := 0, 0
	for i, page := range pages {
		p, b, r := kept(page, FocusPrecision), kept(page, FocusBalanced), kept(page, FocusRecall)
		if p > b || b > r {
			t.Errorf("page %d: precision keeps %d words, balanced %d, recall %d", i, p, b, r)
		}
		least, most = least+p, most+r
	}
	if least == 0 || least == most {
		t.Errorf("precision keeps %d words, recall %d", least, most)
	}
	opts := DefaultOptions()
	opts.Focus = "speed"
	if err := opts.Validate(); err == nil || !strings.Contains(err.Error(), "focus") {
		t.Errorf("unknown focus: %v", err)
	}
}

func TestScale(t *testing.T) {
	last := uint8(0)
	for n := range 200_000 {
		v := count(float32(n))
		if v < last || v > most || n < 32 && v != uint8(n) {
			t.Fatalf("count of %d is %d after %d", n, v, last)
		}
		last = v
	}
	last = signed(-300)
	for d := -300; d <= 300; d++ {
		v := signed(d)
		if v < last || v > most {
			t.Fatalf("signed %d is %d after %d", d, v, last)
		}
		last = v
	}
	for _, tt := range []struct {
		x    float32
		want uint8
	}{{-1, 0}, {0, 0}, {0.5, 63}, {1, most}, {7, most}} {
		if got := share(tt.x); got != tt.want {
			t.Errorf("share of %v is %d, want %d", tt.x, got, tt.want)
		}
	}
}

func TestTable(t *testing.T) {
	ids := newTable(1000)
	for n := range 3000 {
		key := uint64(n % 1000 * 1_000_003)
		if got := ids.id(key); got != n%1000 {
			t.Fatalf("key %d is number %d, want %d", key, got, n%1000)
		}
	}
}

func TestTitleBlock(t *testing.T) {
	for _, tt := range []struct{ name, html, want string }{
		{"heading", "<title>Bridge to be rebuilt - The Paper</title><p>Bridge to be rebuilt soon</p><h1>Bridge to be rebuilt</h1>", "Bridge to be rebuilt"},
		{"no heading", "<title>桥梁将被重建 - 日报</title><div>首页</div><div>桥梁将被重建</div>", "桥梁将被重建"},
		{"no title", "<h1>Bridge to be rebuilt</h1>", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readPage(parse(tt.html, true), true, false)
			s := p.look()
			got := ""
			if s.title >= 0 {
				b := p.blocks[s.title]
				got = string(p.text[b.from:b.to])
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
