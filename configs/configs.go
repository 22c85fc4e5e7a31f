// Package configs holds the ready configs: quickstart.yaml for the bundled crawl, web.yaml for
// real crawls, recipes/*.yaml for the published rule sets, starter.yaml for `corpus init`, and schema.json, the JSON Schema that editors use.
package configs

import (
	"embed"
	"path"
	"strings"
)

// Starter is the commented config that `corpus init` writes.
//
//go:embed starter.yaml
var Starter []byte

// Schema is the JSON Schema of a config.
//
//go:embed schema.json
var Schema []byte

//go:embed recipes/*.yaml
var recipes embed.FS

// Recipe is the config recipes/NAME.yaml, and whether there is one.
func Recipe(name string) ([]byte, bool) {
	data, err := recipes.ReadFile(path.Join("recipes", name+".yaml"))
	return data, err == nil
}

// RecipeNames are the names that Recipe knows, sorted.
func RecipeNames() []string {
	var names []string
	entries, err := recipes.ReadDir("recipes")
	if err != nil {
		return nil // it is embedded: there is no other way to fail
	}
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return names
}
