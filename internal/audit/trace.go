package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"corpus"
	"corpus/internal/documents"
	"corpus/internal/table"
	"corpus/shard"
	"corpus/tokenize"
)

// Traced is where a token comes from.
type Traced struct {
	Shard    string        `json:"shard"`
	Sequence int64         `json:"sequence"`       // the token's, by its number within the split; -1 without sequences
	Copy     uint32        `json:"copy"`           // which copy of the document it is of, 0 for the first
	Token    int64         `json:"token"`          // position in the shard
	ID       uint32        `json:"id"`             // the token's id
	Text     string        `json:"text"`           // its bytes
	Position int64         `json:"document_token"` // position in the document
	Document documents.Row `json:"-"`
	Source   string        `json:"source"`
	DocID    string        `json:"document"`
	URL      string        `json:"url"`
	Date     string        `json:"date"`
	Origin   Origin        `json:"origin"`
	// Around is the text around the token.
	Around string `json:"around"`
	// Record says whether the source record was read again: "verified" (same digest), or why not.
	Record string `json:"record"`
}

// Origin is corpus.Origin as JSON.
type Origin struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Codec  string `json:"codec"`
	Digest string `json:"digest"`
}

// Trace follows a token of a shard ("train-00000.bin", position from 0) to its document and source record. Input
// paths that are relative are looked for under root.
func Trace(ctx context.Context, dir, shardFile string, token int64, root string) (*Traced, error) {
	shardFile = filepath.Base(shardFile)
	shards := filepath.Join(dir, "shards")
	if _, err := os.Stat(filepath.Join(shards, shardFile)); err != nil {
		return nil, fmt.Errorf("no such shard: %w", err)
	}
	row, err := shard.Locate(shards, shardFile, token)
	if err != nil {
		return nil, err
	}
	doc, err := findDocument(ctx, dir, row.Ref())
	if err != nil {
		return nil, err
	}
	t := &Traced{
		Shard: shardFile, Sequence: row.Sequence, Copy: row.Copy, Token: token, Position: row.DocumentToken + token - row.FirstToken, Document: doc,
		Source: doc.Source, DocID: doc.ID, URL: doc.URL, Date: doc.Date, Origin: Origin(doc.Origin()),
	}
	if err := t.readTokens(dir, shards, token, row); err != nil {
		return nil, err
	}
	if t.Record, err = reread(ctx, dir, root, doc); err != nil {
		return nil, err
	}
	return t, nil
}

// contextTokens is how many tokens are shown on each side.
const contextTokens = 24

func (t *Traced) readTokens(dir, shards string, token int64, row shard.IndexRow) error {
	f, err := shard.OpenFile(filepath.Join(shards, t.Shard))
	if err != nil {
		return err
	}
	defer f.Close()
	from := max(row.FirstToken, token-contextTokens)
	to := min(row.FirstToken+row.Length, token+contextTokens+1)
	ids := make([]uint32, to-from)
	if n, err := f.Read(ids, from); int64(n) != to-from {
		return fmt.Errorf("%s: read %d of %d tokens: %w", t.Shard, n, to-from, err)
	}
	model, err := tokenize.Load(filepath.Join(dir, "tokenizer"))
	if err != nil {
		return err
	}
	t.ID = ids[token-from]
	one, err := model.Decode(ids[token-from : token-from+1])
	if err != nil {
		return err
	}
	around, err := model.Decode(ids)
	if err != nil {
		return err
	}
	t.Text, t.Around = string(one), string(around)
	return nil
}

// findDocument reads the document with a ref. The table is sorted by index.
func findDocument(ctx context.Context, dir string, ref corpus.Ref) (documents.Row, error) {
	path := filepath.Join(dir, filepath.FromSlash(documents.Path(ref.Unit())))
	if err := ctx.Err(); err != nil {
		return documents.Row{}, err
	}
	row, found, err := table.Seek[documents.Row](path, "index", int64(ref.Index()))
	if err == nil && !found {
		err = fmt.Errorf("%s: no document with index %d", path, ref.Index())
	}
	return row, err
}

// reread says whether a document's record is still where it was.
func reread(ctx context.Context, dir, root string, doc documents.Row) (string, error) {
	c, err := buildConfig(dir)
	if err == nil {
		_, err = newInputFiles(c, root).read(ctx, doc.Origin(), doc.Source)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "not verified: " + err.Error(), nil
	}
	return "verified", nil
}
