package wikitext

import (
	"strconv"
	"strings"
)

// rangeWords are what may stand between two numbers of {{convert}}, and how the page shows it.
var rangeWords = map[string]string{
	"to": " to ", "and": " and ", "or": " or ", "by": " by ", "x": " × ", "×": " × ", "*": " × ", "-": "–", "–": "–", "to(-)": " to ", "and(-)": " and ",
	"+/-": " ± ", "±": " ± ", "&": " and ",
}

// units are the names of units whose code is not what the page shows.
var units = map[string]string{
	"km2": "km²", "m2": "m²", "cm2": "cm²", "mm2": "mm²", "km3": "km³", "m3": "m³", "cm3": "cm³", "sqmi": "sq mi", "sqft": "sq ft", "sqin": "sq in", "sqyd": "sq yd",
	"cuft": "cu ft", "cuin": "cu in", "cumi": "cu mi", "cuyd": "cu yd", "c": "°C", "f": "°F", "k": "K", "kmh": "km/h", "kph": "km/h", "nmi": "nautical miles",
	"km/h": "km/h", "kg/m3": "kg/m³", "g/cm3": "g/cm³", "m/s2": "m/s²", "foot": "ft", "inch": "in", "mile": "mi", "uspt": "pt", "impgal": "imp gal", "usgal": "US gal",
	"lb-f": "lbf", "ft.lbf": "ft⋅lbf", "acre": "acres", "metre": "m", "meter": "m", "/km2": "/km²", "/sqmi": "/sq mi", "pd/km2": "/km²", "pd/sqmi": "/sq mi",
}

func unitName(code string) string {
	if name, ok := units[strings.ToLower(code)]; ok {
		return name
	}
	return code
}

// conversion writes {{convert|5|to|10|km|mi}} as "5 to 10 km", without what it is converted to.
func (c *Converter) conversion(args []argument) {
	if _, ok := nth(args, 1); !ok {
		c.drop()
		return
	}
	c.writeNth(args, 1, "", "")
	k := 2
	for ; ; k += 2 {
		word, ok := rangeWords[strings.ToLower(c.source(args, k))]
		if !ok || c.source(args, k+1) == "" {
			break
		}
		c.writeNth(args, k+1, word, "")
	}
	c.unit(c.source(args, k))
	// Feet and inches, stones and pounds.
	if next := c.source(args, k+1); isNumber(next) && isUnitWord(c.source(args, k+2)) {
		c.word(" " + next)
		c.unit(c.source(args, k+2))
	}
}

func (c *Converter) unit(code string) {
	if code == "" || !isUnitWord(code) {
		return
	}
	if name := unitName(code); strings.HasPrefix(name, "/") {
		c.word(name)
	} else {
		c.word(" " + name)
	}
}

// isUnitWord refuses markup in the place of a unit's code.
func isUnitWord(s string) bool {
	return s != "" && len(s) <= 24 && !strings.ContainsAny(s, "{}[]<>\n") && !isNumber(s)
}

func isNumber(s string) bool {
	if s == "" {
		return false
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	return err == nil
}

// value writes {{val|1.5|0.2|e=3|u=km}} as "1.5±0.2×10^3 km".
func (c *Converter) value(args []argument) {
	c.named(args, "", "p")
	c.writeNth(args, 1, "", "")
	if isNumber(c.source(args, 2)) {
		c.writeNth(args, 2, "±", "")
	}
	c.named(args, "×10^", "e")
	c.named(args, "", "s")
	c.named(args, " ", "u", "ul")
	c.named(args, "/", "up", "upl")
}

// named writes the first of some arguments that is given.
func (c *Converter) named(args []argument, before string, names ...string) {
	if a, ok := argumentOf(args, names...); ok {
		c.word(before)
		c.write(a)
	}
}

// fraction writes {{frac|2}} as "1/2", {{frac|1|2}} as "1/2" and {{frac|3|1|2}} as "3 1/2".
func (c *Converter) fraction(args []argument) {
	_, two := nth(args, 2)
	_, three := nth(args, 3)
	switch {
	case three:
		c.writeNth(args, 1, "", " ")
		c.writeNth(args, 2, "", "/")
		c.writeNth(args, 3, "", "")
	case two:
		c.writeNth(args, 1, "", "/")
		c.writeNth(args, 2, "", "")
	default:
		c.writeNth(args, 1, "1/", "")
	}
}

// nihongo writes {{nihongo|meaning|signs|reading}} as "meaning (signs, reading)".
func (c *Converter) nihongo(args []argument) {
	k := 1
	if _, ok := nth(args, 1); !ok {
		k = 2
	}
	c.writeNth(args, k, "", "")
	c.word(" (")
	for n := k + 1; n <= 3; n++ {
		if n > k+1 {
			c.word(", ")
		}
		c.writeNth(args, n, "", "")
	}
	c.drop()
	c.word(")")
}

var months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// asOf writes {{as of|2010|5|lc=y}} as "as of May 2010".
func (c *Converter) asOf(args []argument) {
	if _, ok := argumentOf(args, "alt"); ok {
		c.named(args, "", "alt")
		return
	}
	if _, ok := argumentOf(args, "lc"); ok {
		c.word("as of ")
	} else {
		c.word("As of ")
	}
	if day := c.source(args, 3); isNumber(day) {
		c.word(day + " ")
	}
	month := c.source(args, 2)
	if m, err := strconv.Atoi(month); err == nil && m >= 1 && m <= 12 {
		c.word(months[m-1] + " ")
	} else if month != "" {
		c.writeNth(args, 2, "", " ")
	}
	c.writeNth(args, 1, "", "")
}
