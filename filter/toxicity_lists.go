package filter

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"corpus"
)

// toxicityBuiltin names the lists that are part of the program: the List of Dirty, Naughty, Obscene, and Otherwise Bad Words by
// Shutterstock and others, CC BY 4.0; toxicity/lists/README.md says which revision.
const toxicityBuiltin = "builtin"

//go:embed toxicity/lists/*.txt
var toxicityFiles embed.FS

// toxicityListNames gives the files of a language, which are all of that language where their names begin with it; nil for none.
func toxicityListNames(language string) []string {
	switch language {
	case "fr":
		return []string{"fr", "fr-ca"}
	case "nb", "nn":
		return []string{"no"}
	case "tl":
		return []string{"fil"}
	case "fr-ca", "":
		return nil
	}
	if _, err := toxicityFiles.Open("toxicity/lists/" + language + ".txt"); err != nil {
		return nil
	}
	return []string{language}
}

// toxicityListLanguages are the languages that have a list, in order.
func toxicityListLanguages() []string {
	languages := []string{"nb", "nn", "tl"}
	entries, err := toxicityFiles.ReadDir("toxicity/lists")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".txt"); name != "fr-ca" {
			languages = append(languages, name)
		}
	}
	slices.Sort(languages)
	return languages
}

// toxicitySigns are entries, by file, whose signs make them what they are. The search is for words and would take "sizes S, M and L" for
// the English one and any 13 for the Chinese one.
var toxicitySigns = map[string]string{"en": "s&m", "ja": "s ＆ m", "zh": "13."}

// toxicityList gives the patterns of the entries of a language's lists, without those in except, which are patterns too, and without those that
// no search for words can tell: toxicitySigns, and those without any letter, such as an emoji.
func toxicityList(language string, except []string) ([]string, error) {
	var entries []string
	for _, name := range toxicityListNames(language) {
		data, err := toxicityFiles.ReadFile("toxicity/lists/" + name + ".txt")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			entry := strings.TrimSpace(line)
			words, err := termWords(entry)
			if err != nil || entry == toxicitySigns[name] {
				continue
			}
			if pattern := termPattern(words); !slices.Contains(except, pattern) {
				entries = append(entries, pattern)
			}
		}
	}
	return entries, nil
}

// checkToxicityExcept refuses what is no entry of any list, such as one that is misspelt.
func checkToxicityExcept(except []string) error {
	if len(except) == 0 {
		return nil
	}
	listed := map[string]bool{}
	for _, language := range toxicityListLanguages() {
		entries, err := toxicityList(language, nil)
		if err != nil {
			return corpus.BadOption("lists", "%w", err)
		}
		for _, entry := range entries {
			listed[entry] = true
		}
	}
	for _, entry := range except {
		words, err := termWords(entry)
		if err != nil {
			return corpus.BadOption("except", "%w", err)
		}
		if !listed[termPattern(words)] {
			return corpus.BadOption("except", "%q is in no list", entry)
		}
	}
	return nil
}

// toxicityListsModel describes the built-in lists. The digest is over the names and bytes of the files, in the order of the names.
func toxicityListsModel() corpus.Model {
	return corpus.Model{Name: "obscene-words", Origin: "built in", Digest: toxicityListsDigest(), License: "CC BY 4.0",
		Attribution: "List of Dirty, Naughty, Obscene, and Otherwise Bad Words (https://github.com/LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words), " +
			"© 2012–2020 Shutterstock, Inc., and its contributors, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), offered without warranties; " +
			"revision 5faf2ba42d7b, the files renamed and otherwise unchanged"}
}

var toxicityListsDigest = sync.OnceValue(func() string {
	h := sha256.New()
	entries, err := toxicityFiles.ReadDir("toxicity/lists")
	if err != nil {
		return ""
	}
	for _, e := range entries {
		data, err := toxicityFiles.ReadFile("toxicity/lists/" + e.Name())
		if err != nil {
			return ""
		}
		fmt.Fprintf(h, "%s\x00%d\x00%s", e.Name(), len(data), data)
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
})
