package train

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// rawTensors puts together a file of a header and data.
func rawTensors(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func TestTensorsRoundTrip(t *testing.T) {
	big := make([]float32, 40_000) // several buffers
	for i := range big {
		big[i] = float32(i) / 3
	}
	tensors := []namedTensor{{"b.weight", []int{2, 3}, []float32{1, -2, 3.5, 0, 1e-30, 1e30}}, {"a", []int{200, 200}, big}, {"empty", []int{0, 4}, nil}}
	var file bytes.Buffer
	if err := writeTensors(&file, tensors, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	f, err := openTensors(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if f.data%8 != 0 || f.metadata["format"] != "pt" {
		t.Errorf("data at byte %d, metadata %v", f.data, f.metadata)
	}
	for _, want := range tensors {
		got := make([]float32, len(want.data))
		if err := f.readFloat32(want.name, want.shape, got); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want.data) {
			t.Errorf("%s reads back otherwise", want.name)
		}
	}
	if err := f.readFloat32("b.weight", []int{3, 2}, make([]float32, 6)); err == nil {
		t.Error("another shape went through")
	}
	if err := f.readFloat32("c", []int{1}, make([]float32, 1)); err == nil {
		t.Error("a missing tensor went through")
	}
}

func TestBadTensorFiles(t *testing.T) {
	const good = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":                 {nil, "length of the header"},
		"a header beyond":       {rawTensors(good, 8)[:20], "header of"},
		"a huge header":         {append(bytes.Repeat([]byte{255}, 8), "{}"...), "header of"},
		"no JSON":               {rawTensors("tensor", 0), "not a JSON object"},
		"cut JSON":              {rawTensors(good[:30], 8), "header"},
		"an array":              {rawTensors("[]", 0), "not a JSON object"},
		"a name twice":          {rawTensors(good[:len(good)-1]+","+good[1:], 8), `"a" comes twice`},
		"metadata twice":        {rawTensors(`{"__metadata__":{},"__metadata__":{}}`, 0), "comes twice"},
		"an unknown type":       {rawTensors(strings.Replace(good, "F32", "F31", 1), 8), `unknown type "F31"`},
		"an unknown field":      {rawTensors(strings.Replace(good, `"shape"`, `"x":1,"shape"`, 1), 8), "unknown field"},
		"a negative shape":      {rawTensors(strings.Replace(good, "[2]", "[-2]", 1), 8), "impossible shape"},
		"an overflowing shape":  {rawTensors(strings.Replace(good, "[2]", "[4611686018427387904,4]", 1), 8), "impossible shape"},
		"many dimensions":       {rawTensors(strings.Replace(good, "[2]", "[2"+strings.Repeat(",1", 16)+"]", 1), 8), "17 dimensions"},
		"offsets and shape":     {rawTensors(strings.Replace(good, "[0,8]", "[0,4]", 1), 8), "offsets [0 4] for 8 bytes"},
		"a gap":                 {rawTensors(strings.Replace(good, "[0,8]", "[4,12]", 1), 12), "gap or overlap"},
		"an overlap":            {rawTensors(good[:len(good)-1]+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), "gap or overlap"},
		"too little data":       {rawTensors(good, 7), "but 7 bytes of data"},
		"too much data":         {rawTensors(good, 9), "but 9 bytes of data"},
		"something behind JSON": {rawTensors(good+"  x", 8), "behind the JSON object"},
	} {
		_, err := openTensors(bytes.NewReader(c.file), int64(len(c.file)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzSafetensors: whatever opens can be written and read back to the same tensors.
func FuzzSafetensors(f *testing.F) {
	f.Add(rawTensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(rawTensors(`{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}   `, 8))
	f.Add(rawTensors(`{"a":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]}}`, 0))
	f.Add(rawTensors(`{}`, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := openTensors(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		var tensors []namedTensor
		for name, info := range file.tensors {
			size := info.Offsets[1] - info.Offsets[0]
			if size > int64(len(b)) {
				t.Fatalf("tensor %q of %d bytes in a file of %d", name, size, len(b))
			}
			if info.DType != "F32" {
				continue
			}
			n := namedTensor{name: name, data: make([]float32, size/4)}
			for _, d := range info.Shape {
				n.shape = append(n.shape, int(d))
			}
			if err := file.readFloat32(name, n.shape, n.data); err != nil {
				t.Fatal(err)
			}
			tensors = append(tensors, n)
		}
		var again bytes.Buffer
		if err := writeTensors(&again, tensors, file.metadata); err != nil {
			t.Fatal(err)
		}
		back, err := openTensors(bytes.NewReader(again.Bytes()), int64(again.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range tensors {
			if err := back.readFloat32(n.name, n.shape, n.data); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzCheckpointState: no state.json, however broken, brings the reader down or is taken for whole
// while it leaves options open.
func FuzzCheckpointState(f *testing.F) {
	o, err := DefaultOptions().resolve()
	if err != nil {
		f.Fatal(err)
	}
	loss := 1.5
	good, err := (&state{Step: 3, Steps: 9, Tokens: 10, Windows: 4, Loss: &loss, Options: o, Vocab: 7, Files: map[string]fileSum{modelFile: {1, "00000000"}}}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"corpus checkpoint","version":2}`))
	f.Add([]byte(`{"format":"corpus checkpoint","version":1,"crc32c":"00000000","state":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeState(b)
		if err != nil {
			return
		}
		again, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeState(again); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
	})
}

func TestUnknownCheckpointVersionIsNamed(t *testing.T) {
	_, err := decodeState([]byte(`{"format":"corpus checkpoint","version":2,"state":{}}`))
	if err == nil || !strings.Contains(err.Error(), "unknown checkpoint version 2") {
		t.Errorf("error is %v", err)
	}
}
