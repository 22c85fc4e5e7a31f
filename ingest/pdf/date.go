package pdf

import (
	"strings"
	"time"
)

// date reads a date of the information dictionary, "D:20220429171908+02'00'" (ISO 32000-1, section 7.9.4), which may end behind
// any of its parts. What is no such date is "".
func date(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "D:")
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	zone := strings.ReplaceAll(s[digits:], "'", "")
	switch {
	case digits == 4:
		return check("2006", s[:4], "2006")
	case digits == 6:
		return check("200601", s[:6], "2006-01")
	case digits >= 8 && digits < 14:
		return check("20060102", s[:8], "2006-01-02")
	case digits == 14 && (zone == "" || zone == "Z" || strings.HasPrefix(zone, "Z0")):
		return check("20060102150405", s[:14], time.RFC3339)
	case digits == 14 && len(zone) == 5:
		return check("20060102150405-0700", s[:14]+zone, time.RFC3339)
	case digits == 14 && len(zone) == 3:
		return check("20060102150405-07", s[:14]+zone, time.RFC3339)
	}
	return ""
}

func check(layout, s, as string) string {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1980 || t.Year() > 2100 { // the format is of 1993
		return ""
	}
	return t.UTC().Format(as)
}
