package shard

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerifyNamesTheDamagedFile(t *testing.T) {
	opts := testOptions(300)
	clean, result := packAll(t, testDocuments(9, 60, 300), opts)
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[(at+len(b))%len(b)] ^= 0x10; return b }
	}
	rewrite := func(change func(i int, r *IndexRow) bool) func(dir string) {
		return func(dir string) { rewriteIndex(t, dir, change) }
	}
	file := func(name string, change func([]byte) []byte) func(dir string) {
		return func(dir string) { edit(t, filepath.Join(dir, name), change) }
	}
	remove := func(name string) func(dir string) {
		return func(dir string) { os.Remove(filepath.Join(dir, name)) }
	}
	last := FileName(Train, result.Train.Shards-1)
	for _, tc := range []struct {
		name   string
		damage func(dir string)
		want   string // the file that the error names
	}{
		{"flipped header", file("train-00001.bin", flip(20)), "train-00001.bin"},
		{"flipped first token", file("train-00000.bin", flip(64)), "train-00000.bin"},
		{"flipped last token", file("val-00000.bin", flip(-1)), "val-00000.bin"},
		{"truncated shard", file(last, func(b []byte) []byte { return b[:len(b)-2] }), last},
		{"missing shard", remove("train-00001.bin"), "train-00001.bin"},
		{"missing last shard", remove(last), IndexName},
		{"missing split", remove("val-00000.bin"), IndexName},
		{"missing index", remove(IndexName), IndexName},
		{"truncated index", file(IndexName, func(b []byte) []byte { return b[:len(b)-1] }), IndexName},
		{"empty index", file(IndexName, func([]byte) []byte { return nil }), IndexName},
		{"index of another version", file(IndexName, func(b []byte) []byte {
			clean := b
			b = bytes.Replace(b, []byte(indexFormat.key+"\x18\x012"), []byte(indexFormat.key+"\x18\x013"), 1)
			r, _ := openSealed(bytes.NewReader(clean), int64(len(clean)))
			sealFooter(b[r.size+int64(len(r.table)):len(b)-parquetTail], r.size, r.table)
			return b
		}), `index.parquet: unknown shard index version "3"`},
		{"row left out", rewrite(func(i int, _ *IndexRow) bool { return i != 10 }), IndexName},
		{"first row left out", rewrite(func(i int, _ *IndexRow) bool { return i != 0 }), IndexName},
		{"last row left out", rewrite(func(i int, r *IndexRow) bool { return r.Split == Train }), IndexName},
		{"row too long", rewrite(func(i int, r *IndexRow) bool { r.Length += int64(i / 10 % 2); return true }), IndexName},
		{"border moved", rewrite(func(i int, r *IndexRow) bool {
			switch {
			case i == 0: // the first two documents are in the middle of a shard
				r.Length++
			case i == 1:
				r.FirstToken++
				r.Length--
			}
			return true
		}), IndexName},
		{"piece of another document", rewrite(func(i int, r *IndexRow) bool {
			if r.DocumentToken > 0 {
				r.Index++
			}
			return true
		}), IndexName},
		{"negative shard", rewrite(func(i int, r *IndexRow) bool { r.Shard = -r.Shard; return true }), IndexName},
	} {
		t.Run(tc.name, func(t *testing.T) { wantDamageFound(t, clean, tc.damage, tc.want) })
	}
}

// rewriteIndex writes an index anew with changed rows; those for which change is false are left out.
func rewriteIndex(t *testing.T, dir string, change func(i int, r *IndexRow) bool) {
	t.Helper()
	path := filepath.Join(dir, IndexName)
	var rows []IndexRow
	for row, err := range IndexRows(path) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	w, err := createIndex(dir, 1<<20, createOnDisk)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if !change(i, &r) {
			continue
		}
		if err := w.add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// wantDamageFound damages a copy of a folder, which Verify accepts before and then refuses with words of its error.
func wantDamageFound(t *testing.T, clean string, damage func(dir string), want string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(clean)); err != nil {
		t.Fatal(err)
	}
	if err := Verify(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	damage(dir)
	if err := Verify(t.Context(), dir); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Verify = %v, want %q in it", err, want)
	}
}
