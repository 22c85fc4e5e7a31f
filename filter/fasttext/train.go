package fasttext

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"corpus"
)

// TrainOptions are fastText's, by its names.
type TrainOptions struct {
	// Dim is the length of the vectors, 1 to 1024. Default 16.
	Dim int `yaml:"dim" jsonschema:"minimum=1,maximum=1024" jsonschema_description:"Length of the vectors, 1 to 1024. Default 16."`
	// LearningRate at the start, from which it falls to 0; 0 to 10. Default 0.5.
	LearningRate float64 `yaml:"lr" jsonschema:"minimum=0,maximum=10" jsonschema_description:"Learning rate at the start, from which it falls to 0; 0 to 10. Default 0.5."`
	// Epochs over the examples, 1 to 1000. Default 5.
	Epochs int `yaml:"epoch" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Epochs over the examples, 1 to 1000. Default 5."`
	// MinCount leaves out words with fewer occurrences, 1 to 1000000. Default 1.
	MinCount int `yaml:"min_count" jsonschema:"minimum=1,maximum=1000000" jsonschema_description:"Words with fewer occurrences are left out, 1 to 1000000. Default 1."`
	// WordNgrams is the longest word n-gram, 1 to 10. Default 1.
	WordNgrams int `yaml:"word_ngrams" jsonschema:"minimum=1,maximum=10" jsonschema_description:"Longest word n-gram, 1 to 10. Default 1."`
	// MinChars and MaxChars bound character n-grams, 0 to 16; a MaxChars of 0 is none. Default 0.
	MinChars int `yaml:"minn" jsonschema:"minimum=0,maximum=16" jsonschema_description:"Shortest character n-gram, 0 to 16. Default 0."`
	MaxChars int `yaml:"maxn" jsonschema:"minimum=0,maximum=16" jsonschema_description:"Longest character n-gram, 0 to 16; 0 is none. Default 0."`
	// Buckets for n-grams, 1 to 100000000. Default 2000000. Models without n-grams have none.
	Buckets int `yaml:"bucket" jsonschema:"minimum=1,maximum=100000000" jsonschema_description:"Buckets for n-grams, 1 to 100000000. Default 2000000."`
	// Loss is softmax (one label a text) or ova (independent labels). Default softmax.
	Loss string `yaml:"loss" jsonschema:"enum=softmax,enum=ova" jsonschema_description:"Loss: softmax (one label a text) or ova (independent labels). Default softmax."`
	// Seed of the initial vectors and of the order of the examples. Default 1.
	Seed uint64 `yaml:"seed" jsonschema_description:"Seed of the initial vectors and of the order of the examples. Default 1."`
}

// DefaultTrainOptions returns the defaults named at the fields.
func DefaultTrainOptions() TrainOptions {
	return TrainOptions{Dim: 16, LearningRate: 0.5, Epochs: 5, MinCount: 1, WordNgrams: 1, Buckets: 2_000_000, Loss: "softmax", Seed: 1}
}

// Validate returns an OptionError for the first field out of its range.
func (o TrainOptions) Validate() error {
	for _, c := range []struct {
		key             string
		value, from, to int
	}{
		{"dim", o.Dim, 1, 1024}, {"epoch", o.Epochs, 1, 1000}, {"min_count", o.MinCount, 1, 1_000_000},
		{"word_ngrams", o.WordNgrams, 1, 10}, {"minn", o.MinChars, 0, 16}, {"maxn", o.MaxChars, 0, 16}, {"bucket", o.Buckets, 1, 100_000_000},
	} {
		if c.value < c.from || c.value > c.to {
			return corpus.BadOption(c.key, "%d is not within %d to %d", c.value, c.from, c.to)
		}
	}
	switch {
	case !(o.LearningRate > 0 && o.LearningRate <= 10):
		return corpus.BadOption("lr", "%v is not within 0 to 10", o.LearningRate)
	case o.MaxChars > 0 && o.MinChars > o.MaxChars:
		return corpus.BadOption("minn", "%d is more than maxn, %d", o.MinChars, o.MaxChars)
	case o.Loss != "softmax" && o.Loss != "ova":
		return corpus.BadOption("loss", "%q is neither softmax nor ova", o.Loss)
	}
	return nil
}

// Example is a text and its labels, with or without LabelPrefix.
type Example struct {
	Labels []string
	Text   string
}

// Train trains a classifier on examples, which it holds in memory as ids. The result depends on the examples, their order and
// the options alone: one goroutine does the work, where fastText's threads race. progress may be nil; it is called with
// the share of the work done, 0 to 1, and the mean loss since the last call.
//
// The method is fastText's: stochastic gradient descent on one example at a time, the learning rate falling linearly,
// input vectors drawn from ±1/dim, output vectors zero.
func Train(ctx context.Context, examples []Example, o TrainOptions, progress func(done, loss float64)) (*Model, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	dict, err := newDictionary(examples, o)
	if err != nil {
		return nil, err
	}
	t := &trainer{opts: o, model: newModel(dict, o), random: rand.New(rand.NewPCG(o.Seed, 0))}
	t.load(examples)
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	t.model.finish()
	return t.model, nil
}

