package clean

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMaths(t *testing.T) {
	const mathML = `<math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">x^2</annotation></semantics></math>`
	tests := []struct{ name, html, want string }{
		{"annotation", "<p>Let " + mathML + " be.</p>", "Let $x^2$ be."},
		{"displayed", "<p>Let " + strings.Replace(mathML, "<math", `<math display="block"`, 1) + " be.</p>", "Let\n$$x^2$$\nbe."},
		{"KaTeX", `<p>Let <span class="katex"><span class="katex-mathml">` + mathML + `</span><span class="katex-html" aria-hidden="true"><span>x</span><span>2</span></span></span> be.</p>`, "Let $x^2$ be."},
		{"KaTeX displayed", `<p>Let</p><span class="katex-display"><span class="katex"><span class="katex-mathml">` + mathML + `</span><span class="katex-html" aria-hidden="true">x2</span></span></span>`, "Let\n\n$$x^2$$"},
		{"MathJax 2", `<p>Let <span class="MathJax_Preview">x2</span><span class="MathJax"><nobr>x2</nobr></span><script type="math/tex">x^2</script> be.</p>`, "Let $x^2$ be."},
		{"MathJax 2 displayed", `<p>Let <span class="MathJax_Preview"></span><div class="MathJax_Display"><span class="MathJax">x2</span></div><script type="math/tex; mode=display">x^2</script> be.</p>`, "Let\n\n$$x^2$$\nbe."},
		{"MathJax 2 before it ran", `<p>Let <script type="math/tex">x < y</script> be.</p>`, "Let $x < y$ be."},
		{"MathJax 3", `<p>Let <mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi>x</mjx-mi></mjx-math><mjx-assistive-mml><math><msup><mi>x</mi><mn>2</mn></msup></math></mjx-assistive-mml></mjx-container> be.</p>`, "Let x^2 be."},
		{"Wikipedia", `<p>Let <span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;"><math alttext="{\displaystyle x^{2}}"><semantics><mi>x</mi><annotation encoding="application/x-tex">{\displaystyle x^{2}}</annotation></semantics></math></span><img class="mwe-math-fallback-image-inline" alt="{\displaystyle x^{2}}"></span> be.</p>`, "Let $x^{2}$ be."},
		{"image", `<p>Let <img class="latex" alt="x^2" src="x.png"> be.</p>`, "Let $x^2$ be."},
		{"other image", `<p>Let <img class="wide" alt="a cat" src="x.png"> be.</p>`, "Let be."},
		{"alttext", `<p><math alttext="\frac{1}{2}"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>`, `$\frac{1}{2}$`},
		{"delimiters in the text", `<p>Let \(x^2\) and $$y$$ be.</p>`, `Let \(x^2\) and $$y$$ be.`},
		{"delimiters in the source", `<p><script type="math/tex">\( x \)</script></p>`, `$x$`},
		{"comment in the source", "<p><script type=\"math/tex\">a % one\n + b \\% c</script></p>", `$a + b \% c$`},
		{"script of another type", `<p>a<script type="math/asciimath">x</script></p>`, "a"},
		{"fraction", `<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac></math>`, "(a+b)/c"},
		{"scripts", `<math><msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msubsup></math>`, "x_i^(n+1)"},
		{"roots", `<math><msqrt><mn>2</mn></msqrt><mo>=</mo><mroot><mi>x</mi><mn>3</mn></mroot></math>`, "√(2)=√[3](x)"},
		{"matrix", `<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable></math>`, "1, 2; 3, 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustText(t, tt.html, ExtractAll)); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(tt.name, "delimiters in the text") {
				return
			}
			if diff := cmp.Diff(tt.want, strings.NewReplacer(`\_`, "_", `\]`, "]").Replace(mustMarkdown(t, tt.html, LinksDrop))); diff != "" {
				t.Errorf("markdown: %s", diff)
			}
		})
	}
}

// TestMathsSearch checks that nested elements of a renderer are not searched over and over.
func TestMathsSearch(t *testing.T) {
	page := strings.Repeat(`<span class="katex">`, 400) + strings.Repeat("<u>x</u> ", 2000) + "<p>" + first
	if got := mustText(t, strings.Repeat(page, 20), ExtractAll); !strings.Contains(got, first) {
		t.Errorf("%d bytes without the paragraph", len(got))
	}
}
