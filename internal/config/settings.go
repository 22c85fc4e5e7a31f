package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// set applies one key=value by decoding the value over what the key holds. The value can reach no other key.
func (c *Config) set(setting string) error {
	key, text, ok := strings.Cut(setting, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return fmt.Errorf("--set %s: not of the form key=value", setting)
	}
	if !isText([]byte(setting)) {
		return fmt.Errorf("--set %s: not text", strings.ToValidUTF8(key, "?"))
	}
	option, err := c.option(key)
	if err == nil {
		err = setValue(text, option)
	}
	var e yaml.Error
	if errors.As(err, &e) {
		return fmt.Errorf("--set %s: %s", setting, e.GetMessage())
	}
	if err != nil {
		return fmt.Errorf("--set %s: %w", setting, err)
	}
	return nil
}

// option is the value of a key such as dedup.minhash.bands.
func (c *Config) option(key string) (reflect.Value, error) {
	v := reflect.ValueOf(c).Elem()
	for part := range strings.SplitSeq(key, ".") {
		if v.Kind() != reflect.Struct {
			return v, fmt.Errorf("unknown key %q: what comes before it is %s", part, kindName(v.Type()))
		}
		option, ok := optionOf(v, part)
		if !ok {
			return v, fmt.Errorf("unknown key %q", part)
		}
		v = option
	}
	return v, nil
}

// setValue decodes a value given as YAML. An empty one is the empty string.
func setValue(text string, to reflect.Value) error {
	if strings.TrimSpace(text) == "" && to.Kind() == reflect.String {
		to.SetString("")
		return nil
	}
	node, err := parseValue(text)
	if err != nil {
		return err
	}
	if node == nil || node.Type() == ast.NullType {
		return fmt.Errorf("an empty value where %s is expected", kindName(to.Type()))
	}
	return decodeNode(node, to)
}

// parseValue reads one YAML value. A comment in it is surely meant to be text.
func parseValue(text string) (ast.Node, error) {
	tokens := lexer.Tokenize(text)
	for _, t := range tokens {
		if t.Type == token.CommentType {
			return nil, errors.New("the value is YAML, where this # begins a comment: put the value in quotes")
		}
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, err
	}
	return singleDocument(file)
}
