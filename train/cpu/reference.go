package cpu

import "math"

// Reference is the plain implementation, on one thread and with nothing in mind but
// being right. It has no state.
type Reference[T Float] struct{}

// MatMul computes out = a·b in the given form, or adds it to out.
func (Reference[T]) MatMul(out, a, b []T, m, n, k int, form Form, accumulate bool) {
	aRow, aCol, bRow, bCol := form.strides(m, n, k)
	for i := range m {
		for j := range n {
			var sum T
			for p := range k {
				sum += a[i*aRow+p*aCol] * b[p*bRow+j*bCol]
			}
			if accumulate {
				sum += out[i*n+j]
			}
			out[i*n+j] = sum
		}
	}
}

// Embed copies row ids[i] of table[V,C] to row i of out.
func (Reference[T]) Embed(out, table []T, ids []uint32, width int) {
	for i, id := range ids {
		copy(out[i*width:(i+1)*width], table[int(id)*width:])
	}
}

// EmbedBackward adds row i of dout to row ids[i] of dtable.
func (Reference[T]) EmbedBackward(dtable, dout []T, ids []uint32, width int) {
	embedBackward(dtable, dout, ids, width, 0, width)
}

// embedBackward does the columns from first to last, in the order of the tokens.
func embedBackward[T Float](dtable, dout []T, ids []uint32, width, first, last int) {
	for i, id := range ids {
		to, from := dtable[int(id)*width+first:int(id)*width+last], dout[i*width+first:i*width+last]
		for j := range to {
			to[j] += from[j]
		}
	}
}

// RMSNorm computes out = x / sqrt(mean(x²)+epsilon) · weight for every row of x[rows,width],
// and keeps the factor in inv[rows] (Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, eq. 4).
func (Reference[T]) RMSNorm(out, inv, x, weight []T, rows, width int, epsilon float64) {
	for r := range rows {
		xr, outr := x[r*width:(r+1)*width], out[r*width:(r+1)*width]
		var sum T
		for _, v := range xr {
			sum += v * v
		}
		inv[r] = T(1 / math.Sqrt(float64(sum)/float64(width)+epsilon))
		for i, v := range xr {
			outr[i] = v * inv[r] * weight[i]
		}
	}
}

// RMSNormBackward adds to dx[rows,width] and dweight[width].
func (Reference[T]) RMSNormBackward(dx, dweight, dout, x, weight, inv []T, rows, width int) {
	for r := range rows {
		var mean T
		for i := range width {
			mean += x[r*width+i] * inv[r] * weight[i] * dout[r*width+i] / T(width)
		}
		for i := range width {
			normed, d := x[r*width+i]*inv[r], dout[r*width+i]
			dx[r*width+i] += inv[r] * (weight[i]*d - normed*mean)
			dweight[i] += normed * d
		}
	}
}

// Rotary turns every pair (x[i], x[i+HeadDim/2]) of a head by the angle of its position and i
// (Su et al., RoFormer, 2021, section 3.2.2, with the halves paired as in Llama's published
// weights). cos and sin are [positions, HeadDim/2]. Inverse turns back, which is the backward pass.
func (Reference[T]) Rotary(x, cos, sin []T, s RotaryShape) { rotary(x, cos, sin, s, 0, s.Rows) }

func rotary[T Float](x, cos, sin []T, s RotaryShape, first, last int) {
	half := s.HeadDim / 2
	for r := first; r < last; r++ {
		at := (s.Start + r%s.Period) * half
		c, n := cos[at:at+half], sin[at:at+half]
		for h := range s.Heads {
			head := x[r*s.Stride+h*s.HeadDim:][:s.HeadDim]
			lo, hi := head[:half], head[half:]
			for i, co := range c {
				si := n[i]
				if s.Inverse {
					si = -si
				}
				a, b := lo[i], hi[i]
				lo[i], hi[i] = a*co-b*si, b*co+a*si
			}
		}
	}
}

// SwiGLU computes out = silu(gate)·up; a row of gateUp[rows,2·hidden] is the gates, then
// the ups (Shazeer, GLU Variants Improve Transformer, 2020, eq. 6).
func (Reference[T]) SwiGLU(out, gateUp []T, rows, hidden int) {
	for r := range rows {
		for i := range hidden {
			gate, up := gateUp[2*r*hidden+i], gateUp[(2*r+1)*hidden+i]
			out[r*hidden+i] = gate * sigmoid(gate) * up
		}
	}
}

// SwiGLUBackward overwrites dgateUp.
func (Reference[T]) SwiGLUBackward(dgateUp, dout, gateUp []T, rows, hidden int) {
	for r := range rows {
		for i := range hidden {
			gate, up, d := gateUp[2*r*hidden+i], gateUp[(2*r+1)*hidden+i], dout[r*hidden+i]
			s := sigmoid(gate)
			dgateUp[2*r*hidden+i] = d * up * s * (1 + gate*(1-s))
			dgateUp[(2*r+1)*hidden+i] = d * gate * s
		}
	}
}

func sigmoid[T Float](x T) T { return T(1 / (1 + math.Exp(-float64(x)))) }

// CrossEntropy writes losses[i] = -log softmax(logits[i])[targets[i]] for every row of
// logits[rows,vocab]. With gradient it overwrites the logits by scale·(softmax - onehot);
// without, what is left in logits is unspecified.
func (Reference[T]) CrossEntropy(losses, logits []T, targets []uint32, vocab int, scale float64, gradient bool) {
	for r, target := range targets {
		row := logits[r*vocab : (r+1)*vocab]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		var sum T
		for _, v := range row {
			sum += T(math.Exp(float64(v - top)))
		}
		losses[r] = T(math.Log(float64(sum))) + top - row[target]
		if !gradient {
			continue
		}
		for i, v := range row {
			row[i] = T(scale) * T(math.Exp(float64(v-top))) / sum
		}
		row[target] -= T(scale)
	}
}

// SumSquares is the sum of x², for the norm of the gradient.
func (Reference[T]) SumSquares(x []T) float64 { return sumSquares(x) }

func sumSquares[T Float](x []T) float64 {
	// Four sums, so that an addition need not wait for the one before it.
	var s [4]float64
	for len(x) >= 4 {
		for i := range s {
			s[i] += float64(x[i]) * float64(x[i])
		}
		x = x[4:]
	}
	for i, v := range x {
		s[i] += float64(v) * float64(v)
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

// UpdateAdamW moves weights w by one step, given the gradient g, and updates the
// moments m and v (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2).
func (Reference[T]) UpdateAdamW(w, g, m, v []T, o AdamW) {
	correction1, correction2 := o.corrections()
	for i := range w {
		gi := float64(g[i]) * o.GradScale
		mi := o.Beta1*float64(m[i]) + (1-o.Beta1)*gi
		vi := o.Beta2*float64(v[i]) + (1-o.Beta2)*gi*gi
		step := mi * correction1 / (math.Sqrt(vi*correction2) + o.Epsilon)
		w[i] -= T(o.Rate * (step + o.Decay*float64(w[i])))
		m[i], v[i] = T(mi), T(vi)
	}
}

// corrections are the factors that undo the moments' start at zero.
func (o AdamW) corrections() (first, second float64) {
	return 1 / (1 - math.Pow(o.Beta1, float64(o.Step))), 1 / (1 - math.Pow(o.Beta2, float64(o.Step)))
}
