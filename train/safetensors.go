package train

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// The safetensors format (github.com/huggingface/safetensors): eight bytes of header length, a
// JSON header, the tensors' bytes. docs/format/checkpoint.md draws it.

const (
	maxTensorHeader = 100 << 20 // the limit of the reference implementation
	maxTensorRank   = 16
	metadataKey     = "__metadata__"
)

// tensorInfo is a tensor's entry in the header.
type tensorInfo struct {
	DType   string   `json:"dtype"`
	Shape   []int64  `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

// tensorFile reads a safetensors file.
type tensorFile struct {
	source   io.ReaderAt
	data     int64 // where the header ends
	tensors  map[string]tensorInfo
	metadata map[string]string
}

// openTensors reads and checks the header of a file of size bytes: known types, no name
// twice, offsets that agree with the shapes, and tensors that cover the data without gap or overlap.
func openTensors(source io.ReaderAt, size int64) (*tensorFile, error) {
	var prefix [8]byte
	if _, err := source.ReadAt(prefix[:], 0); err != nil {
		return nil, fmt.Errorf("length of the header: %w", noEOF(err))
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxTensorHeader || int64(length) > size-8 {
		return nil, fmt.Errorf("header of %d bytes in a file of %d", length, size)
	}
	raw := make([]byte, length)
	if _, err := source.ReadAt(raw, 8); err != nil {
		return nil, fmt.Errorf("header: %w", noEOF(err))
	}
	f := &tensorFile{source: source, data: 8 + int64(length), tensors: map[string]tensorInfo{}}
	if err := f.parse(raw); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return f, f.checkCover(size - f.data)
}

// parse reads the header entry by entry, since a map would hide a name that comes twice.
func (f *tensorFile) parse(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return noEOF(err)
		}
		name, _ := t.(string)
		if name == metadataKey {
			if f.metadata != nil {
				return fmt.Errorf("%s comes twice", metadataKey)
			}
			if err := d.Decode(&f.metadata); err != nil {
				return fmt.Errorf("%s: %w", metadataKey, err)
			}
			continue
		}
		var info tensorInfo
		if err := d.Decode(&info); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		if _, twice := f.tensors[name]; twice {
			return fmt.Errorf("tensor %q comes twice", name)
		}
		if err := info.check(); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		f.tensors[name] = info
	}
	if _, err := d.Token(); err != nil {
		return noEOF(err)
	}
	if rest := bytes.TrimLeft(raw[d.InputOffset():], " "); len(rest) > 0 {
		return fmt.Errorf("%d bytes behind the JSON object", len(rest))
	}
	return nil
}

// check compares the offsets with the type and the shape.
func (t tensorInfo) check() error {
	width := map[string]int64{"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1}[t.DType]
	if width == 0 {
		return fmt.Errorf("unknown type %q", t.DType)
	}
	if len(t.Shape) > maxTensorRank {
		return fmt.Errorf("%d dimensions, more than %d", len(t.Shape), maxTensorRank)
	}
	size := width
	for _, n := range t.Shape {
		if n < 0 || n > 0 && size > math.MaxInt64/n {
			return fmt.Errorf("impossible shape %v", t.Shape)
		}
		size *= n
	}
	if first, last := t.Offsets[0], t.Offsets[1]; first < 0 || last < first || last-first != size {
		return fmt.Errorf("offsets %v for %d bytes", t.Offsets, size)
	}
	return nil
}

// checkCover makes sure that the tensors cover exactly the size bytes of data.
func (f *tensorFile) checkCover(size int64) error {
	spans := make([][2]int64, 0, len(f.tensors))
	for _, t := range f.tensors {
		spans = append(spans, t.Offsets)
	}
	slices.SortFunc(spans, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	at := int64(0)
	for _, s := range spans {
		if s[0] != at {
			return fmt.Errorf("header: tensors leave a gap or overlap at byte %d of the data", min(at, s[0]))
		}
		at = s[1]
	}
	if at != size {
		return fmt.Errorf("header: tensors of %d bytes, but %d bytes of data", at, size)
	}
	return nil
}

// readFloat32 fills dst with a tensor of the given shape and type F32.
func (f *tensorFile) readFloat32(name string, shape []int, dst []float32) error {
	info, ok := f.tensors[name]
	if !ok {
		return fmt.Errorf("tensor %q is missing", name)
	}
	want := make([]int64, len(shape))
	for i, n := range shape {
		want[i] = int64(n)
	}
	if info.DType != "F32" || !slices.Equal(info.Shape, want) || info.Offsets[1]-info.Offsets[0] != 4*int64(len(dst)) {
		return fmt.Errorf("tensor %q is %s%v, want F32%v", name, info.DType, info.Shape, shape)
	}
	r := io.NewSectionReader(f.source, f.data+info.Offsets[0], 4*int64(len(dst)))
	buffer := make([]byte, min(1<<16, 4*len(dst)))
	for len(dst) > 0 {
		n := min(len(dst), len(buffer)/4)
		if _, err := io.ReadFull(r, buffer[:4*n]); err != nil {
			return fmt.Errorf("tensor %q: %w", name, noEOF(err))
		}
		for i := range n {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(buffer[4*i:]))
		}
		dst = dst[n:]
	}
	return nil
}

// namedTensor is one tensor to write.
type namedTensor struct {
	name  string
	shape []int
	data  []float32
}

// writeTensors writes a safetensors file; the tensors keep their order.
func writeTensors(w io.Writer, tensors []namedTensor, metadata map[string]string) error {
	var header bytes.Buffer
	var at int64
	entry := func(key string, value any) error {
		k, err := json.Marshal(key)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if header.Len() > 0 {
			header.WriteByte(',')
		}
		header.Write(k)
		header.WriteByte(':')
		header.Write(v)
		return nil
	}
	if err := entry(metadataKey, metadata); err != nil {
		return err
	}
	for _, t := range tensors {
		info := tensorInfo{DType: "F32", Shape: []int64{}, Offsets: [2]int64{at, at + 4*int64(len(t.data))}}
		for _, n := range t.shape {
			info.Shape = append(info.Shape, int64(n))
		}
		if err := info.check(); err != nil {
			return fmt.Errorf("tensor %q: %w", t.name, err)
		}
		if err := entry(t.name, info); err != nil {
			return err
		}
		at = info.Offsets[1]
	}
	text := "{" + header.String() + "}"
	for len(text)%8 != 0 { // the data begins at a multiple of 8
		text += " "
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))); err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	buffer := make([]byte, 0, 1<<16)
	for _, t := range tensors {
		for data := t.data; len(data) > 0; {
			n := min(len(data), cap(buffer)/4)
			buffer = buffer[:0]
			for _, v := range data[:n] {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			data = data[n:]
		}
	}
	return nil
}

// noEOF turns the end of a file that should go on into an error that says so.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
