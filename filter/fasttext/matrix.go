package fasttext

// matrix is a table of float32 rows.
type matrix interface {
	rows() int
	// addRows adds rows to dst, in their order.
	addRows(dst []float32, rows []int32)
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

// rowsAtOnce keeps the rows of a turn of addRows in the nearest cache while its columns are gone through.
const rowsAtOnce = 64

// addRows goes through the columns by eight, whose sums stay in registers (BenchmarkAddRows).
func (d *dense) addRows(dst []float32, rows []int32) {
	for len(rows) > 0 {
		n := min(rowsAtOnce, len(rows))
		c := 0
		for ; c+8 <= d.n; c += 8 {
			d.addEight((*[8]float32)(dst[c:]), rows[:n], c)
		}
		for ; c < d.n; c++ {
			sum := dst[c]
			for _, row := range rows[:n] {
				sum += d.data[int(row)*d.n+c]
			}
			dst[c] = sum
		}
		rows = rows[n:]
	}
}

func (d *dense) addEight(dst *[8]float32, rows []int32, column int) {
	a0, a1, a2, a3, a4, a5, a6, a7 := dst[0], dst[1], dst[2], dst[3], dst[4], dst[5], dst[6], dst[7]
	n, data := d.n, d.data[column:]
	for _, row := range rows {
		r := (*[8]float32)(data[int(row)*n:])
		a0 += r[0]
		a1 += r[1]
		a2 += r[2]
		a3 += r[3]
		a4 += r[4]
		a5 += r[5]
		a6 += r[6]
		a7 += r[7]
	}
	dst[0], dst[1], dst[2], dst[3], dst[4], dst[5], dst[6], dst[7] = a0, a1, a2, a3, a4, a5, a6, a7
}

func (d *dense) dotRow(v []float32, row int) float32 { return dot(d.row(row), v) }

// dot is the inner product of two vectors of one length, in four sums. The conversions here and in add forbid fused multiply-add,
// which some machines have and others not.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		x, y := (*[4]float32)(a), (*[4]float32)(b)
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		a, b = a[4:], b[4:]
	}
	b = b[:len(a)]
	for i, x := range a {
		s0 += float32(x * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// add adds alpha times x to dst.
func add(dst, x []float32, alpha float32) {
	for len(dst) >= 4 && len(x) >= 4 {
		to, from := (*[4]float32)(dst), (*[4]float32)(x)
		to[0] += float32(alpha * from[0])
		to[1] += float32(alpha * from[1])
		to[2] += float32(alpha * from[2])
		to[3] += float32(alpha * from[3])
		dst, x = dst[4:], x[4:]
	}
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] += float32(alpha * v)
	}
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

func (q *quantized) addRows(dst []float32, rows []int32) {
	for _, row := range rows {
		norm := q.norm(int(row))
		for part, code := range q.codes[int(row)*q.pq.parts : (int(row)+1)*q.pq.parts] {
			add(dst[part*q.pq.width:], q.pq.centroid(part, code), norm)
		}
	}
}

func (q *quantized) dotRow(v []float32, row int) float32 {
	var sum float32
	for part, code := range q.codes[row*q.pq.parts : (row+1)*q.pq.parts] {
		from := v[part*q.pq.width:]
		for i, x := range q.pq.centroid(part, code) {
			sum += float32(from[i] * x)
		}
	}
	return sum * q.norm(row)
}
