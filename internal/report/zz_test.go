package report

import (
	"context"
	"os"
	"testing"

	"corpus/internal/manifest"
)

func TestZZ(t *testing.T) {
	dir := os.Getenv("REBUILD")
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(context.Background(), dir, m); err != nil {
		t.Fatal(err)
	}
}
