package config

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"corpus"
	"corpus/filter"

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
		"rights":            kind(filter.DefaultRightsOptions, filter.NewRights),
		"language":          kind(filter.DefaultLanguageOptions, filter.NewLanguage),
		"gopher_quality":    kind(filter.DefaultGopherQualityOptions, filter.NewGopherQuality),
		"gopher_repetition": kind(filter.DefaultGopherRepetitionOptions, filter.NewGopherRepetition),
		"c4":                kind(filter.DefaultC4Options, filter.NewC4),
		"fineweb":           kind(filter.DefaultFineWebOptions, filter.NewFineWeb),
		"length":            kind(filter.DefaultLengthOptions, filter.NewLength),
		"refinedweb_text":   kind(filter.DefaultRefinedWebTextOptions, filter.NewRefinedWebText),
		"refinedweb_lines":  kind(filter.DefaultRefinedWebLinesOptions, filter.NewRefinedWebLines),
		"dclm_gopher":       kind(filter.DefaultDCLMGopherOptions, filter.NewDCLMGopher),
		"dolma_gopher":      kind(filter.DefaultDolmaGopherOptions, filter.NewDolmaGopher),
		"curator":           kind(filter.DefaultCuratorOptions, filter.NewCurator),
		"toxicity":          kind(filter.DefaultToxicityOptions, filter.NewToxicity),
		"fasttext":          kind(filter.DefaultFastTextOptions, filter.NewFastText),
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

// decode decodes "- name" or "- name: {…}" over the filter's defaults.
func (f *Filter) decode(d *decoder, node ast.Node, key string) error {
	name, options, err := d.splitFilter(node)
	if err != nil {
		return err
	}
	k, ok := filterKinds()[name]
	if !ok {
		return syntaxError(node, "unknown filter %q; there are %s", name, strings.Join(FilterNames(), ", "))
	}
	f.Name, f.Options = name, k.defaults()
	if options == nil {
		return nil
	}
	return d.decode(options, reflect.ValueOf(f.Options).Elem(), below(key, name))
}

// splitFilter gives a filter's name and its options, nil where it has none.
func (d *decoder) splitFilter(node ast.Node) (string, ast.Node, error) {
	if s, ok := node.(*ast.StringNode); ok {
		return s.Value, nil, nil
	}
	entries, err := d.entries(node, reflect.TypeFor[Filter]())
	if err == nil && len(entries) == 1 {
		return entries[0].name, entries[0].value, nil
	}
	return "", nil, syntaxError(node, "a filter is one name with its options")
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
