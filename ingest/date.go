package ingest

import (
	"strings"
	"time"
)

const (
	// firstCrawl is the first year in which a page can have been captured: the first web server ran in it.
	firstCrawl = 1990
	// firstText is the first year that a publication date may name.
	firstText = 1000
	// lastYear is the last year taken for real. It is fixed, so that the result never depends on the clock.
	lastYear = 2100
)

// dateLayouts are the forms of time stamps that crawls and data sets have, most frequent first. All but the
// prefixes become RFC 3339 in UTC, to the second. A fraction of a second may follow any that has seconds.
var dateLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 MST",
	"2006-01-02T15:04:05-0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"20060102150405",
	time.RFC1123,
	time.RFC1123Z,
}

// datePrefixes are forms that say less than a second; they are kept as they are.
var datePrefixes = []string{"2006-01-02", "2006-01", "2006"}

// normalizeDate returns a time stamp as RFC 3339 in UTC, or as the prefix of it that it
// says, or "" where it is no time between the first year and lastYear.
func normalizeDate(s string, first int) string {
	s = strings.ToUpper(strings.TrimSpace(s)) // 2008-04-30t20:48:25z is allowed too (RFC 3339, section 5.6)
	if len(s) < 4 || len(s) > 64 {
		return ""
	}
	for _, layout := range dateLayouts {
		// In UTC, so that a zone's abbreviation does not mean what it means where the program runs: one that is not known counts as UTC.
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			t = t.UTC()
			if t.Year() < first || t.Year() > lastYear {
				return ""
			}
			return t.Format("2006-01-02T15:04:05Z")
		}
	}
	for _, layout := range datePrefixes {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= first && t.Year() <= lastYear {
			return s
		}
	}
	return ""
}
