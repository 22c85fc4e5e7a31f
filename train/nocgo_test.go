//go:build !cgo

package train

import (
	"context"
	"errors"
	"testing"

	"corpus/shard"
	"corpus/train/cpu"
)

func TestWithoutCgoTheErrorSaysSo(t *testing.T) {
	dir := t.TempDir()
	writeShards(t, dir, shard.Train, make([]uint32, 1000), 8, 7)
	o := DefaultOptions()
	o.Shards, o.Out = dir, t.TempDir()
	if _, err := Run(context.Background(), o, nil); !errors.Is(err, cpu.ErrNoCgo) {
		t.Errorf("Run: %v", err)
	}
	g := DefaultGenerateOptions()
	g.Run = o.Out
	if err := Generate(context.Background(), g, nil); !errors.Is(err, cpu.ErrNoCgo) {
		t.Errorf("Generate: %v", err)
	}
	e := DefaultEvaluateOptions()
	e.Run, e.Shards = o.Out, dir
	if _, err := Evaluate(context.Background(), e); !errors.Is(err, cpu.ErrNoCgo) {
		t.Errorf("Evaluate: %v", err)
	}
}
