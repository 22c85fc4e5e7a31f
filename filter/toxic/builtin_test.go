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
		case strings.HasSuffix(m.Set, "cpp-docs") && m.Value > .005:
			t.Errorf("%v of technical documents found", m.Value)
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

// TestCodeIsNotToxic gives code with names of one letter, which comments on talk pages have for words of abuse. None of it is trained on.
func TestCodeIsNotToxic(t *testing.T) {
	m, card, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{
		"The call f(u) gives f'(u), so that f\"{u}\" and f'{u}' differ:\n\n    f\"{f'{u}'}\" == f\"{f'{f\"{u}\"}'}\"\n    u = f(u) - f(0)\n    f = lambda u: f\"{u}\"\n",
		strings.Repeat("    bindir = $prefix/dir, datadir = $datarootdir, docdir = $dir/doc\n", 6),
		"fn map<F, U>(self, f: F) -> Option<U>\nwhere F: FnOnce(T) -> U\n{\n    match self { Some(x) => Some(f(x)), None => None }\n}\n",
		"template <class T, class U>\nU convert(T const& t) { U u; u = t; return u; }\n",
		"u'abc' becomes u'\\u0061\\u0062\\u0063', u\"x\" and U+0041 are written \\u0041\n",
		"for (f = files; f != NULL; f = f->next) { fclose(f); f->f = NULL; }\n",
		"f x = x\nf y = f (f y)\ng f x = f (f x)\n",
	} {
		if got := m.Score(code).Max; got >= card.Threshold {
			t.Errorf("%.3f: %s", got, code)
		}
	}
}
