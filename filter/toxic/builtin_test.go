package toxic

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestCardBelongsToTheModel(t *testing.T) {
	_, card, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("sha256:%x", sha256.Sum256(builtinModel)); card.Digest != want {
		t.Errorf("card of %s, model of %s: run the trainer again", card.Digest, want)
	}
	if len(builtinModel) > 4<<20 {
		t.Errorf("a model of %d bytes is more than 4 MiB", len(builtinModel))
	}
	if card.License == "" || card.Attribution == "" || card.Threshold <= 0 || card.Threshold >= 1 {
		t.Errorf("incomplete card: %q, %q, %v", card.License, card.Attribution, card.Threshold)
	}
	for _, m := range card.Metrics {
		switch {
		case m.Set == "jigsaw_toxic, test cut" && m.Name == "auc" && m.Value < .94:
			t.Errorf("AUC %v on the test cut", m.Value)
		case m.Set == "HateCheck" && m.Group != "" && m.Name == "false_positive_rate" && m.Value > .5:
			t.Errorf("HateCheck: %v of what is said of %s without hate is found", m.Value, m.Group)
		}
	}
}

// TestGroups measures the sentences of testdata/groups.tsv, which says the same of every group, and compares with the card.
func TestGroups(t *testing.T) {
	m, card, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/groups.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type rate struct{ found, of float64 }
	rates := map[string]*rate{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		key := f[1] + "/" + f[2]
		if rates[key] == nil {
			rates[key] = &rate{}
		}
		rates[key].of++
		if m.Score(f[3]).Max >= card.Threshold {
			rates[key].found++
		}
	}
	checked := 0
	for _, x := range card.Metrics {
		if x.Set != "groups.tsv" || x.Group == "" {
			continue
		}
		key := x.Group + map[string]string{"false_positive_rate": "/fine", "true_positive_rate": "/toxic"}[x.Name]
		r := rates[key]
		if r == nil {
			t.Errorf("the card has %s, the sentences do not", key)
			continue
		}
		checked++
		got := r.found / r.of
		if diff := got - x.Value; diff > 1e-3 || diff < -1e-3 {
			t.Errorf("%s: %.4f, the card says %.4f", key, got, x.Value)
		}
		if x.Name == "false_positive_rate" && got > .35 {
			t.Errorf("%.2f of what is said of %s without hate is found", got, x.Group)
		}
	}
	if checked != 14 {
		t.Errorf("%d rates of groups on the card, want 14", checked)
	}
	if person := rates["/toxic"]; person.found != person.of {
		t.Errorf("%v of %v insults found", person.found, person.of)
	}
	if other := rates["/fine"]; other.found != 0 {
		t.Errorf("%v of %v sentences about things found", other.found, other.of)
	}
}

// TestNamingAGroupIsNotToxic swaps groups in one sentence: a masked word does not change the score.
func TestNamingAGroupIsNotToxic(t *testing.T) {
	m := builtinModelOf(t)
	want := m.Score("I met some women at the station and they were tired.").Max
	for _, group := range []string{"Muslims", "lesbians", "immigrants", "Jews", "gays", "Mexicans", "men"} {
		if got := m.Score("I met some " + group + " at the station and they were tired.").Max; got != want {
			t.Errorf("%s: %v, women: %v", group, got, want)
		}
	}
}
