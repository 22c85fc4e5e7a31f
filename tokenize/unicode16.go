package tokenize

const (
	classLu = letter | upper
	classLl = letter | lower
	classLo = letter | upper | lower // Lm too
	classM  = upper | lower
)

// sinceUnicode15 holds the letters, numbers and marks that Unicode 15.1 and 16.0 added to 15.0,
// the version of Go's own tables (UAX #44, DerivedGeneralCategory.txt of 16.0). No character
// changed its class between these versions.
var sinceUnicode15 = [...]struct {
	lo, hi rune
	class  class
}{
	{0x0897, 0x0897, classM},  // ARABIC PEPET
	{0x1C89, 0x1C89, classLu}, // CYRILLIC CAPITAL LETTER TJE
	{0x1C8A, 0x1C8A, classLl},
	{0xA7CB, 0xA7CC, classLu}, // Latin Extended-D
	{0xA7CD, 0xA7CD, classLl},
	{0xA7DA, 0xA7DA, classLu},
	{0xA7DB, 0xA7DB, classLl},
	{0xA7DC, 0xA7DC, classLu},
	{0x105C0, 0x105F3, classLo}, // Todhri
	{0x10D40, 0x10D49, number},  // Garay
	{0x10D4A, 0x10D4F, classLo},
	{0x10D50, 0x10D65, classLu},
	{0x10D69, 0x10D6D, classM},
	{0x10D6F, 0x10D6F, classLo},
	{0x10D70, 0x10D85, classLl},
	{0x10EC2, 0x10EC4, classLo}, // Arabic Extended-C
	{0x10EFC, 0x10EFC, classM},
	{0x11380, 0x11389, classLo}, // Tulu-Tigalari
	{0x1138B, 0x1138B, classLo},
	{0x1138E, 0x1138E, classLo},
	{0x11390, 0x113B5, classLo},
	{0x113B7, 0x113B7, classLo},
	{0x113B8, 0x113C0, classM},
	{0x113C2, 0x113C2, classM},
	{0x113C5, 0x113C5, classM},
	{0x113C7, 0x113CA, classM},
	{0x113CC, 0x113D0, classM},
	{0x113D1, 0x113D1, classLo},
	{0x113D2, 0x113D2, classM},
	{0x113D3, 0x113D3, classLo},
	{0x113E1, 0x113E2, classM},
	{0x116D0, 0x116E3, number},  // Myanmar Extended-C
	{0x11BC0, 0x11BE0, classLo}, // Sunuwar
	{0x11BF0, 0x11BF9, number},
	{0x11F5A, 0x11F5A, classM},  // Kawi
	{0x13460, 0x143FA, classLo}, // Egyptian Hieroglyphs Extended-A
	{0x16100, 0x1611D, classLo}, // Gurung Khema
	{0x1611E, 0x1612F, classM},
	{0x16130, 0x16139, number},
	{0x16D40, 0x16D6C, classLo}, // Kirat Rai
	{0x16D70, 0x16D79, number},
	{0x18CFF, 0x18CFF, classLo}, // Khitan Small Script
	{0x1CCF0, 0x1CCF9, number},  // Symbols for Legacy Computing Supplement
	{0x1E5D0, 0x1E5ED, classLo}, // Ol Onal
	{0x1E5EE, 0x1E5EF, classM},
	{0x1E5F0, 0x1E5F0, classLo},
	{0x1E5F1, 0x1E5FA, number},
	{0x2EBF0, 0x2EE5D, classLo}, // CJK Unified Ideographs Extension I
}
