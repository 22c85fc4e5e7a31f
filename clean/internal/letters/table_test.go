package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The file that package clean embeds must be what this program makes of lingua-go's models.
func TestTableIsCurrent(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pemistahl/lingua-go").Output()
	if err != nil || strings.TrimSpace(string(dir)) == "" {
		t.Skip("no go command, or lingua-go is not in the module cache")
	}
	got, err := makeTable(strings.TrimSpace(string(dir)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../letters.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("clean/letters.bin is out of date: go run ./clean/internal/letters -o clean/letters.bin")
	}
}

func TestEachField(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []byte
		want string
		bad  bool
	}{
		{"text", []byte{0x12, 2, 'a', 'b'}, "ab", false},
		{"number passed over", []byte{0x08, 0x96, 1, 0x12, 1, 'c'}, "c", false},
		{"cut", []byte{0x12, 9, 'a'}, "", true},
		{"wire type", []byte{0x13}, "", true},
		{"endless number", bytes.Repeat([]byte{0xFF}, 12), "", true},
	} {
		got := ""
		err := eachField(tt.in, func(field uint64, value []byte) error {
			if field == 2 {
				got += string(value)
			}
			return nil
		})
		if got != tt.want || (err != nil) != tt.bad {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}
