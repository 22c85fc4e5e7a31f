package build_test

import (
	"testing"

	"corpus/internal/build"
	"corpus/internal/manifest"
)

func FuzzParsePlan(f *testing.F) {
	f.Add([]byte("{\n  \"format\": \"corpus-plan/3\",\n  \"tool\": {\n    \"name\": \"\",\n    \"version\": \"\",\n    \"go\": \"\"\n  },\n  \"config\": null,\n  \"files\": null,\n  \"models\": null,\n  \"left_out\": null,\n  \"units\": null\n}\n"))
	f.Add([]byte(`{"format": "corpus-plan/9"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := build.ParsePlan(data)
		if err != nil {
			return
		}
		again, err := manifest.Marshal(p)
		if err != nil || string(again) != string(data) {
			t.Errorf("accepted bytes that are not canonical: %q", data)
		}
	})
}
