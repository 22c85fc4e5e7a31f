package ingest

// scanTail is held back at the end of what is at hand while searching for a
// record: a version line and the name of a field fit in it.
const scanTail = 128

// toRecord passes bytes until a record begins, or a stopping mark is reached.
func (w *warcReader) toRecord() { w.scan(-1) }

// scan passes n bytes, any number when n is negative, but not beyond the beginning
// of a record or a stopping mark. A member that begins as a record does begins
// a record; elsewhere more must be there, so that a page about WARC is not cut.
func (w *warcReader) scan(n int64) {
	atLine := true
	for n != 0 {
		b := w.in.ensure(rawBytes)
		if len(b) == 0 {
			return
		}
		cut := w.find(b, atLine)
		for _, m := range w.in.marks {
			at := int(m.at - w.in.at)
			if m.cause == join && at < len(b) && (cut < 0 || at < cut) && w.begins(b[at:]) {
				cut = at
			}
		}
		step := len(b)
		if !w.in.blind {
			step -= w.tail()
		}
		if cut >= 0 {
			step = cut
		}
		if n > 0 && int64(step) > n {
			step, cut = int(n), -1
		}
		if step > 0 {
			atLine = b[step-1] == '\n'
		}
		w.in.advance(step)
		if cut >= 0 {
			return
		}
		if n > 0 {
			n -= int64(step)
		}
	}
}
