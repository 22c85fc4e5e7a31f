package report

func funnelSection(f *Facts) Section {
	s := Section{
		ID: "funnel", Title: "What was taken out, and why",
		Figures: []Figure{figure("funnel.svg", funnel(f.Stages), "Documents that each stage let through and dropped, against the records read. The tables below hold the numbers.")},
		Statements: []Statement{
			measured("For every stage, documents in equal documents out plus dropped, and bytes in equal bytes out plus dropped plus edited away; each stage received what the one before let through."),
			measured("In the stage %s the documents are the records of the input.", f.Stages[0].Stage),
		},
	}
	if x := f.signal("c4_lines_removed"); x.Documents > 0 {
		s.Statements = append(s.Statements, measured("Lines removed by c4 from kept documents: %s, in %s.", grouped(int64(x.Sum)), plural(x.Documents, "document", "documents")))
	}
	if x := f.signal("clean_cut_bytes"); x.Documents > 0 {
		s.Statements = append(s.Statements, measured("Kept documents made from the beginning of a page that was longer than the configured bound: %s.", grouped(x.Documents)))
	}
	stages := Table{Name: "stages", Caption: "Stages in order; bytes edited away are markup and text taken from documents that stay", Label: Measured,
		Columns: []string{"stage", "documents in", "documents out", "dropped", "share dropped", "bytes in", "bytes out", "bytes dropped", "bytes edited away"}}
	rules := Table{Name: "rules", Caption: "Rules that dropped documents", Label: Measured, Bar: 2,
		Columns: []string{"stage", "rule", "dropped", "share of the stage’s input", "bytes dropped"}}
	for _, st := range f.Stages {
		stages.Rows = append(stages.Rows, []Value{text(st.Label), number(st.In.Documents), number(st.Out.Documents), number(st.Dropped.Documents),
			share(st.Dropped.Documents, st.In.Documents), number(st.In.Bytes), number(st.Out.Bytes), number(st.Dropped.Bytes), number(st.Edited)})
		for _, r := range st.Rules {
			rules.Rows = append(rules.Rows, []Value{text(st.Label), text(r.Rule), number(r.Documents), share(r.Documents, st.In.Documents), number(r.Bytes)})
		}
	}
	s.Tables = []Table{stages, rules}
	return s
}

// damaged counts the records that could not be read as they should, and the files that are not read.
func damaged(f *Facts) (broken, unread int64) {
	for _, d := range f.Damage {
		if d.Rule == ruleUnread {
			unread += d.Records
		} else {
			broken += d.Records
		}
	}
	return broken, unread
}

func damage(f *Facts) Section {
	s := Section{ID: "damage", Title: "Damaged and unread input"}
	if len(f.Damage) == 0 {
		s.Statements = []Statement{measured("No input file was of a kind that is not read, and no record was found damaged or too large.")}
		return s
	}
	s.Statements = []Statement{measured("A damaged record costs itself alone: reading went on behind it. An offset in a stream counts uncompressed bytes, any other the bytes of the file.")}
	rules := Table{Name: "damage", Caption: "Damaged and unread input by rule", Label: Measured, Columns: []string{"rule", "meaning", "records"}}
	for _, d := range f.Damage {
		rules.Rows = append(rules.Rows, []Value{text(d.Rule), text(d.Meaning), number(d.Records)})
	}
	s.Tables = []Table{rules}
	if len(f.Broken) > 0 {
		s.Tables = append(s.Tables, brokenTable(f.Broken))
	}
	if len(f.Unread) > 0 {
		s.Tables = append(s.Tables, unreadTable(f.Unread))
	}
	broken, unread := damaged(f)
	for _, x := range []struct {
		what           string
		records, shown int64
	}{
		{"broken records", broken, int64(len(f.Broken))},
		{"unread files", unread, int64(len(f.Unread))},
	} {
		if x.records > x.shown {
			s.Statements = append(s.Statements, measured("The table of %s holds the first %s of %s; the ledger has a row for each.", x.what, grouped(x.shown), grouped(x.records)))
		}
	}
	return s
}

func brokenTable(records []BrokenFact) Table {
	t := Table{Name: "broken_records", Caption: "Broken records", Label: Measured, Show: 50,
		Columns: []string{"file", "rule", "value", "offset", "length", "offset in"}}
	for _, r := range records {
		t.Rows = append(t.Rows, []Value{text(r.File), text(r.Rule), text(r.Value), number(r.Offset), number(r.Length), text(place(r.Codec))})
	}
	return t
}

// place says what offsets count under a codec of the ledger.
func place(codec string) string {
	switch codec {
	case "gzip-stream", "zstd-stream", "bzip2-stream":
		return codec[:len(codec)-len("-stream")] + " stream"
	}
	return "file"
}

func unreadTable(files []UnreadFact) Table {
	t := Table{Name: "unread_files", Caption: "Files of kinds that are not read, or without content", Label: Measured, Show: 50,
		Columns: []string{"file", "kind", "bytes"}}
	for _, u := range files {
		t.Rows = append(t.Rows, []Value{text(u.File), text(u.Kind), number(u.Bytes)})
	}
	return t
}
