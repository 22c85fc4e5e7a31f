package build

import (
	"context"
	"fmt"

	"corpus/ingest"
	"corpus/internal/commoncrawl"
	"corpus/internal/config"
	"corpus/internal/storage"
)

// crawlInputs are the files of a crawl, or the records of them, that a source names. Several sources may name records of one file.
func crawlInputs(ctx context.Context, s config.Source, seen map[string]string) ([]ingest.Input, error) {
	selection, err := commoncrawl.Select(ctx, s.CC.Options)
	if err != nil {
		return nil, err
	}
	inputs := make([]ingest.Input, 0, len(selection))
	for _, file := range selection {
		if file.Places == nil {
			real := storage.RealPath(file.Path)
			if other, ok := seen[real]; ok {
				return nil, fmt.Errorf("%s is already read by source %s", storage.Redacted(file.Path), other)
			}
			seen[real] = s.Name
		}
		inputs = append(inputs, ingest.Input{Path: file.Path, Bytes: file.Bytes, Places: file.Places})
	}
	return inputs, nil
}

// repeat takes over what an earlier plan of the same config found for a source, so that a build that goes on asks no index again.
func (p *Plan) repeat(before *Plan, s config.Source) {
	for _, u := range before.Units {
		if u.Source == s.Name {
			u.index, u.options = p.FirstUnit+len(p.Units), s.Options
			p.Units = append(p.Units, u)
		}
	}
	for _, out := range before.LeftOut {
		if out.Source == s.Name {
			p.LeftOut = append(p.LeftOut, out)
		}
	}
}
