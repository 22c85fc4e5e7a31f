package clean

// Sample is a page as the model of main content sees it: a list of blocks with a row of features each. It is there
// for programs that make or examine a model, as clean/internal/fit does. It is not safe for concurrent use.
type Sample struct {
	page *page
	see  *sight
	rows []uint8
}

// Numbers in a row that the first pass looks at, and the second.
const (
	FirstFeatures  = fBlockOnly
	SecondFeatures = fAll
)

// NewSample reads a page of the given media type; nil when it has no text, or more than the model judges.
func NewSample(html []byte, contentType string) *Sample {
	c := Cleaner{opts: DefaultOptions()}
	decoded, _ := Decode(html[:min(len(html), c.opts.MaxHTML)], contentType)
	p := c.read(decoded)
	if len(p.blocks) == 0 || len(p.blocks) > maxJudged {
		return nil
	}
	s := &Sample{page: p, see: p.look()}
	s.rows = s.see.rows(fAll)
	return s
}

// Len is the number of blocks, at least 1.
func (s *Sample) Len() int { return len(s.page.blocks) }

// Text is a block's text.
func (s *Sample) Text(i int) string {
	b := &s.page.blocks[i]
	return string(s.page.text[b.from:b.to])
}

// Row returns the features of a block, SecondFeatures numbers from 0 to 127. Those from FirstFeatures on are 0 until SetFirst.
func (s *Sample) Row(i int) []uint8 { return s.rows[i*fAll : (i+1)*fAll] }

// SetFirst fills in the features of the second pass, given the first pass's probability of each block.
func (s *Sample) SetFirst(prob []float32) { s.see.second(s.rows, prob) }

// Chosen is the text that the stage would give, had the model found these probabilities. It changes prob where a rule
// overrides the model.
func (s *Sample) Chosen(prob []float32, focus string) string {
	s.see.overrule(prob)
	s.page.keepExpected(prob, beta2Of(focus))
	s.page.dropHeadings()
	text := s.page.render()
	s.page.restore(make([]bool, len(prob)))
	return text
}
