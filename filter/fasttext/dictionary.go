package fasttext

import "strings"

// endOfSentence is the word that a line's end stands for.
const endOfSentence = "</s>"

// dictionary maps words to rows.
type dictionary struct {
	names   []string // words, then labels
	counts  []int64  // of names
	words   int
	labels  int
	tokens  int64 // of the training text
	index   table // hash of a name → its first index
	modulus modulus

	// subwords are the ids of the character n-grams of the first words, one word's after the other's; those of word i end
	// at subwordEnds[i+1]. They are kept for as many words as keepSubwords allows; nil where the model has none.
	subwords    []int32
	subwordEnds []int

	// pruned maps the buckets that were kept to their rows; nil when all are there.
	pruned *table

	bucket, minn, maxn, ngrams int
}

// subwordsPerByte bounds the memory that lists of character n-grams take, in ids for each byte of the dictionary. What is beyond
// is worked out when it is needed: a hostile file may ask for 64 lengths of n-grams on long words.
const subwordsPerByte = 8

// finish fills what follows from the names and the arguments.
func (d *dictionary) finish() {
	d.join()
	d.index = newTable(len(d.names))
	for i, name := range d.names {
		// The first of equal words counts.
		h := hash(name)
		if _, ok := d.index.word(h, name, d.names); !ok {
			d.index.add(h, int32(i))
		}
	}
	if d.bucket > 0 {
		d.modulus = newModulus(d.bucket)
	}
	if d.maxn <= 0 {
		return
	}
	size := 0
	for _, name := range d.names[:d.words] {
		size += len(name) + 2
	}
	d.subwordEnds = append(d.subwordEnds, 0)
	for _, name := range d.names[:d.words] {
		if most := (len(name) + 2) * (d.maxn - max(1, d.minn) + 1); len(d.subwords)+most > subwordsPerByte*size {
			break
		}
		if name != endOfSentence {
			d.subwords = d.appendSubwords(d.subwords, name, 0, len(name)+2)
		}
		d.subwordEnds = append(d.subwordEnds, len(d.subwords))
	}
}

// join puts the names one behind the other, the most frequent words first: a text then finds most of its words in a few lines of the cache.
func (d *dictionary) join() {
	all := strings.Join(d.names, "")
	for i, name := range d.names {
		d.names[i], all = all[:len(name)], all[len(name):]
	}
}

// FNV-1a with the constants of fastText's Dictionary::hash. Bytes beyond ASCII are sign-extended there, and so here.
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
	// ngramPrime combines the hashes of the words of a word n-gram.
	ngramPrime = 116049371
)

func hashByte(h uint32, c byte) uint32 { return (h ^ uint32(int32(int8(c)))) * fnvPrime }

func hash(s string) uint32 {
	h := uint32(fnvOffset)
	for i := 0; i < len(s); i++ {
		h = hashByte(h, s[i])
	}
	return h
}

// appendBucket appends the row of a bucket, if the model has it.
func (d *dictionary) appendBucket(ids []int32, bucket uint64) []int32 {
	row := int32(bucket)
	if d.pruned != nil {
		kept, ok := d.pruned.find(uint32(bucket))
		if !ok {
			return ids
		}
		row = kept
	}
	return append(ids, int32(d.words)+row)
}

// appendSubwords appends the rows of the character n-grams of "<word>", of minn to maxn characters, that begin at its bytes
// from up to to; the marks count as bytes. The two marks alone are no n-grams.
func (d *dictionary) appendSubwords(ids []int32, word string, from, to int) []int32 {
	if d.bucket == 0 {
		return ids
	}
	n := len(word) + 2
	at := func(i int) byte {
		switch i {
		case 0:
			return '<'
		case n - 1:
			return '>'
		}
		return word[i-1]
	}
	for i := from; i < min(n, to); i++ {
		if at(i)&0xC0 == 0x80 {
			continue
		}
		h := uint32(fnvOffset)
		for j, chars := i, 1; j < n && chars <= d.maxn; chars++ {
			h = hashByte(h, at(j))
			for j++; j < n && at(j)&0xC0 == 0x80; j++ {
				h = hashByte(h, at(j))
			}
			if chars >= d.minn && !(chars == 1 && (i == 0 || j == n)) {
				ids = d.appendBucket(ids, d.modulus.of(uint64(h)))
			}
		}
	}
	return ids
}

// stored are the kept n-grams of a word by its row; none are kept for words behind the bound, nor for a row of -1.
func (d *dictionary) stored(id int32) (ids []int32, ok bool) {
	if id < 0 || int(id)+1 >= len(d.subwordEnds) {
		return nil, false
	}
	return d.subwords[d.subwordEnds[id]:d.subwordEnds[id+1]], true
}

// appendNgrams appends the rows of the word n-grams that begin at words from up to to of a text with these hashes.
func (d *dictionary) appendNgrams(ids []int32, hashes []uint32, from, to int) []int32 {
	if d.bucket == 0 {
		return ids
	}
	for i := from; i < min(len(hashes), to); i++ {
		h := uint64(int64(int32(hashes[i])))
		for j := i + 1; j < len(hashes) && j < i+d.ngrams; j++ {
			h = h*ngramPrime + uint64(int64(int32(hashes[j])))
			ids = d.appendBucket(ids, d.modulus.of(h))
		}
	}
	return ids
}

// isLabel says that a word stands for a label, known or not, and not for text.
func isLabel(word string) bool { return strings.HasPrefix(word, LabelPrefix) }

// nextWord finds the first word of a text at or behind an offset: what lies between white space in ASCII and zero bytes. It
// returns its hash as well, and the offset behind it; at the end of the text the word is empty.
func nextWord(text string, at int) (word string, h uint32, next int) {
	for at < len(text) && isSpace(text[at]) {
		at++
	}
	h = fnvOffset
	i := at
	for ; i < len(text) && !isSpace(text[i]); i++ {
		h = hashByte(h, text[i])
	}
	return text[at:i], h, i
}

// isSpace says which bytes part words.
func isSpace(c byte) bool {
	const spaces = 1<<' ' | 1<<'\n' | 1<<'\r' | 1<<'\t' | 1<<'\v' | 1<<'\f' | 1<<0
	return c <= ' ' && spaces>>c&1 != 0
}

// maxWord bounds a word of a file, in bytes: longer ones are no words.
const maxWord = 1 << 20
