package fasttext

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"corpus"
)

// QuantizeOptions are fastText's for its quantised models, by its names.
type QuantizeOptions struct {
	// PartWidth is the number of values that share a code byte, 1 to 64. Default 2.
	PartWidth int `yaml:"dsub" json:"dsub" jsonschema_description:"Values that share a code byte, 1 to 64. Default 2."`
	// Norms keeps the rows' lengths in a code of their own, which costs a byte a row and helps rows of very different lengths. Default false.
	Norms bool `yaml:"qnorm" json:"qnorm" jsonschema_description:"Keep the rows' lengths in a code of their own. Default false."`
	// Cutoff keeps the longest rows alone, words and buckets together; 0 keeps all, else at least 256. Default 0.
	Cutoff int `yaml:"cutoff" json:"cutoff" jsonschema_description:"Keep so many of the longest rows, at least 256; 0 keeps all. Default 0."`
	// Seed of the clustering. Default 1.
	Seed uint64 `yaml:"seed" json:"seed" jsonschema_description:"Seed of the clustering. Default 1."`
}

// DefaultQuantizeOptions returns the defaults named at the fields.
func DefaultQuantizeOptions() QuantizeOptions { return QuantizeOptions{PartWidth: 2, Seed: 1} }

// Validate returns an OptionError for the first field out of its range.
func (o QuantizeOptions) Validate() error {
	switch {
	case o.PartWidth < 1 || o.PartWidth > 64:
		return corpus.BadOption("dsub", "%d is not within 1 to 64", o.PartWidth)
	case o.Cutoff != 0 && o.Cutoff < centroids256:
		return corpus.BadOption("cutoff", "%d is less than %d, the number of centroids", o.Cutoff, centroids256)
	}
	return nil
}

// Quantize returns the model with its input matrix as codes of a product quantiser (Joulin et al., "FastText.zip", 2016,
// sections 3.1 and 3.2), as .ftz files have it; the output matrix stays as it is. The result depends on the model and the options alone.
// A model with fewer than 256 rows, or that is quantised already, is an error.
func (m *Model) Quantize(ctx context.Context, o QuantizeOptions) (*Model, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	in, ok := m.input.(*dense)
	if !ok {
		return nil, fmt.Errorf("the model is quantised already")
	}
	if in.rows() < centroids256 {
		return nil, fmt.Errorf("a model of %d rows (words and buckets) cannot be quantised: it takes %d", in.rows(), centroids256)
	}
	rows, parts := in.rows(), (in.n+o.PartWidth-1)/o.PartWidth
	if o.Cutoff > 0 {
		rows = min(rows, o.Cutoff)
	}
	if rows > math.MaxInt32/parts {
		return nil, fmt.Errorf("%d rows of %d codes are more than a file can count: set a smaller cutoff", rows, parts)
	}
	small := &Model{args: m.args, dict: m.dict, output: m.output}
	if o.Cutoff > 0 && o.Cutoff < in.rows() {
		var err error
		if small.dict, in, err = m.dict.longest(in, o.Cutoff); err != nil {
			return nil, err
		}
	}
	t := &quantizeTrainer{ctx: ctx, random: rand.New(rand.NewPCG(o.Seed, 1))}
	q := &quantized{m: in.rows(), n: in.n}
	if o.Norms {
		var norms *dense
		in, norms = unit(in)
		q.npq = newQuantizer(1, 1)
		q.norms = t.codes(&q.npq, norms)
	}
	q.pq = newQuantizer(in.n, min(o.PartWidth, in.n))
	q.codes = t.codes(&q.pq, in)
	small.input = q
	small.finish()
	return small, ctx.Err()
}

// longest keeps the n rows with the largest norms, that of the end of a text always, with the words and buckets that they belong
// to. Rows of equal norm go by their index.
func (d *dictionary) longest(in *dense, n int) (*dictionary, *dense, error) {
	if d.pruned != nil {
		return nil, nil, fmt.Errorf("the model is cut off already")
	}
	first, found := d.index.word(hash(endOfSentence), endOfSentence, d.names)
	norms := make([]float32, in.rows())
	rows := make([]int32, in.rows())
	for i := range rows {
		r := in.row(i)
		rows[i], norms[i] = int32(i), dot(r, r)
	}
	if found && int(first) < d.words {
		norms[first] = float32(math.Inf(1))
	}
	slices.SortFunc(rows, func(a, b int32) int { return cmp.Or(cmp.Compare(norms[b], norms[a]), cmp.Compare(a, b)) })
	rows = rows[:n]
	slices.Sort(rows)

	pruned := newTable(n)
	small := &dictionary{
		labels: d.labels, tokens: d.tokens, pruned: &pruned, bucket: d.bucket, minn: d.minn, maxn: d.maxn, ngrams: d.ngrams,
	}
	kept := &dense{n: in.n}
	for _, row := range rows {
		kept.data = append(kept.data, in.row(int(row))...)
		if int(row) < d.words {
			small.names, small.counts = append(small.names, d.names[row]), append(small.counts, d.counts[row])
			small.words++
			continue
		}
		pruned.add(uint32(int(row)-d.words), int32(pruned.taken))
	}
	small.names, small.counts = append(small.names, d.names[d.words:]...), append(small.counts, d.counts[d.words:]...)
	return small, kept, nil
}

// unit divides rows by their norms; zero rows stay.
func unit(in *dense) (rows, norms *dense) {
	rows, norms = &dense{n: in.n, data: slices.Clone(in.data)}, &dense{n: 1, data: make([]float32, in.rows())}
	for i := range norms.data {
		r := rows.row(i)
		norm := float32(math.Sqrt(float64(dot(r, r))))
		norms.data[i] = norm
		for k := range r {
			if norm > 0 {
				r[k] /= norm
			}
		}
	}
	return rows, norms
}

func newQuantizer(dim, width int) quantizer {
	q := quantizer{dim: dim, width: width, parts: (dim + width - 1) / width}
	q.lastWidth = dim - (q.parts-1)*width
	q.centroids = make([]float32, dim*centroids256)
	return q
}
