package config

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

func reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		DoNotReference:             true,
		Anonymous:                  true,
	}
}

// Schema is the JSON Schema of a config file, for editors.
func Schema() ([]byte, error) {
	s := reflector().Reflect(&Config{})
	s.Title = "corpus build configuration"
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}
