package fasttext

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// The beginning of a file, and the versions that are read. Version 11 lacks character n-grams for classifiers.
const (
	magic      = 793712314
	version    = 12
	oldVersion = 11
)

// Bounds of what a file may declare, beyond which it is refused before anything is allocated.
const (
	maxDim     = 1 << 16
	maxEntries = 1 << 28
	maxRows    = 1 << 31
	maxNgram   = 64
	// maxValue bounds the values of matrices, of which trained ones lie near 1: sums and products of such cannot overflow, so that
	// no score is ever NaN.
	maxValue = 1e7
)

// Open reads a model from a file. The error names the path and, where the file is broken, the byte at which that showed.
func Open(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Read reads a model. It does not read on behind it.
func Read(r io.Reader) (*Model, error) {
	d := &decoder{r: bufio.NewReaderSize(r, 1<<16)}
	m, err := d.model()
	if d.err != nil {
		err = d.err
	}
	if err != nil {
		return nil, fmt.Errorf("fastText model at byte %d: %w", d.at, err)
	}
	return m, nil
}

// decoder reads little-endian values and keeps the first error.
type decoder struct {
	r   *bufio.Reader
	at  int64
	err error
	tmp [8]byte
}

func (d *decoder) bytes(b []byte) {
	if d.err != nil {
		clear(b)
		return
	}
	n, err := io.ReadFull(d.r, b)
	d.at += int64(n)
	if err != nil {
		clear(b)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		d.err = err
	}
}

func (d *decoder) int32() int32 {
	d.bytes(d.tmp[:4])
	return int32(binary.LittleEndian.Uint32(d.tmp[:4]))
}

func (d *decoder) int64() int64 {
	d.bytes(d.tmp[:8])
	return int64(binary.LittleEndian.Uint64(d.tmp[:8]))
}

func (d *decoder) bool() bool {
	d.bytes(d.tmp[:1])
	return d.tmp[0] != 0
}

func (d *decoder) word() string {
	if d.err != nil {
		return ""
	}
	b, err := d.r.ReadSlice(0)
	long := append([]byte(nil), b...)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) < maxWord {
		b, err = d.r.ReadSlice(0)
		long = append(long, b...)
	}
	d.at += int64(len(long))
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		d.err = fmt.Errorf("a word of more than %d bytes", maxWord)
	case errors.Is(err, io.EOF):
		d.err = io.ErrUnexpectedEOF
	case err != nil:
		d.err = err
	}
	if d.err != nil {
		return ""
	}
	return string(long[:len(long)-1])
}

// blob reads n bytes, in steps, so that a lie about n costs no more memory than there are bytes.
func (d *decoder) blob(n int64) []byte {
	var all []byte
	for step := int64(1 << 20); n > 0 && d.err == nil; n -= step {
		step = min(step, n)
		old := len(all)
		all = append(all, make([]byte, step)...)
		d.bytes(all[old:])
	}
	return all
}

// floats reads n values; see blob.
func (d *decoder) floats(n int64) []float32 {
	var all []float32
	var b [1 << 14]byte
	for n > 0 && d.err == nil {
		step := min(n, int64(len(b)/4))
		d.bytes(b[:4*step])
		for i := int64(0); i < step; i++ {
			v := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
			if !(v >= -maxValue && v <= maxValue) && d.err == nil {
				d.err = fmt.Errorf("a weight is %v, not within ±%g", v, float64(maxValue))
			}
			all = append(all, v)
		}
		n -= step
	}
	return all
}

func (d *decoder) model() (*Model, error) {
	if got := d.int32(); got != magic {
		return nil, fmt.Errorf("magic number is %d, not %d: no fastText model (text vectors and models before version 11 are not read)", got, magic)
	}
	v := d.int32()
	if v != version && v != oldVersion {
		return nil, fmt.Errorf("version is %d, this reads %d and %d", v, oldVersion, version)
	}
	m := &Model{}
	if err := m.readArgs(d, v); err != nil {
		return nil, err
	}
	var err error
	if m.dict, err = readDictionary(d, &m.args); err != nil {
		return nil, err
	}
	quant := d.bool()
	if m.input, err = d.matrix(quant); err != nil {
		return nil, fmt.Errorf("input matrix: %w", err)
	}
	quantOut := d.bool() && quant
	if m.output, err = d.matrix(quantOut); err != nil {
		return nil, fmt.Errorf("output matrix: %w", err)
	}
	if d.err != nil {
		return nil, d.err
	}
	return m, m.check()
}

func (m *Model) readArgs(d *decoder, v int32) error {
	a := &m.args
	for _, p := range []*int32{
		&a.dim, &a.window, &a.epochs, &a.minCount, &a.negatives, &a.wordNgrams,
		&a.loss, &a.model, &a.bucket, &a.minn, &a.maxn, &a.lrUpdate,
	} {
		*p = d.int32()
	}
	a.sampling = math.Float64frombits(uint64(d.int64()))
	if v == oldVersion && a.model == supervised {
		a.maxn = 0
	}
	switch {
	case d.err != nil:
		return d.err
	case a.model != supervised:
		return errors.New("word vectors, not a classifier (args.model is not supervised)")
	case a.dim < 1 || a.dim > maxDim:
		return fmt.Errorf("dim is %d, not within 1 to %d", a.dim, maxDim)
	case a.bucket < 0 || a.minn < 0 || a.maxn > maxNgram || a.wordNgrams > maxNgram:
		return fmt.Errorf("impossible arguments: bucket %d, minn %d, maxn %d, wordNgrams %d", a.bucket, a.minn, a.maxn, a.wordNgrams)
	case a.loss < lossTree || a.loss > lossOneVsAll:
		return fmt.Errorf("unknown loss %d", a.loss)
	}
	return nil
}

