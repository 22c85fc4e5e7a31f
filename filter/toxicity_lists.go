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

// toxicityList gives the entries of a language's lists. Those without any letter, such as an emoji, are left out: a term is words.
func toxicityList(language string) ([]string, error) {
	var entries []string
	for _, name := range toxicityListNames(language) {
		data, err := toxicityFiles.ReadFile("toxicity/lists/" + name + ".txt")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if list, err := termWords(strings.TrimSpace(line)); err == nil && len(list) > 0 {
				entries = append(entries, line)
			}
		}
	}
	return entries, nil
}

// toxicityListsModel describes the built-in lists. The digest is over the names and bytes of the files, in the order of the names.
func toxicityListsModel() corpus.Model {
	return corpus.Model{Name: "obscene-words", Origin: "built in", Digest: toxicityListsDigest(), License: "CC BY 4.0",
		Attribution: "List of Dirty, Naughty, Obscene, and Otherwise Bad Words, © 2012–2020 Shutterstock, Inc., and contributors; revision 5faf2ba42d7b, unchanged"}
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