// newDictionary counts words and labels. Words come by descending count, then by their bytes.
func newDictionary(examples []Example, o TrainOptions) (*dictionary, error) {
	count := map[string]int64{}
	labels := map[string]int64{}
	d := &dictionary{minn: o.MinChars, maxn: o.MaxChars, ngrams: o.WordNgrams}
	if o.MaxChars > 0 || o.WordNgrams > 1 {
		d.bucket = o.Buckets
	}
	for _, x := range examples {
		for w := range words(x.Text) {
			if !strings.HasPrefix(w, LabelPrefix) {
				count[w]++
				d.tokens++
			}
		}
		count[endOfSentence]++
		d.tokens++
		for _, l := range x.Labels {
			labels[labelName(l)]++
		}
	}
	if len(labels) == 0 {
		return nil, fmt.Errorf("no example has a label")
	}
	for w, n := range count {
		if n >= int64(o.MinCount) {
			d.entries = append(d.entries, entry{word: w, count: n})
		}
	}
	d.words, d.labels = len(d.entries), len(labels)
	for l, n := range labels {
		d.entries = append(d.entries, entry{word: l, count: n, label: true})
	}
	for _, part := range [][]entry{d.entries[:d.words], d.entries[d.words:]} {
		slices.SortFunc(part, func(a, b entry) int {
			if a.count != b.count {
				return int(max(-1, min(1, b.count-a.count)))
			}
			return strings.Compare(a.word, b.word)
		})
	}
	d.index()
	return d, nil
}

// labelName is a label as files have it: with its prefix, and without white space, which would end the word.
func labelName(l string) string {
	l = strings.Join(strings.Fields(l), "_")
	if strings.HasPrefix(l, LabelPrefix) {
		return l
	}
	return LabelPrefix + l
}

func newModel(d *dictionary, o TrainOptions) *Model {
	loss := int32(lossSoftmax)
	if o.Loss == "ova" {
		loss = lossOneVsAll
	}
	return &Model{
		args: args{
			dim: int32(o.Dim), window: 5, epochs: int32(o.Epochs), minCount: int32(o.MinCount), negatives: 5, wordNgrams: int32(o.WordNgrams),
			loss: loss, model: supervised, bucket: int32(d.bucket), minn: int32(o.MinChars), maxn: int32(o.MaxChars), lrUpdate: 100, sampling: 1e-4,
		},
		dict:   d,
		input:  &dense{n: o.Dim, data: make([]float32, (d.words+d.bucket)*o.Dim)},
		output: &dense{n: o.Dim, data: make([]float32, d.labels*o.Dim)},
	}
}

// trainer holds the examples as ids, one after another.
type trainer struct {
	opts   TrainOptions
	model  *Model
	random *rand.Rand

	ids     []int32
	targets []int32
	ends    []end // of each example
	hidden  []float32
	grad    []float32
	scores  []float32
}

// end is where an example's ids and targets end.
type end struct{ ids, targets int }

func (t *trainer) load(examples []Example) {
	d := t.model.dict
	buf := &buffers{}
	for _, x := range examples {
		before := len(t.targets)
		for _, l := range x.Labels {
			t.targets = append(t.targets, d.ids[labelName(l)]-int32(d.words))
		}
		ids := d.line(x.Text, buf)
		if len(ids) == 0 || len(t.targets) == before {
			t.targets = t.targets[:before]
			continue
		}
		t.ids = append(t.ids, ids...)
		t.ends = append(t.ends, end{len(t.ids), len(t.targets)})
	}
	t.hidden, t.grad = make([]float32, t.opts.Dim), make([]float32, t.opts.Dim)
	t.scores = make([]float32, d.labels)
}

// contextEvery is the number of examples between looks at the context.
const contextEvery = 4096

func (t *trainer) run(ctx context.Context, progress func(done, loss float64)) error {
	in := t.model.input.(*dense)
	scale := 1 / float32(t.opts.Dim)
	for i := range in.data {
		in.data[i] = (2*t.random.Float32() - 1) * scale
	}
	order := make([]int, len(t.ends))
	for i := range order {
		order[i] = i
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
			loss += t.step(i, float32(rate))
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
	ids, targets := t.ids[from.ids:t.ends[i].ids], t.targets[from.targets:t.ends[i].targets]
	t.model.mean(ids, t.hidden)
	clear(t.grad)
	loss := 0.0
	if t.model.args.loss == lossSoftmax {
		loss = t.softmax(targets[t.random.IntN(len(targets))], rate)
	} else {
		loss = t.independent(targets, rate)
	}
	// fastText divides the gradient by the number of rows that share it.
	scale := 1 / float32(len(ids))
	for k := range t.grad {
		t.grad[k] *= scale
	}
	in := t.model.input.(*dense)
	for _, id := range ids {
		add(in.row(int(id)), t.grad, 1)
	}
	return loss
}

func (t *trainer) softmax(target int32, rate float32) float64 {
	out := t.model.output.(*dense)
	for k := range t.scores {
		t.scores[k] = out.dotRow(t.hidden, k)
	}
	softmax(t.scores)
	loss := -math.Log(float64(t.scores[target]) + epsilon)
	for k, p := range t.scores {
		want := float32(0)
		if int32(k) == target {
			want = 1
		}
		t.learn(k, rate*(want-p))
	}
	return loss
}

func (t *trainer) independent(targets []int32, rate float32) (loss float64) {
	out := t.model.output.(*dense)
	for k := range t.scores {
		p := sigmoid(out.dotRow(t.hidden, k))
		want := float32(0)
		if slices.Contains(targets, int32(k)) {
			want = 1
			loss -= math.Log(float64(p) + epsilon)
		} else {
			loss -= math.Log(float64(1-p) + epsilon)
		}
		t.learn(k, rate*(want-p))
	}
	return loss
}

// learn moves a label's row towards the text's vector by alpha, and notes what the text's vector is to move.
func (t *trainer) learn(label int, alpha float32) {
	row := t.model.output.(*dense).row(label)
	add(t.grad, row, alpha)
	add(row, t.hidden, alpha)
}

// add adds alpha times x to dst.
func add(dst, x []float32, alpha float32) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] += float32(alpha * v) // the conversion forbids fused multiply-add, which some machines have
	}
}
