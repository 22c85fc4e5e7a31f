package filter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds of a file of thresholds. The library's memory grows with the square of the nesting; the files need five levels.
const (
	maxThresholdsFile  = 4 << 20 // bytes
	maxThresholdsLevel = 64      // open brackets, or signs of indentation in a line
)

// thresholds are those of one language.
type thresholds struct {
	path     string
	usual    bool                // of FineWeb-2: in the usual script of the language
	fineWeb2 *fineWeb2Thresholds // else
	sections map[string]ast.Node // options by stage
}

// thresholdStages are the stages that have options by language.
var thresholdStages = [...]string{"gopher_quality", "gopher_repetition", "fineweb"}

// readThresholds reads files and returns the thresholds by language.
func readThresholds(paths []string) (map[string]thresholds, error) {
	all := map[string]thresholds{}
	for _, path := range paths {
		body, err := readYAML(path)
		if err != nil {
			return nil, err
		}
		if isOwnThresholds(body) {
			err = addSections(all, path, body)
		} else {
			err = addFineWeb2(all, path, body)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}

// readYAML is the mapping that a file holds.
func readYAML(path string) (*ast.MappingNode, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err // names the path
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxThresholdsFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxThresholdsFile:
		return nil, fmt.Errorf("%s: more than %d bytes", path, maxThresholdsFile)
	}
	if line := tooNested(string(data)); line > 0 {
		return nil, fmt.Errorf("%s: line %d: more than %d levels", path, line, maxThresholdsLevel)
	}
	parsed, err := parser.ParseBytes(data, 0)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, plainYAMLError(err))
	case len(parsed.Docs) > 1:
		return nil, fmt.Errorf("%s: %d YAML documents, not one", path, len(parsed.Docs))
	case len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil:
		return nil, fmt.Errorf("%s: no thresholds in it", path)
	}
	body, ok := mappingOf(parsed.Docs[0].Body)
	if !ok {
		return nil, fmt.Errorf("%s: not a mapping of keys to values", path)
	}
	return body, nil
}

// tooNested is the number of the first line that may lie deeper than maxThresholdsLevel, 0 for none. Brackets within quotes count.
func tooNested(text string) int {
	level, number := 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if len(line)-len(strings.TrimLeft(line, " \t-?")) > maxThresholdsLevel {
			return number
		}
		for i := range len(line) {
			switch line[i] {
			case '[', '{':
				if level++; level > maxThresholdsLevel {
					return number
				}
			case ']', '}':
				level = max(level-1, 0)
			}
		}
	}
	return 0
}

// mappingOf takes a node for a mapping; the library has a type of its own for one with a single key.
func mappingOf(node ast.Node) (*ast.MappingNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n, true
	case *ast.MappingValueNode:
		return &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: n.Start, Values: []*ast.MappingValueNode{n}}, true
	}
	return nil, false
}

func isOwnThresholds(body *ast.MappingNode) bool {
	for _, entry := range body.Values {
		if keyOf(entry) == "languages" {
			return true
		}
	}
	return false
}

func keyOf(entry *ast.MappingValueNode) string { return entry.Key.GetToken().Value }

// addFineWeb2 reads a file of FineWeb-2. Of the files for one language in several scripts, the one in its usual script counts, else the first.
func addFineWeb2(all map[string]thresholds, path string, body *ast.MappingNode) error {
	lang, usual, err := fineWeb2Name(path)
	if err != nil {
		return err
	}
	read := &fineWeb2Thresholds{}
	if err := decodeStrict(body, read); err != nil {
		return err
	}
	missing := map[string]bool{}
	for _, key := range []string{"dup_line_frac", "dup_n_grams", "top_n_grams", "line_punct_thr", "new_line_ratio", "max_avg_word_length",
		"min_avg_word_length", "max_non_alpha_words_ratio", "stopwords"} {
		missing[key] = true
	}
	for _, entry := range body.Values {
		delete(missing, keyOf(entry))
	}
	if keys := sortedKeys(missing); len(keys) > 0 {
		return fmt.Errorf("missing: %s", strings.Join(keys, ", "))
	}
	added := thresholds{path: path, usual: usual, fineWeb2: read}
	earlier, ok := all[lang]
	switch {
	case !ok, usual && !earlier.usual && earlier.fineWeb2 != nil:
		all[lang] = added
	case earlier.fineWeb2 == nil, filepath.Base(earlier.path) == filepath.Base(path):
		return fmt.Errorf("the language %s has thresholds from %s already", lang, earlier.path)
	}
	return nil
}

