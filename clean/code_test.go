package clean

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCode(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"white space", "<p>x</p><pre>\n  a\n\tb  c\n\n\n    d\t\n\n</pre>", "x\n\n  a\n\tb  c\n\n\n    d"},
		{"line breaks", "<p>x</p><pre>a<br>  b<br><br>c</pre>", "x\n\na\n  b\n\nc"},
		{"highlighter's spans", `<pre><code><span class="hljs-keyword">if</span> x <span class="hljs-comment">// the comment stays</span>
	<span class="token title nav">y</span></code></pre>`, "if x // the comment stays\n\ty"},
		{"lines as elements", `<pre><div class="line">a</div><div class="line">  b</div><div class="line"><br></div><div class="line">c</div></pre>`, "a\n  b\n\nc"},
		{"lines as elements on lines", "<pre><div>a</div>\n<div>  b</div>\n<div>c\n</div><div>d</div></pre>", "a\n  b\nc\nd"},
		{"list of lines", `<pre class="prettyprint linenums"><ol class="linenums"><li class="L0"><span>a</span></li><li class="L1">  b</li></ol></pre>`, "a\n  b"},
		{"gutter cell", `<figure class="highlight"><table><tr><td class="gutter"><pre><span class="line">1</span><br><span class="line">2</span></pre></td><td class="code"><pre><span class="line">a</span><br><span class="line">  b</span></pre></td></tr></table></figure>`, "a\n  b"},
		{"table within pre", `<pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="gutter gl"><pre class="lineno">1
2
</pre></td><td class="code"><pre>a
  b
</pre></td></tr></tbody></table></code></pre>`, "a\n  b"},
		{"rows of lines", `<pre><code><table class="hljs-ln"><tr><td class="hljs-ln-line hljs-ln-numbers">1</td><td class="hljs-ln-line">a</td></tr><tr><td class="hljs-ln-numbers">2</td><td>  b</td></tr></table></code></pre>`, "a\n  b"},
		{"numbers within lines", `<pre><span class="lineno">1 </span>a
<span class="lineno">2 </span>  b</pre>`, "a\n  b"},
		{"code with Prism's class", `<pre class="line-numbers"><code>a
  b<span class="line-numbers-rows"><span></span></span></code></pre>`, "a\n  b"},
		{"copy button", `<pre><button>Copy</button><code>a</code></pre>`, "a"},
		{"pre around a page", "<pre><h1>Head</h1><p>one</p><p>two</p></pre>", "Head\n\none\n\ntwo"},
		{"inline", "<p>use <code>a <span class=\"comment\">b</span></code> here", "use a b here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustText(t, tt.html, ExtractAll)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCodeLanguage(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"code", `<pre><code class="hljs language-python">a</code></pre>`, "python"},
		{"pre", `<pre class="lang-cpp">a</pre>`, "cpp"},
		{"GitHub", `<div class="highlight highlight-source-shell"><pre>a</pre></div>`, "shell"},
		{"Sphinx", `<div class="highlight-rust notranslate"><div class="highlight"><pre>a</pre></div></div>`, "rust"},
		{"attribute", `<pre data-lang="Go">a</pre>`, "go"},
		{"SyntaxHighlighter", `<pre class="brush: java; gutter: false">a</pre>`, "java"},
		{"Pandoc", `<pre class="sourceCode haskell"><code>a</code></pre>`, "haskell"},
		{"none", `<pre class="language-none">a</pre>`, ""},
		{"no name", "<pre class=\"language-a`b\">a</pre>", ""},
		{"unmarked", `<pre class="wide">a</pre>`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff("```"+tt.want+"\na\n```", mustMarkdown(t, tt.html, LinksDrop)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
