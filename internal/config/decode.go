package config

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decodeStrict decodes YAML over what c holds. A key without a value ("dedup:" with all
// below it commented out) is as good as absent: the decoder alone would set it to zero.
func decodeStrict(data []byte, c *Config) error {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return err
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.NullType && d.Body.Type() != ast.CommentType {
			docs = append(docs, d.Body)
		}
	}
	if len(docs) > 1 {
		return syntaxError(docs[1], "a second document: a config is one")
	}
	if len(docs) == 0 || !prune(docs[0], reflect.TypeFor[Config]()) {
		return nil
	}
	return yaml.NewDecoder(bytes.NewReader(nil), yaml.Strict()).DecodeFromNode(docs[0], c)
}

// prune takes the keys without a value out of a section of type t; false means that nothing is left of it.
func prune(node ast.Node, t reflect.Type) bool {
	switch n := node.(type) {
	case *ast.NullNode:
		return false
	case *ast.AnchorNode:
		return prune(n.Value, t)
	case *ast.MappingValueNode:
		return pruneEntry(n, t)
	case *ast.MappingNode:
		kept := n.Values[:0]
		for _, entry := range n.Values {
			if pruneEntry(entry, t) {
				kept = append(kept, entry)
			}
		}
		n.Values = kept
		return len(kept) > 0
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice && t.Elem() == reflect.TypeFor[Source]() {
			for _, v := range n.Values {
				prune(v, t.Elem()) // an empty one is an error of its own
			}
		}
	}
	return true
}

// pruneEntry is prune for one key and its value. A key that the section does not have stays: it is an error.
func pruneEntry(entry *ast.MappingValueNode, section reflect.Type) bool {
	if section.Kind() != reflect.Struct {
		return true
	}
	t, ok := fieldType(section, keyText(entry.Key))
	return !ok || prune(entry.Value, t)
}

// fieldType is the type of a section's key.
func fieldType(section reflect.Type, key string) (reflect.Type, bool) {
	for i := range section.NumField() {
		f := section.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			if t, ok := fieldType(f.Type, key); ok {
				return t, true
			}
		} else if name == key {
			return f.Type, true
		}
	}
	return nil, false
}

func decodeNode(node ast.Node, v any) error { return yaml.NodeToValue(node, v, yaml.Strict()) }
