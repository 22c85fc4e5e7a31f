package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// JSON is the resolved config of a build, defaults included: its keys in the order of the structs, those of maps sorted.
// What changes no byte of the build's output stands at its default: the folder, the workers, the memory and the trainer.
// ParseJSON reads it back exactly.
func (c Config) JSON() (json.RawMessage, error) {
	d := Default()
	c.Output, c.Workers, c.MemoryMB, c.Train = d.Output, d.Workers, d.MemoryMB, d.Train
	c.Shards.MemoryBytes, c.Tokenizer.MemoryMB = d.Shards.MemoryBytes, d.Tokenizer.MemoryMB
	return appendJSON(nil, reflect.ValueOf(c))
}

// appendJSON writes a value by the yaml tags of its struct. A nil list is written as an empty one.
func appendJSON(b []byte, v reflect.Value) ([]byte, error) {
	if f, ok := v.Interface().(Filter); ok {
		return appendPair(append(b, '{'), f.Name, reflect.ValueOf(f.Options).Elem(), '}')
	}
	if c, ok := v.Interface().(CommonCrawl); ok && c.IsZero() {
		return append(b, "null"...), nil
	}
	var err error
	switch v.Kind() {
	case reflect.Struct:
		b = append(b, '{')
		for name, option := range options(v) {
			if b, err = appendPair(b, name, option, ','); err != nil {
				return nil, err
			}
		}
		return endList(b, '}'), nil
	case reflect.Map:
		b = append(b, '{')
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			if b, err = appendPair(b, key.String(), v.MapIndex(key), ','); err != nil {
				return nil, err
			}
		}
		return endList(b, '}'), nil
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			if b, err = appendJSON(b, v.Index(i)); err != nil {
				return nil, err
			}
			b = append(b, ',')
		}
		return endList(b, ']'), nil
	}
	data, err := json.Marshal(v.Interface())
	return append(b, data...), err
}

func appendPair(b []byte, key string, v reflect.Value, after byte) ([]byte, error) {
	name, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	b, err = appendJSON(append(append(b, name...), ':'), v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return append(b, after), nil
}

// endList puts the closing bracket in the place of the last comma.
func endList(b []byte, bracket byte) []byte {
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, bracket)
}

// ParseJSON reads a resolved config, as JSON writes it, and checks it; name is for errors. YAML readers
// take JSON for the most part, but not every string in it.
func ParseJSON(name string, data []byte) (*Config, error) {
	c := Default()
	if err := decodeJSON(data, &c); err != nil {
		var e yaml.Error
		if errors.As(err, &e) {
			return nil, fmt.Errorf("%s: %s", name, e.GetMessage())
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &c, nil
}

func decodeJSON(data []byte, c *Config) error {
	var whole json.RawMessage // refuses what follows the value, and bounds its depth
	if err := json.Unmarshal(data, &whole); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(whole))
	d.UseNumber()
	node, err := jsonNode(d)
	if err != nil {
		return err
	}
	return decodeNode(node, reflect.ValueOf(c).Elem())
}

// jsonNode reads a JSON value as the node that YAML would have for it, so that one decoder serves both.
func jsonNode(d *json.Decoder) (ast.Node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return jsonObject(d)
		}
		return jsonArray(d)
	case string:
		return ast.String(token.DoubleQuote(t, t, &token.Position{})), nil
	case json.Number:
		return ast.String(token.String(t.String(), t.String(), &token.Position{})), nil // the decoder takes it for the number it is
	case bool:
		text := fmt.Sprint(t)
		return ast.Bool(token.New(text, text, &token.Position{})), nil
	}
	return ast.Null(token.New("null", "null", &token.Position{})), nil
}

func jsonObject(d *json.Decoder) (ast.Node, error) {
	brace := token.MappingStart("{", &token.Position{})
	object := ast.Mapping(brace, true)
	for d.More() {
		key, err := jsonNode(d)
		if err != nil {
			return nil, err
		}
		value, err := jsonNode(d)
		if err != nil {
			return nil, err
		}
		object.Values = append(object.Values, ast.MappingValue(brace, key.(ast.MapKeyNode), value))
	}
	_, err := d.Token()
	return object, err
}

func jsonArray(d *json.Decoder) (ast.Node, error) {
	array := ast.Sequence(token.SequenceStart("[", &token.Position{}), true)
	for d.More() {
		value, err := jsonNode(d)
		if err != nil {
			return nil, err
		}
		array.Values = append(array.Values, value)
	}
	_, err := d.Token()
	return array, err
}
