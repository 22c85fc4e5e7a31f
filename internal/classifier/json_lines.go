package classifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// objects are lines of JSON objects.
type objects struct{ Source }

func (o *objects) parse(line []byte) (Text, lineKind, error) {
	var t Text
	if len(bytes.TrimSpace(line)) == 0 {
		return t, none, errBlank
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return t, none, fmt.Errorf("no JSON object: %w", err)
	}
	name := o.TextField
	if name == "" {
		name = "text"
	}
	raw, ok := lookUp(fields, name)
	if !ok {
		return t, none, fmt.Errorf("no field %q", name)
	}
	if err := json.Unmarshal(raw, &t.Text); err != nil || bytes.Equal(raw, []byte("null")) {
		return t, none, fmt.Errorf("field %q is no string", name)
	}
	var err error
	if t.Labels, err = o.labels(fields); err != nil {
		return t, none, err
	}
	for i, l := range t.Labels {
		t.Labels[i] = plainLabel(l)
	}
	for _, g := range o.GroupFields {
		raw, ok := lookUp(fields, g)
		if !ok {
			continue
		}
		list, err := scalars(raw)
		if err != nil {
			return t, none, fmt.Errorf("field %q: %w", g, err)
		}
		for _, v := range list {
			t.Groups = append(t.Groups, g+"="+v)
		}
	}
	return t, record, nil
}

func (o *objects) labels(fields map[string]json.RawMessage) ([]string, error) {
	names := []string{"labels", "label"}
	if o.LabelField != "" {
		names = []string{o.LabelField}
	}
	for _, name := range names {
		if raw, ok := lookUp(fields, name); ok {
			list, err := scalars(raw)
			if err != nil {
				return nil, fmt.Errorf("field %q: %w", name, err)
			}
			return list, nil
		}
	}
	return nil, fmt.Errorf("no field %q", names[len(names)-1])
}

// lookUp finds a field by its name, or by a path of names joined by points.
func lookUp(fields map[string]json.RawMessage, name string) (json.RawMessage, bool) {
	if raw, ok := fields[name]; ok {
		return raw, true
	}
	head, rest, ok := strings.Cut(name, ".")
	raw, there := fields[head]
	if !ok || !there {
		return nil, false
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(raw, &inner) != nil {
		return nil, false
	}
	return lookUp(inner, rest)
}

var errValue = errors.New("neither a string, a number, true, false nor a list of these")

// scalars are the values of a field: none for null and a string of nothing or white space, else its text, or those of a list.
func scalars(raw json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var values []string
	for _, v := range list {
		switch {
		case len(v) == 0 || v[0] == '{' || v[0] == '[':
			return nil, errValue
		case v[0] == '"':
			var s string
			if err := json.Unmarshal(v, &s); err != nil {
				return nil, err
			}
			if strings.TrimSpace(s) != "" {
				values = append(values, s)
			}
		case string(v) != "null":
			values = append(values, string(v))
		}
	}
	return values, nil
}
