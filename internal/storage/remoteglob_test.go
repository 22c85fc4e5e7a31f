package storage

import (
	"fmt"
	"strings"
	"testing"

	"corpus/internal/storage/storetest"
)

func TestRemoteGlob(t *testing.T) {
	objects := map[string]string{}
	for _, key := range []string{
		"a.warc", "b.txt", "x/c.warc", "x/y/d.warc", "x/y/e[1].txt", "x/y/f*.txt", "x/y z/g.txt", ".h/f.warc", "x/.g.warc", "x/", "xx/h.warc",
	} {
		objects[key] = "1"
	}
	objects["x/"] = ""
	for i := range 1100 { // more than a page
		objects[fmt.Sprintf("many/%04d.gz", i)] = "12"
	}
	s := storetest.NewS3(t, objects)
	tests := []struct {
		pattern string
		want    string // space-separated keys as addresses have them; or an error's text
		fails   bool
	}{
		{"a.warc", "a.warc", false},
		{"x", "x/c.warc x/y%20z/g.txt x/y/d.warc x/y/e%5B1%5D.txt x/y/f%2A.txt", false},
		{"x/", "x/c.warc x/y%20z/g.txt x/y/d.warc x/y/e%5B1%5D.txt x/y/f%2A.txt", false},
		{"*.warc", "a.warc", false},
		{"x/**/*.warc", "x/c.warc x/y/d.warc", false},
		{"**/d.warc", "x/y/d.warc", false},
		{"x/*", "x/c.warc x/y%20z/g.txt x/y/d.warc x/y/e%5B1%5D.txt x/y/f%2A.txt", false},
		{"x*/*.warc", "x/c.warc xx/h.warc", false},
		{"*/c.warc", "x/c.warc", false},
		{"*/y/[cd].warc", "x/y/d.warc", false},
		{"x/y/e%5B1%5D.txt", "x/y/e%5B1%5D.txt", false},
		{"x/y/f%2A.t*", "x/y/f%2A.txt", false},
		{"x/y%20z/*", "x/y%20z/g.txt", false},
		{".h/*.warc", ".h/f.warc", false},
		{"many/109[89].gz", "many/1098.gz many/1099.gz", false},
		{"x/q*", "no object matches", true},
		{"nowhere", "there is no such object", true},
		{"x/[", "syntax error in pattern", true},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			entries, err := Glob(quick(t), s.URL(test.pattern))
			if test.fails {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got %v, %v, want an error with %q", entries, err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				key, _, _ := strings.Cut(strings.TrimPrefix(e.Path, "s3://b/"), "?")
				got = append(got, key)
				if again, err := Glob(quick(t), e.Path); err != nil || len(again) != 1 || again[0] != e {
					t.Errorf("%s again: %v, %v", e.Path, again, err)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), test.want)
			}
		})
	}
	all, err := Glob(quick(t), s.URL("many/"))
	if err != nil || len(all) != 1100 || all[0].Bytes != 2 {
		t.Errorf("%d of 1100 objects, %v", len(all), err)
	}
}

func TestWebServersHaveNoListings(t *testing.T) {
	_, url := newWeb(t, content(10), true)
	for _, path := range []string{url + "*", strings.TrimSuffix(url, "file") + "**/x"} {
		if _, err := Glob(quick(t), path); err == nil || !strings.Contains(err.Error(), "no listings") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if entries, err := Glob(quick(t), url); err != nil || len(entries) != 1 || entries[0] != (Entry{url, 10}) {
		t.Errorf("%v, %v", entries, err)
	}
}
