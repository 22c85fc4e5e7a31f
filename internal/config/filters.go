package config

import (
	"fmt"
	"sort"
	"strings"

	"corpus"
	"corpus/filter"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"
)

// Filter is one entry of the list of filters: a name with its options. In YAML either
// "- name" (all defaults) or "- name: {option: value}".
type Filter struct {
	Name    string
	Options any // a pointer to the filter's option struct
}

// filterKind says how a named filter is configured and made.
type filterKind struct {
	defaults func() any
	validate func(any) error
	stage    func(any) (corpus.Stage, error)
}

// kind ties an option struct to its constructor.
func kind[O interface{ Validate() error }, S corpus.Stage](defaults func() O, make func(O) (S, error)) filterKind {
	return filterKind{
		defaults: func() any { o := defaults(); return &o },
		validate: func(o any) error { return (*o.(*O)).Validate() },
		stage:    func(o any) (corpus.Stage, error) { return make(*o.(*O)) },
	}
}

// filterKinds is the one table of filters.
func filterKinds() map[string]filterKind {
	return map[string]filterKind{
		"url":               kind(filter.DefaultURLOptions, filter.NewURL),
		"language":          kind(filter.DefaultLanguageOptions, filter.NewLanguage),
		"gopher_quality":    kind(filter.DefaultGopherQualityOptions, filter.NewGopherQuality),
		"gopher_repetition": kind(filter.DefaultGopherRepetitionOptions, filter.NewGopherRepetition),
		"c4":                kind(filter.DefaultC4Options, filter.NewC4),
		"fineweb":           kind(filter.DefaultFineWebOptions, filter.NewFineWeb),
		"toxicity":          kind(filter.DefaultToxicityOptions, filter.NewToxicity),
		"pii":               kind(filter.DefaultPIIOptions, filter.NewPII),
	}
}

// FilterNames lists the filters that a config can name.
func FilterNames() []string {
	var names []string
	for name := range filterKinds() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// UnmarshalYAML decodes "- name" or "- name: {…}" over the filter's defaults.
func (f *Filter) UnmarshalYAML(node ast.Node) error {
	name, options, err := splitFilter(node)
	if err != nil {
		return err
	}
	k, ok := filterKinds()[name]
	if !ok {
		return syntaxError(node, "unknown filter %q; there are %s", name, strings.Join(FilterNames(), ", "))
	}
	f.Name, f.Options = name, k.defaults()
	if options == nil || options.Type() == ast.NullType {
		return nil
	}
	return decodeNode(options, f.Options)
}

func splitFilter(node ast.Node) (string, ast.Node, error) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, nil, nil
	case *ast.MappingValueNode:
		return keyText(n.Key), n.Value, nil
	case *ast.MappingNode:
		if len(n.Values) == 1 {
			return keyText(n.Values[0].Key), n.Values[0].Value, nil
		}
	}
	return "", nil, syntaxError(node, "a filter is one name with its options")
}

// keyText is a key without its quotes.
func keyText(key ast.MapKeyNode) string {
	if s, ok := key.(*ast.StringNode); ok {
		return s.Value
	}
	return key.String()
}

func syntaxError(node ast.Node, format string, args ...any) error {
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: node.GetToken()}
}

// MarshalYAML writes the resolved form.
func (f Filter) MarshalYAML() (any, error) {
	return yaml.MapSlice{{Key: f.Name, Value: f.Options}}, nil
}

// Stage makes the filter.
func (f Filter) Stage() (corpus.Stage, error) {
	s, err := filterKinds()[f.Name].stage(f.Options)
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", f.Name, err)
	}
	return s, nil
}

// FilterStages makes the configured filters in their order.
func (c *Config) FilterStages() ([]corpus.Stage, error) {
	var stages []corpus.Stage
	for _, f := range c.Filters {
		s, err := f.Stage()
		if err != nil {
			return nil, err
		}
		stages = append(stages, s)
	}
	return stages, nil
}

// JSONSchema describes the two forms of a filter for editors.
func (Filter) JSONSchema() *jsonschema.Schema {
	var forms []*jsonschema.Schema
	for _, name := range FilterNames() {
		r := reflector()
		options := r.Reflect(filterKinds()[name].defaults())
		options.Version, options.ID = "", ""
		properties := jsonschema.NewProperties()
		properties.Set(name, options)
		forms = append(forms,
			&jsonschema.Schema{Type: "string", Const: name},
			&jsonschema.Schema{Type: "object", Properties: properties, Required: []string{name}, AdditionalProperties: jsonschema.FalseSchema})
	}
	return &jsonschema.Schema{OneOf: forms}
}
