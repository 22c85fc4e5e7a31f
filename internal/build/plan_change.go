package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"corpus/internal/manifest"
)

// sameAs says what differs from the plan that the folder was begun with.
func (p *Plan) sameAs(old *Plan, dir string) error {
	if p.digest() == old.digest() {
		return nil
	}
	var what string
	switch {
	case p.Tool != old.Tool:
		what = fmt.Sprintf("another version (%s, %s; this is %s, %s)", old.Tool.Version, old.Tool.Go, p.Tool.Version, p.Tool.Go)
	default:
		if change := configChange(old.Config, p.Config); change != "" {
			what = "another config (" + change + ")"
		} else if change := fileChange(old.Files, p.Files); change != "" {
			what = "another content of a file that the config names (" + change + ")"
		} else if change := modelChange(old.Models, p.Models); change != "" {
			what = "another model (" + change + ")"
		} else if !reflect.DeepEqual(p.Earlier, old.Earlier) {
			what = "earlier builds that have changed since (dedup.against)"
		} else {
			what = "other inputs (" + inputChange(old, p) + ")"
		}
	}
	return fmt.Errorf("%s was begun with %s: give that again to go on, choose another folder with -o, or delete this one", dir, what)
}

// configChange names the first key in which two resolved configs differ, with both values; "" where they are the same.
func configChange(old, now json.RawMessage) string {
	var a, b any
	if decodeNumbers(old, &a) != nil || decodeNumbers(now, &b) != nil {
		return "unreadable"
	}
	return valueChange("", a, b)
}

// decodeNumbers keeps numbers as they are written: a seed has more digits than a float64.
func decodeNumbers(data []byte, v *any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return dec.Decode(v)
}

func valueChange(key string, old, now any) string {
	if reflect.DeepEqual(old, now) {
		return ""
	}
	switch a := old.(type) {
	case map[string]any:
		if b, ok := now.(map[string]any); ok {
			return mapChange(key, a, b)
		}
	case []any:
		if b, ok := now.([]any); ok && len(a) == len(b) {
			for i := range a {
				if what := valueChange(fmt.Sprintf("%s[%d]", key, i), a[i], b[i]); what != "" {
					return what
				}
			}
		}
	}
	return fmt.Sprintf("%s was %s, is %s", key, valueText(old), valueText(now))
}

func mapChange(key string, old, now map[string]any) string {
	both := maps.Clone(old)
	maps.Copy(both, now)
	for _, k := range slices.Sorted(maps.Keys(both)) {
		path := strings.TrimPrefix(key+"."+k, ".")
		if what := valueChange(path, old[k], now[k]); what != "" {
			return what
		}
	}
	return ""
}

// maxValueText keeps a long value from filling the screen.
const maxValueText = 60

func valueText(v any) string {
	data, err := json.Marshal(v)
	if err != nil || v == nil {
		return "not set"
	}
	if text := []rune(string(data)); len(text) > maxValueText {
		return string(text[:maxValueText]) + "…"
	}
	return string(data)
}

// fileChange names a file that the config names and whose content is another; "" when there is none.
func fileChange(old, now []manifest.File) string {
	before := map[string]string{}
	for _, f := range old {
		before[f.Path] = f.SHA256
	}
	for _, f := range now {
		if before[f.Path] != f.SHA256 {
			return f.Path
		}
	}
	return ""
}

// modelChange names a model that is another one or says something else of itself; "" when there is none.
func modelChange(old, now []manifest.Model) string {
	for i, m := range now {
		if i >= len(old) || !reflect.DeepEqual(old[i], m) {
			return m.Stage + " " + m.Name
		}
	}
	if len(old) > len(now) {
		return old[len(now)].Stage + " " + old[len(now)].Name
	}
	return ""
}

// inputChange names the first input file in which two plans differ.
func inputChange(old, now *Plan) string {
	before, after := old.pieces(), now.pieces()
	for i := range min(len(before), len(after)) {
		a, b := before[i], after[i]
		switch {
		case a.Path != b.Path:
			return fmt.Sprintf("%s was %s", b.Path, a.Path)
		case a.Bytes != b.Bytes:
			return fmt.Sprintf("%s had %d bytes, has %d", a.Path, a.Bytes, b.Bytes)
		case a.source != b.source:
			return fmt.Sprintf("%s was of source %s, is of %s", a.Path, a.source, b.source)
		case a.Name() != b.Name():
			return a.Path + " has another content"
		}
	}
	switch {
	case len(before) > len(after):
		return before[len(after)].Path + " is gone"
	case len(before) < len(after):
		return after[len(before)].Path + " is new"
	}
	return "of another format"
}

// plannedPiece is a piece and its source.
type plannedPiece struct {
	Piece
	source string
}

func (p *Plan) pieces() (list []plannedPiece) {
	for _, u := range p.Units {
		for _, piece := range u.Pieces {
			list = append(list, plannedPiece{piece, u.Source})
		}
	}
	return list
}
