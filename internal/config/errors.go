package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"corpus"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// decodeError says in which line the YAML is wrong, and shows it.
func decodeError(name string, data []byte, err error) error {
	if !isText(data) {
		return fmt.Errorf("%s: not a text file", name)
	}
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	source := e.FormatError(false, true)
	if _, below, ok := strings.Cut(source, e.GetMessage()); ok {
		source = strings.Trim(below, "\n")
	}
	return fmt.Errorf("%s: line %d: %s\n%s", name, e.GetToken().Position.Line, message(e), source)
}

// isText refuses what no editor would show, so that a binary file is not written to the terminal.
func isText(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsAny(data, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0e\x0f\x1b\x7f")
}

// message is what is wrong, in the words of a config and not of Go.
func message(e yaml.Error) string {
	switch e := e.(type) {
	case *yaml.UnknownFieldError:
		return fmt.Sprintf("unknown key %q", e.Token.Value)
	case *yaml.TypeError:
		return fmt.Sprintf("%s where %s is expected", kindName(e.SrcType), kindName(e.DstType))
	case *yaml.OverflowError:
		return fmt.Sprintf("%s is out of range for %s", e.SrcNum, kindName(e.DstType))
	case *yaml.UnexpectedNodeTypeError:
		return fmt.Sprintf("%s where %s is expected", nodeName(e.Actual.YAMLName()), nodeName(e.Expected.YAMLName()))
	}
	return e.GetMessage()
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a section with keys"
	}
	return t.String()
}

func nodeName(yamlName string) string {
	switch yamlName {
	case "sequence":
		return "a list"
	case "mapping", "mapping value":
		return "a section with keys"
	case "integer":
		return "a whole number"
	}
	return "a " + yamlName
}

// locate says where the value comes from that an OptionError names: a setting, or a line of the file.
func locate(name string, data []byte, settings []string, err error) error {
	var opt *corpus.OptionError
	if !errors.As(err, &opt) {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, s := range settings {
		if key, _, _ := strings.Cut(s, "="); covers(strings.TrimSpace(key), opt.Key) {
			return fmt.Errorf("--set %s: %w", s, err)
		}
	}
	file, parseErr := parser.ParseBytes(data, 0)
	if parseErr != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for key := opt.Key; key != ""; key = parent(key) {
		path, pathErr := yaml.PathString("$." + key)
		if pathErr != nil {
			break
		}
		node, nodeErr := path.FilterFile(file)
		if nodeErr != nil || node == nil {
			continue // a default: show the section that holds it
		}
		source, sourceErr := path.AnnotateSource(data, false)
		if sourceErr != nil {
			break
		}
		return fmt.Errorf("%s: line %d: %w\n%s", name, node.GetToken().Position.Line, err, strings.TrimRight(string(source), "\n"))
	}
	return fmt.Errorf("%s: %w", name, err)
}

// covers says whether a key is another one or a section that holds it.
func covers(section, key string) bool {
	rest, ok := strings.CutPrefix(key, section)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func parent(key string) string {
	i := strings.LastIndexAny(key, ".[")
	if i < 0 {
		return ""
	}
	return key[:i]
}
