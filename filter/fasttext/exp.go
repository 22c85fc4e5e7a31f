package fasttext

import "math"

// exp is the exponential function to about ten digits. math.Exp gives other last digits on other processors, and a model must
// not depend on where it was trained; the conversions forbid fused multiply-add for the same reason.
func exp(x float32) float32 {
	const (
		log2e = 1.4426950408889634
		ln2   = 0.6931471805599453
	)
	switch {
	case x < -104: // below the smallest float32
		return 0
	case x > 89:
		return float32(math.Inf(1))
	case x != x:
		return x
	}
	v := float64(x)
	k := int(float64(v*log2e)+1024.5) - 1024 // the nearest whole number
	r := v - float64(float64(k)*ln2)
	// Taylor's series; |r| ≤ ln2/2, so that the first term left out is 2e-10.
	p := 1.0 / 40320
	p = float64(p*r) + 1.0/5040
	p = float64(p*r) + 1.0/720
	p = float64(p*r) + 1.0/120
	p = float64(p*r) + 1.0/24
	p = float64(p*r) + 1.0/6
	p = float64(p*r) + 0.5
	p = float64(p*r) + 1
	p = float64(p*r) + 1
	return float32(p * math.Float64frombits(uint64(k+1023)<<52))
}

// The table of the logistic function that fastText looks values up in; between -8 and 8 in 512 steps.
const (
	sigmoidSteps = 512
	sigmoidMost  = 8
)

// sigmoids is that table.
func sigmoids() []float32 {
	all := make([]float32, sigmoidSteps+1)
	for i := range all {
		all[i] = logistic(float32(i*2*sigmoidMost)/sigmoidSteps - sigmoidMost)
	}
	return all
}

// sigmoid is the logistic function as fastText's table has it, so that scores are equal to its.
func (m *Model) sigmoid(x float32) float32 {
	switch {
	case x < -sigmoidMost:
		return 0
	case x > sigmoidMost:
		return 1
	case x != x:
		return x
	}
	return m.sigmoids[int((x+sigmoidMost)*sigmoidSteps/sigmoidMost/2)]
}

// logistic is the logistic function itself.
func logistic(x float32) float32 { return 1 / (1 + exp(-x)) }

func softmax(x []float32) {
	most := x[0]
	for _, v := range x {
		most = max(most, v)
	}
	var sum float32
	for i, v := range x {
		x[i] = exp(v - most)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}
