package clean

import (
	"strconv"
	"strings"
	"time"
)

// Years that a page may give as that of its publication.
const (
	minYear = 1500
	maxYear = 2199
)

// dateLayouts are the forms of dates beside RFC 3339. A time of day counts only where its offset from UTC is known.
var dateLayouts = [...]string{
	"2006-01-02", "2006/01/02", "2006.01.02", "20060102", "2006-1-2", "2006/1/2",
	"2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "January 2 2006", "Jan 2 2006", "2-Jan-2006", "02.01.2006",
	"Monday, January 2, 2006", "Monday, 2 January 2006", "Mon, 2 Jan 2006", "Mon, Jan 2, 2006",
}

var timeLayouts = [...]string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700",
	"2006-01-02 15:04:05 Z07:00", time.RFC1123, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 Z0700", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04 UTC",
}

// maxDate is the length in bytes of what may be a date.
const maxDate = 64

// parseDate returns a date in the form of corpus.Document.Date: RFC 3339 in UTC, or the prefix of it that is known. It is empty for what is no
// date, and for one that the calendar has not.
func parseDate(s string) string {
	s = strings.Join(strings.Fields(s[:min(len(s), maxDate)]), " ")
	if len(s) < 4 {
		return ""
	}
	if d := parsePrefix(s); d != "" {
		return d
	}
	if strings.IndexByte(s, ':') > 0 {
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, s); err == nil && isUTC(layout, t) {
				return formatTime(t)
			}
		}
	}
	if d := parseDay(s); d != "" {
		return d
	}
	// A day, and behind it a time of day in an unknown zone.
	if i := strings.IndexAny(s, "T "); i >= 8 && '0' <= s[0] && s[0] <= '9' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
		return parseDay(s[:i])
	}
	return ""
}

// parsePrefix reads "2024" and "2024-05".
func parsePrefix(s string) string {
	year, month, more := strings.Cut(s, "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 || y < minYear || y > maxYear {
		return ""
	}
	if !more {
		return s
	}
	m, err := strconv.Atoi(month)
	if err != nil || len(month) != 2 || m < 1 || m > 12 {
		return ""
	}
	return s
}

func parseDay(s string) string {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// isUTC reports a time whose zone is known: by an offset, or as UTC or GMT; time.Parse takes other letters for an unknown zone at offset 0.
func isUTC(layout string, t time.Time) bool {
	if layout != time.RFC1123 {
		return true
	}
	name, _ := t.Zone()
	return name == "UTC" || name == "GMT"
}

func formatTime(t time.Time) string {
	t = t.UTC()
	if t.Year() < minYear || t.Year() > maxYear {
		return ""
	}
	return t.Format("2006-01-02T15:04:05Z")
}

// addressDate is the date in an address's path: "/2024/05/17/", "/2024/05/" or "/2024-05-17-".
func addressDate(path string) string {
	for i := 0; i < len(path) && i < maxHref; i++ {
		if path[i] != '/' {
			continue
		}
		s := path[i+1:]
		if len(s) < 8 || s[:2] != "19" && s[:2] != "20" || s[4] != '/' && s[4] != '-' {
			continue
		}
		sep := s[4]
		year, month := s[:4], s[5:7]
		if parsePrefix(year+"-"+month) == "" {
			continue
		}
		if s[7] != sep {
			continue
		}
		if len(s) >= 10 && digit(s[8]) && digit(s[9]) && (len(s) == 10 || !digit(s[10])) {
			if d := parseDay(year + "-" + month + "-" + s[8:10]); d != "" {
				return d
			}
			continue
		}
		if sep == '/' && !(len(s) > 8 && digit(s[8])) {
			return year + "-" + month
		}
	}
	return ""
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
