package fasttext

import (
	"context"
	"math/rand/v2"

	"corpus"
)

// Train trains a classifier on a list of examples; see Examples.Train.
func Train(ctx context.Context, list []Example, o TrainOptions, progress func(done, loss float64)) (*Model, error) {
	examples := NewExamples()
	for _, e := range list {
		examples.Add(e)
	}
	return examples.Train(ctx, o, progress)
}

// Train trains a classifier. The result depends on the examples, their order and the options alone, on every machine: one
// goroutine does the work, where fastText's threads race. progress may be nil; it is called with the share of the work done, 0 to 1,
// and the mean loss since the last call.
//
// The method is fastText's: stochastic gradient descent on one example at a time, the learning rate falling linearly,
// input vectors drawn from ±1/dim, output vectors zero. Unlike fastText it takes the examples in another random order in each
// epoch, so that a file sorted by label does no harm.
func (x *Examples) Train(ctx context.Context, o TrainOptions, progress func(done, loss float64)) (*Model, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	dict, rows, targets, err := x.dictionary(o)
	if err != nil {
		return nil, err
	}
	in := &dense{n: o.Dim, data: make([]float32, (dict.words+dict.bucket)*o.Dim)}
	out := &dense{n: o.Dim, data: make([]float32, dict.labels*o.Dim)}
	model := &Model{args: o.args(dict.bucket), dict: dict, input: in, output: out}
	model.finish()
	random := rand.New(rand.NewPCG(o.Seed, 0))
	t := &trainer{
		Examples: x, opts: o, model: model, in: in, rows: rows, random: random,
		hidden: make([]float32, o.Dim), grad: make([]float32, o.Dim), learner: newLearner(model, out, o, random),
	}
	t.labels = make([]int32, len(x.targets))
	for i, l := range x.targets {
		t.labels[i] = targets[l]
	}
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	return model, model.diverged(o.LearningRate)
}

// diverged is an error where the learning rate was too high for the data: weights left the range that Read allows.
func (m *Model) diverged(rate float64) error {
	for _, x := range []matrix{m.input, m.output} {
		for _, v := range x.(*dense).data {
			if !(v >= -maxValue && v <= maxValue) {
				return corpus.BadOption("lr", "%v is too high: the training diverged, a weight is %v", rate, v)
			}
		}
	}
	return nil
}

// trainer goes through the examples.
type trainer struct {
	*Examples
	opts    TrainOptions
	model   *Model
	in      *dense
	rows    []int32 // of the examples' words
	labels  []int32 // targets as rows of the output
	random  *rand.Rand
	learner learner

	ids          []int32
	hashes       []uint32
	hidden, grad []float32
}

// contextEvery is the number of examples between looks at the context.
const contextEvery = 4096

func (t *trainer) run(ctx context.Context, progress func(done, loss float64)) error {
	scale := 1 / float32(t.opts.Dim)
	for i := range t.in.data {
		if i%(1<<22) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t.in.data[i] = (2*t.random.Float32() - 1) * scale
	}
	order := make([]int32, len(t.ends))
	for i := range order {
		order[i] = int32(i)
	}
	total, done := len(order)*t.opts.Epochs, 0
	loss, seen := 0.0, 0
	for range t.opts.Epochs {
		t.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if done%contextEvery == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if progress != nil && seen > 0 {
					progress(float64(done)/float64(total), loss/float64(seen))
					loss, seen = 0, 0
				}
			}
			rate := t.opts.LearningRate * (1 - float64(done)/float64(total))
			loss += t.step(int(i), float32(rate))
			seen++
			done++
		}
	}
	if progress != nil && seen > 0 {
		progress(1, loss/float64(seen))
	}
	return nil
}

// step learns from one example and returns its loss.
func (t *trainer) step(i int, rate float32) float64 {
	var from end
	if i > 0 {
		from = t.ends[i-1]
	}
	ids := t.expand(t.tokens[from.tokens:t.ends[i].tokens])
	if len(ids) == 0 {
		return 0
	}
	clear(t.hidden)
	t.in.addRows(t.hidden, ids)
	scale := 1 / float32(len(ids))
	for k := range t.hidden {
		t.hidden[k] *= scale
	}
	clear(t.grad)
	loss := t.learner.learn(t.labels[from.targets:t.ends[i].targets], t.hidden, t.grad, rate)
	// fastText divides the gradient by the number of rows that share it.
	for k := range t.grad {
		t.grad[k] *= scale
	}
	for _, id := range ids {
		add(t.in.row(int(id)), t.grad, 1)
	}
	return loss
}

// expand gives the rows of an example's words, their character n-grams and the n-grams of words.
func (t *trainer) expand(tokens []int32) []int32 {
	d := t.model.dict
	ids, hashes := t.ids[:0], t.hashes[:0]
	for _, token := range tokens {
		row := t.rows[token]
		if row >= 0 {
			ids = append(ids, row)
		}
		if d.maxn > 0 {
			if stored, ok := d.stored(row); ok {
				ids = append(ids, stored...)
			} else if name := t.words.names[token]; name != endOfSentence {
				ids = d.appendSubwords(ids, name, 0, len(name)+2)
			}
		}
		if d.ngrams > 1 {
			hashes = append(hashes, t.words.hashes[token])
		}
	}
	if d.ngrams > 1 {
		ids = d.appendNgrams(ids, hashes, 0, len(hashes))
	}
	t.ids, t.hashes = ids, hashes
	return ids
}
