// Package configs holds the ready configs: quickstart.yaml for the bundled crawl, web.yaml for
// real crawls, starter.yaml for `corpus init`, and schema.json, the JSON Schema that editors use.
package configs

import _ "embed"

// Starter is the commented config that `corpus init` writes.
//
//go:embed starter.yaml
var Starter []byte

// Schema is the JSON Schema of a config.
//
//go:embed schema.json
var Schema []byte
