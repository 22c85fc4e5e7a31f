package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

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

// inputChange names the first input file in which two plans differ.
func inputChange(old, now []PlannedUnit) string {
	for i := range min(len(old), len(now)) {
		a, b := old[i], now[i]
		switch {
		case a.Path != b.Path:
			return fmt.Sprintf("%s was %s", b.Path, a.Path)
		case a.Bytes != b.Bytes:
			return fmt.Sprintf("%s had %d bytes, has %d", a.Path, a.Bytes, b.Bytes)
		case a.Source != b.Source:
			return fmt.Sprintf("%s was of source %s, is of %s", a.Path, a.Source, b.Source)
		}
	}
	switch {
	case len(old) > len(now):
		return old[len(now)].Path + " is gone"
	case len(old) < len(now):
		return now[len(old)].Path + " is new"
	}
	return "of another format"
}
