package config

import (
	"reflect"

	"corpus"
	"corpus/ingest"
	"corpus/internal/commoncrawl"

	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"
)

// CommonCrawl names a crawl of commoncrawl.org and what of it is read. In YAML either "cc: CRAWL" (all its pages) or
// "cc: {crawl: CRAWL, option: value}". The zero value means that the source has none.
type CommonCrawl struct {
	commoncrawl.Options `yaml:",inline"`
}

// decode decodes both forms over the defaults.
func (c *CommonCrawl) decode(d *decoder, node ast.Node, key string) error {
	c.Options = commoncrawl.DefaultOptions()
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return d.section(node, reflect.ValueOf(c).Elem(), key)
	}
	return decodeScalar(node, reflect.ValueOf(&c.Crawl).Elem())
}

// validateInputs checks that a source says in one way where its files are.
func (s Source) validateInputs() error {
	switch {
	case s.CC.IsZero() && len(s.Paths) == 0:
		return corpus.BadOption("paths", "source %s has no paths", s.Name)
	case s.CC.IsZero():
		return nil
	case len(s.Paths) > 0:
		return corpus.BadOption("cc", "source %s has paths too: make two sources of them", s.Name)
	case s.Options.Format != ingest.FormatAuto && s.Options.Format != ingest.FormatWARC:
		return corpus.BadOption("format", "the files of a crawl are warc, not %s", s.Options.Format)
	}
	return under("cc", s.CC.Validate())
}

// JSONSchema describes the two forms for editors.
func (CommonCrawl) JSONSchema() *jsonschema.Schema {
	options := reflector().Reflect(commoncrawl.Options{})
	options.Version, options.ID = "", ""
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, options}}
}
