package fasttext

import (
	"context"
	"math/rand/v2"
)

// The parameters of fastText's clustering.
const (
	clusterRounds = 25
	clusterPoints = 256 * centroids256 // a part learns from so many rows at most
	clusterSplit  = 1e-7               // how far the halves of a split cluster lie apart
)

// quantizeTrainer learns the centroids of the parts of rows and encodes the rows.
type quantizeTrainer struct {
	ctx    context.Context
	random *rand.Rand
}

// codes fills the quantiser's centroids and returns the codes of all rows, q.parts bytes each.
func (t *quantizeTrainer) codes(q *quantizer, in *dense) []byte {
	codes := make([]byte, in.rows()*q.parts)
	for part := range q.parts {
		width := q.width
		if part == q.parts-1 {
			width = q.lastWidth
		}
		at := part * q.width
		centroids := q.centroids[at*centroids256 : (at+width)*centroids256]
		t.cluster(t.sample(in, at, width), centroids, width)
		near := newNearest(centroids, width)
		for i := range in.rows() {
			if i%contextEvery == 0 && t.ctx.Err() != nil {
				return codes
			}
			codes[i*q.parts+part] = byte(near.find(in.row(i)[at : at+width]))
		}
	}
	return codes
}

// sample takes the part of up to clusterPoints rows, drawn without putting back, in random order.
func (t *quantizeTrainer) sample(in *dense, at, width int) []float32 {
	order := make([]int32, in.rows())
	for i := range order {
		order[i] = int32(i)
	}
	n := min(len(order), clusterPoints)
	points := make([]float32, 0, n*width)
	for i := range n {
		j := i + t.random.IntN(len(order)-i)
		order[i], order[j] = order[j], order[i]
		points = append(points, in.row(int(order[i]))[at:at+width]...)
	}
	return points
}

// cluster is k-means: the first points are the first centroids, since their order is random; an empty cluster takes half of a large one.
func (t *quantizeTrainer) cluster(points, centroids []float32, width int) {
	copy(centroids, points[:centroids256*width])
	n := len(points) / width
	codes := make([]int, n)
	counts := make([]int, centroids256)
	for range clusterRounds {
		if t.ctx.Err() != nil {
			return
		}
		near := newNearest(centroids, width)
		for i := range codes {
			codes[i] = near.find(points[i*width : (i+1)*width])
		}
		clear(centroids)
		clear(counts)
		for i, c := range codes {
			add(centroids[c*width:(c+1)*width], points[i*width:(i+1)*width], 1)
			counts[c]++
		}
		for c, size := range counts {
			for k := range width {
				if size > 0 {
					centroids[c*width+k] /= float32(size)
				}
			}
		}
		t.split(centroids, counts, n, width)
	}
}

// split gives each empty cluster half of another, drawn by size.
func (t *quantizeTrainer) split(centroids []float32, counts []int, n, width int) {
	for c, size := range counts {
		if size > 0 || n <= centroids256 {
			continue
		}
		m := 0
		for t.random.Float64()*float64(n-centroids256) >= float64(counts[m]-1) {
			m = (m + 1) % centroids256
		}
		from, to := centroids[m*width:(m+1)*width], centroids[c*width:(c+1)*width]
		copy(to, from)
		for k := range to {
			sign := float32(2*(k%2) - 1)
			to[k] += sign * clusterSplit
			from[k] -= sign * clusterSplit
		}
		counts[c] = counts[m] / 2
		counts[m] -= counts[c]
	}
}

// nearest finds the centroid nearest to a point: that with the least |c|²/2 - c·x.
type nearest struct {
	width     int
	centroids []float32
	halves    [centroids256]float32
}

func newNearest(centroids []float32, width int) *nearest {
	n := &nearest{width: width, centroids: centroids}
	for c := range n.halves {
		r := centroids[c*width : (c+1)*width]
		n.halves[c] = dot(r, r) / 2
	}
	return n
}

// find returns the first of the nearest.
func (n *nearest) find(x []float32) int {
	best, least := 0, float32(0)
	if n.width == 2 { // the default, where the call of dot costs more than its work
		x0, x1 := x[0], x[1]
		for c, half := range &n.halves {
			r := (*[2]float32)(n.centroids[2*c:])
			if d := half - float32(float32(r[0]*x0)+float32(r[1]*x1)); d < least || c == 0 {
				best, least = c, d
			}
		}
		return best
	}
	for c, half := range &n.halves {
		if d := half - dot(n.centroids[c*n.width:(c+1)*n.width], x); d < least || c == 0 {
			best, least = c, d
		}
	}
	return best
}
