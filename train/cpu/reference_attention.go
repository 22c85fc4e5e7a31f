package cpu

import "math"

// Attention computes out[Batch·Queries, Heads·HeadDim] = softmax(q·kᵀ/sqrt(HeadDim))·v
// and keeps the logarithm of every softmax's denominator in lse[Batch,Heads,Queries]
// (Vaswani et al., Attention Is All You Need, 2017, section 3.2; grouped queries: Ainslie et al., GQA, 2023).
func (Reference[T]) Attention(out, lse, q, k, v []T, s AttentionShape) {
	p := make([]T, s.Keys)
	for b := range s.Batch {
		for h := range s.Heads {
			for i := range s.Queries {
				p := p[:s.Keys-s.Queries+i+1]
				lse[(b*s.Heads+h)*s.Queries+i] = softmaxWeights(p, q, k, s, b, h, i)
				o := outputHead(out, s, b, h, i)
				clear(o)
				for j := range p {
					addScaled(o, p[j], keyHead(v, s, b, h, j))
				}
			}
		}
	}
}

// AttentionBackward overwrites dq, dk and dv, which lie as q, k and v do. With the
// weights p of one query, dp_j = dout·v_j and D = Σ p_j·dp_j, the gradient of score j is p_j·(dp_j - D).
func (Reference[T]) AttentionBackward(dq, dk, dv, dout, out, lse, q, k, v []T, s AttentionShape) {
	scale := T(1 / math.Sqrt(float64(s.HeadDim)))
	p, dp := make([]T, s.Keys), make([]T, s.Keys)
	for b := range s.Batch {
		for h := range s.Heads {
			if h%(s.Heads/s.KVHeads) == 0 {
				for j := range s.Keys {
					clear(keyHead(dk, s, b, h, j))
					clear(keyHead(dv, s, b, h, j))
				}
			}
			for i := range s.Queries {
				p := p[:s.Keys-s.Queries+i+1]
				softmaxWeights(p, q, k, s, b, h, i)
				query, dquery, do := queryHead(q, s, b, h, i), queryHead(dq, s, b, h, i), outputHead(dout, s, b, h, i)
				clear(dquery)
				var sum T
				for j := range p {
					dp[j] = inner(do, keyHead(v, s, b, h, j))
					sum += p[j] * dp[j]
				}
				for j := range p {
					dscore := p[j] * (dp[j] - sum) * scale
					addScaled(dquery, dscore, keyHead(k, s, b, h, j))
					addScaled(keyHead(dk, s, b, h, j), dscore, query)
					addScaled(keyHead(dv, s, b, h, j), p[j], do)
				}
			}
		}
	}
}

// softmaxWeights fills p with the weights of one query over the keys that it sees and
// returns the logarithm of their denominator.
func softmaxWeights[T Float](p, q, k []T, s AttentionShape, b, h, i int) T {
	scale := T(1 / math.Sqrt(float64(s.HeadDim)))
	query := queryHead(q, s, b, h, i)
	top := T(math.Inf(-1))
	for j := range p {
		p[j] = scale * inner(query, keyHead(k, s, b, h, j))
		top = max(top, p[j])
	}
	var sum T
	for j := range p {
		p[j] = T(math.Exp(float64(p[j] - top)))
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
	}
	return top + T(math.Log(float64(sum)))
}

// queryHead is head h of query i of sequence b.
func queryHead[T Float](q []T, s AttentionShape, b, h, i int) []T {
	return q[(b*s.Queries+i)*s.QStride+h*s.HeadDim:][:s.HeadDim]
}

// keyHead is the key or value of position j that query head h reads.
func keyHead[T Float](k []T, s AttentionShape, b, h, j int) []T {
	return k[(b*s.Keys+j)*s.KVStride+h/(s.Heads/s.KVHeads)*s.HeadDim:][:s.HeadDim]
}

// outputHead is head h of query i in an array without gaps.
func outputHead[T Float](out []T, s AttentionShape, b, h, i int) []T {
	return out[(b*s.Queries+i)*s.width()+h*s.HeadDim:][:s.HeadDim]
}

func inner[T Float](a, b []T) (sum T) {
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

func addScaled[T Float](out []T, scale T, x []T) {
	for i, v := range x {
		out[i] += scale * v
	}
}
