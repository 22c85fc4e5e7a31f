package config

import (
	"fmt"
	"iter"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSteps bounds the nodes that a config may come to once its aliases are followed.
const maxSteps = 1 << 20

// decodeDocument decodes the YAML of a file over what c holds.
func decodeDocument(data []byte, c *Config) error {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return err
	}
	body, err := singleDocument(file)
	if err != nil || body == nil {
		return err
	}
	return decodeNode(body, reflect.ValueOf(c).Elem())
}

// singleDocument is the content of a file that holds one document; nil where it holds nothing.
func singleDocument(file *ast.File) (ast.Node, error) {
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.DirectiveType || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil && d.Body.Type() != ast.NullType {
			return nil, syntaxError(d.Body, "a second document: a config is one")
		}
		if body == nil || body.Type() == ast.NullType {
			body = d.Body
		}
	}
	return body, nil
}

// decodeNode decodes a document, or what --set gives, over what a value holds.
func decodeNode(node ast.Node, to reflect.Value) error {
	aliases, err := bindAliases(node)
	if err != nil {
		return err
	}
	d := decoder{aliases: aliases}
	return d.decode(node, to, "")
}

// decoder decodes YAML by the yaml tags of the option structs. It differs from the library's own
// in what a config needs: a key without a value leaves the default, a number is never rounded to fit,
// a string keeps its literal text (version: 1.10), anchors reach into every section, and an unknown
// key, an empty list entry or a value of the wrong type is an error that has its place in the file.
type decoder struct {
	aliases map[*ast.AliasNode]ast.Node
	steps   int
}

// selfDecoder is a type that decodes in its own way.
type selfDecoder interface {
	decode(d *decoder, node ast.Node, key string) error
}

// decode decodes a node over what a value holds; key is the value's place in the config. A key without a value
// ("dedup:" with all below it commented out) is as good as absent.
func (d *decoder) decode(node ast.Node, to reflect.Value, key string) error {
	node, err := d.resolve(node)
	if err != nil || node.Type() == ast.NullType {
		return err
	}
	if s, ok := to.Addr().Interface().(selfDecoder); ok {
		return s.decode(d, node, key)
	}
	switch to.Kind() {
	case reflect.Struct:
		return d.section(node, to, key)
	case reflect.Map:
		return d.mapping(node, to, key)
	case reflect.Slice:
		return d.list(node, to, key)
	}
	return decodeScalar(node, to)
}

// section decodes a mapping over a struct.
func (d *decoder) section(node ast.Node, to reflect.Value, key string) error {
	entries, err := d.entries(node, to.Type())
	if err != nil {
		return err
	}
	for _, e := range entries {
		option, ok := optionOf(to, e.name)
		if !ok {
			return syntaxError(e.key, "unknown key %q", e.name)
		}
		if err := d.decode(e.value, option, below(key, e.name)); err != nil {
			return err
		}
	}
	return nil
}

// mapping decodes a mapping into a map with strings as keys, in the place of what it held.
func (d *decoder) mapping(node ast.Node, to reflect.Value, key string) error {
	entries, err := d.entries(node, to.Type())
	if err != nil {
		return err
	}
	m := reflect.MakeMap(to.Type())
	for _, e := range entries {
		v := reflect.New(to.Type().Elem()).Elem()
		if err := d.decode(e.value, v, below(key, e.name)); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(e.name), v)
	}
	to.Set(m)
	return nil
}

// list decodes a sequence in the place of what a slice held.
func (d *decoder) list(node ast.Node, to reflect.Value, key string) error {
	n, ok := node.(*ast.SequenceNode)
	if !ok {
		return typeError(node, to.Type())
	}
	list := reflect.MakeSlice(to.Type(), len(n.Values), len(n.Values))
	for i, entry := range n.Values {
		at := fmt.Sprintf("%s[%d]", key, i)
		value, err := d.resolve(entry)
		if err != nil {
			return err
		}
		if value.Type() == ast.NullType {
			return syntaxError(entry, "%s: empty entry: fill it in or take it out", at)
		}
		if err := d.decode(value, list.Index(i), at); err != nil {
			return err
		}
	}
	to.Set(list)
	return nil
}

// options goes through the keys of a section and their values, in the order of its struct.
func options(section reflect.Value) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		for i := range section.NumField() {
			name, option, _ := strings.Cut(section.Type().Field(i).Tag.Get("yaml"), ",")
			switch {
			case option == "inline":
				for name, v := range options(section.Field(i)) {
					if !yield(name, v) {
						return
					}
				}
			case name == "" || name == "-":
			case !yield(name, section.Field(i)):
				return
			}
		}
	}
}

// optionOf is the value of a section's key.
func optionOf(section reflect.Value, key string) (reflect.Value, bool) {
	for name, v := range options(section) {
		if name == key {
			return v, true
		}
	}
	return reflect.Value{}, false
}

func below(section, key string) string {
	if section == "" {
		return key
	}
	return section + "." + key
}

func syntaxError(node ast.Node, format string, args ...any) error {
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: node.GetToken()}
}
