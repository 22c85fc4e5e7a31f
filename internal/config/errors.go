package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decodeError says in which line the YAML is wrong, and shows it.
func decodeError(name string, data []byte, err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	at := e.GetToken().Position
	return fmt.Errorf("%s: line %d: %s\n%s", name, at.Line, e.GetMessage(), excerpt(data, at))
}

// excerpt shows a place with the lines around it and a caret below it. The library's own shows the file as it
// was parsed: with a null where a value is absent.
func excerpt(data []byte, at *token.Position) string {
	const around = 3
	lines := strings.Split(strings.TrimRight(string(data), "\r\n"), "\n")
	var b strings.Builder
	for i := max(at.Line-around, 1); i <= min(at.Line+around, len(lines)); i++ {
		line := strings.TrimRight(lines[i-1], "\r")
		if i != at.Line {
			fmt.Fprintf(&b, "%4d | %s\n", i, line)
			continue
		}
		prefix := fmt.Sprintf(">%3d | ", i)
		fmt.Fprintf(&b, "%s%s\n%*s\n", prefix, line, len(prefix)+max(at.Column, 1), "^")
	}
	return strings.TrimRight(b.String(), "\n")
}

// isText refuses what is no character of a YAML file, so that a binary file is not written to the terminal.
func isText(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' && r != '\u0085'
	})
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
		at := node.GetToken().Position
		return fmt.Errorf("%s: line %d: %w\n%s", name, at.Line, err, excerpt(data, at))
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
