//go:build !nolingua

package filter

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestLanguageNamesLinguaWhereItIsAsked also compares the version and digest with those of the module that the program is built with.
func TestLanguageNamesLinguaWhereItIsAsked(t *testing.T) {
	models := languageStage(t, func(o *LanguageOptions) { o.Languages = []string{"en", "de"} }).Models()
	if len(models) != 2 || models[0].Name != "langid" || models[1].Name != "lingua" || models[1].License == "" {
		t.Fatalf("models %+v, want langid and lingua", models)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(sums), "github.com/pemistahl/lingua-go "+linguaVersion+" h1:")
	sum, _, _ := strings.Cut(line, "\n")
	b, err := base64.StdEncoding.DecodeString(sum)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sha256:" + hex.EncodeToString(b); models[1].Digest != want {
		t.Errorf("digest %s, go.sum has %s for lingua-go %s", models[1].Digest, want, linguaVersion)
	}
}