func readDictionary(d *decoder, a *args) (*dictionary, error) {
	dict := &dictionary{bucket: int(a.bucket), minn: int(a.minn), maxn: int(a.maxn), ngrams: int(a.wordNgrams)}
	size, nwords, nlabels := d.int32(), d.int32(), d.int32()
	dict.tokens = d.int64()
	pruned := d.int64()
	switch {
	case d.err != nil:
		return nil, d.err
	case nwords < 0 || nlabels < 1 || int64(nwords)+int64(nlabels) != int64(size) || size > maxEntries:
		return nil, fmt.Errorf("dictionary of %d entries with %d words and %d labels", size, nwords, nlabels)
	case pruned > maxEntries:
		return nil, fmt.Errorf("%d pruned buckets", pruned)
	}
	dict.words, dict.labels = int(nwords), int(nlabels)
	for i := range int(size) {
		name, count, label := d.word(), d.int64(), d.bool()
		if d.err != nil {
			return nil, d.err
		}
		if label != (i >= dict.words) {
			return nil, fmt.Errorf("dictionary entry %d: words must come before labels", i)
		}
		dict.names, dict.counts = append(dict.names, name), append(dict.counts, count)
	}
	if pruned >= 0 {
		t := newTable(0)
		dict.pruned = &t
		for range pruned {
			from, to := d.int32(), d.int32()
			if d.err != nil {
				return nil, d.err
			}
			if to < 0 || int64(to) >= pruned {
				return nil, fmt.Errorf("pruned bucket %d has row %d of %d", from, to, pruned)
			}
			if _, twice := t.find(uint32(from)); twice {
				return nil, fmt.Errorf("pruned bucket %d comes twice", from)
			}
			t.add(uint32(from), to)
		}
	}
	return dict, nil
}

func (d *decoder) matrix(quant bool) (matrix, error) {
	if quant {
		return d.quantized()
	}
	m, n := d.int64(), d.int64()
	if d.err == nil && (m < 0 || m > maxRows || n < 1 || n > maxDim) {
		return nil, fmt.Errorf("%d × %d values", m, n)
	}
	return &dense{n: int(n), data: d.floats(m * n)}, d.err
}

func (d *decoder) quantized() (matrix, error) {
	qnorm := d.bool()
	m, n := d.int64(), d.int64()
	size := d.int32()
	if d.err == nil && (m < 0 || m > maxRows || n < 1 || n > maxDim || size < 0) {
		return nil, fmt.Errorf("%d × %d values in %d codes", m, n, size)
	}
	q := &quantized{m: int(m), n: int(n), codes: d.blob(int64(size))}
	if err := d.quantizer(&q.pq); err != nil {
		return nil, err
	}
	if q.pq.dim != q.n || int64(size) != m*int64(q.pq.parts) {
		return nil, fmt.Errorf("%d codes of %d parts for %d rows of %d", size, q.pq.parts, m, n)
	}
	if qnorm {
		q.norms = d.blob(m)
		if err := d.quantizer(&q.npq); err != nil {
			return nil, err
		}
		if q.npq.dim != 1 || q.norms == nil {
			return nil, fmt.Errorf("norms of %d values", q.npq.dim)
		}
	}
	return q, d.err
}

func (d *decoder) quantizer(q *quantizer) error {
	q.dim, q.parts, q.width, q.lastWidth = int(d.int32()), int(d.int32()), int(d.int32()), int(d.int32())
	switch {
	case d.err != nil:
		return d.err
	case q.dim < 1 || q.dim > maxDim || q.parts < 1 || q.width < 1 || q.lastWidth < 1 || q.lastWidth > q.width,
		(q.parts-1)*q.width+q.lastWidth != q.dim:
		return fmt.Errorf("product quantiser with %d parts of %d, the last of %d, for %d values", q.parts, q.width, q.lastWidth, q.dim)
	}
	q.centroids = d.floats(int64(q.dim) * centroids256)
	return d.err
}

// check makes sure that every id the dictionary can give has a row, and builds what follows from the file.
func (m *Model) check() error {
	need := int64(m.dict.words)
	if m.dict.maxn > 0 || m.dict.ngrams > 1 {
		if m.dict.pruned != nil {
			need += int64(m.dict.pruned.taken)
		} else {
			need += int64(m.args.bucket)
		}
	}
	if rows := int64(m.input.rows()); rows < need {
		return fmt.Errorf("input matrix has %d rows, the dictionary asks for %d", rows, need)
	}
	if m.output.rows() < m.dict.labels {
		return fmt.Errorf("output matrix has %d rows for %d labels", m.output.rows(), m.dict.labels)
	}
	for _, x := range []matrix{m.input, m.output} {
		if n := columns(x); n != int(m.args.dim) {
			return fmt.Errorf("matrix has %d columns, dim is %d", n, m.args.dim)
		}
	}
	if m.dict.pruned != nil {
		for _, s := range m.dict.pruned.slots {
			if int64(s.value) >= int64(m.input.rows())-int64(m.dict.words) && s.value != empty {
				return fmt.Errorf("pruned bucket %d has row %d, behind the input matrix", int32(s.key), s.value)
			}
		}
	}
	m.finish()
	return nil
}

func columns(x matrix) int {
	if q, ok := x.(*quantized); ok {
		return q.n
	}
	return x.(*dense).n
}

// finish fills what is not in a file.
func (m *Model) finish() {
	m.dict.finish()
	m.sigmoids = sigmoids()
	if m.args.loss == lossTree {
		m.tree = buildTree(m.dict)
	}
	m.scratch.New = func() any { return newBuffers(m) }
}
