package fasttext

// matrix is a table of float32 rows.
type matrix interface {
	rows() int
	// addRow adds a row to dst.
	addRow(dst []float32, row int)
	// dotRow is the inner product of v and a row.
	dotRow(v []float32, row int) float32
}

// dense holds its rows one after another.
type dense struct {
	n    int // columns
	data []float32
}

func (d *dense) rows() int {
	if d.n == 0 {
		return 0
	}
	return len(d.data) / d.n
}

func (d *dense) row(i int) []float32 { return d.data[i*d.n : (i+1)*d.n] }

func (d *dense) addRow(dst []float32, row int) {
	r := d.row(row)
	dst = dst[:len(r)]
	for i, x := range r {
		dst[i] += x
	}
}

func (d *dense) dotRow(v []float32, row int) float32 {
	r := d.row(row)
	v = v[:len(r)]
	var sum float32
	for i, x := range r {
		sum += x * v[i]
	}
	return sum
}

// quantized holds rows as codes of a product quantiser, and their norms apart where qnorm is set.
type quantized struct {
	m, n  int
	codes []byte // m rows of pq.parts codes
	pq    quantizer
	norms []byte // codes of the rows' norms; nil without qnorm
	npq   quantizer
}

// quantizer cuts a row into parts of width floats, the last of lastWidth, and knows 256 centroids for each.
type quantizer struct {
	dim, parts, width, lastWidth int
	centroids                    []float32
}

// centroids256 is the number of centroids of a part.
const centroids256 = 256

func (q *quantizer) centroid(part int, code byte) []float32 {
	if part == q.parts-1 {
		at := part*centroids256*q.width + int(code)*q.lastWidth
		return q.centroids[at : at+q.lastWidth]
	}
	at := (part*centroids256 + int(code)) * q.width
	return q.centroids[at : at+q.width]
}

func (q *quantized) rows() int { return q.m }

func (q *quantized) norm(row int) float32 {
	if q.norms == nil {
		return 1
	}
	return q.npq.centroid(0, q.norms[row])[0]
}

func (q *quantized) addRow(dst []float32, row int) {
	norm := q.norm(row)
	for part, code := range q.codes[row*q.pq.parts : (row+1)*q.pq.parts] {
		to := dst[part*q.pq.width:]
		for i, x := range q.pq.centroid(part, code) {
			to[i] += norm * x
		}
	}
}

func (q *quantized) dotRow(v []float32, row int) float32 {
	var sum float32
	for part, code := range q.codes[row*q.pq.parts : (row+1)*q.pq.parts] {
		from := v[part*q.pq.width:]
		for i, x := range q.pq.centroid(part, code) {
			sum += from[i] * x
		}
	}
	return sum * q.norm(row)
}