// addSections reads a file of sections by language and stage.
func addSections(all map[string]thresholds, path string, body *ast.MappingNode) error {
	for _, entry := range body.Values {
		if keyOf(entry) != "languages" {
			return unknownKey(entry)
		}
		languages, ok := mappingOf(entry.Value)
		if !ok {
			return fmt.Errorf("line %d: languages is not a mapping of languages to stages", lineOf(entry))
		}
		for _, l := range languages.Values {
			lang := keyOf(l)
			if earlier, ok := all[lang]; ok {
				return fmt.Errorf("line %d: the language %s has thresholds from %s already", lineOf(l), lang, earlier.path)
			}
			if err := checkLanguageCode(lang); err != nil {
				return fmt.Errorf("line %d: %w", lineOf(l), err)
			}
			stages, ok := mappingOf(l.Value)
			if !ok {
				return fmt.Errorf("line %d: languages.%s is not a mapping of stages to options", lineOf(l), lang)
			}
			sections := map[string]ast.Node{}
			for _, s := range stages.Values {
				if !isThresholdStage(keyOf(s)) {
					return unknownKey(s)
				}
				if err := checkNoThresholds(s.Value); err != nil {
					return err
				}
				sections[keyOf(s)] = s.Value
			}
			all[lang] = thresholds{path: path, sections: sections}
		}
	}
	return nil
}

// checkLanguageCode refuses what documents never carry as their language.
func checkLanguageCode(code string) error {
	for i := range len(code) {
		if class[code[i]]&classLower == 0 {
			return fmt.Errorf("%q is not a language's code in lower case, such as de", code)
		}
	}
	if len(code) != 2 && len(code) != 3 {
		return fmt.Errorf("%q is not a language's code of two letters, or of three where there is no shorter one", code)
	}
	if short := shortCode(code); short != code {
		return fmt.Errorf("documents carry the language %s as %s", code, short)
	}
	return nil
}

// checkNoThresholds refuses options that would name further files.
func checkNoThresholds(section ast.Node) error {
	options, ok := mappingOf(section)
	if !ok {
		return nil // decoding will tell
	}
	for _, option := range options.Values {
		if key := keyOf(option); key == "thresholds" || key == "missing_thresholds" {
			return unknownKey(option)
		}
	}
	return nil
}

func isThresholdStage(name string) bool {
	for _, s := range thresholdStages {
		if s == name {
			return true
		}
	}
	return false
}

func lineOf(entry *ast.MappingValueNode) int { return entry.Key.GetToken().Position.Line }

func unknownKey(entry *ast.MappingValueNode) error {
	return fmt.Errorf("line %d: unknown key %q", lineOf(entry), keyOf(entry))
}

// apply sets those options of a stage that the file names; ok is false where it says nothing of the stage.
func (t thresholds) apply(stage string, options any) (ok bool, err error) {
	if t.fineWeb2 != nil {
		return true, t.fineWeb2.apply(options)
	}
	section, ok := t.sections[stage]
	if !ok {
		return false, nil
	}
	if err := checkWholeNumbers(section, options); err != nil {
		return true, err
	}
	return true, decodeStrict(section, options)
}

// checkWholeNumbers refuses fractions where options are whole numbers; the library would cut them.
func checkWholeNumbers(section ast.Node, options any) error {
	mapping, ok := mappingOf(section)
	if !ok {
		return nil // decoding will tell
	}
	whole, fields := map[string]bool{}, reflect.TypeOf(options).Elem()
	for i := range fields.NumField() {
		whole[fields.Field(i).Tag.Get("yaml")] = fields.Field(i).Type.Kind() == reflect.Int
	}
	for _, option := range mapping.Values {
		if float, ok := option.Value.(*ast.FloatNode); ok && whole[keyOf(option)] {
			return fmt.Errorf("line %d: %s: %v is not a whole number", lineOf(option), keyOf(option), float.Value)
		}
	}
	return nil
}

// decodeStrict decodes over what a value holds; unknown keys are errors that name key and line.
func decodeStrict(node ast.Node, to any) error {
	if err := yaml.NodeToValue(node, to, yaml.Strict()); err != nil {
		return plainYAMLError(err)
	}
	return nil
}

// plainYAMLError is the library's error on one line, with the line of the file and without an excerpt.
func plainYAMLError(err error) error {
	var kind *yaml.TypeError
	if errors.As(err, &kind) && kind.Token != nil && kind.Token.Position != nil { // the library's own names a field of our code
		return fmt.Errorf("line %d: %q is not of type %s", kind.Token.Position.Line, kind.Token.Value, kind.DstType)
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		return fmt.Errorf("line %d: %s", at.GetToken().Position.Line, at.GetMessage())
	}
	return err
}
