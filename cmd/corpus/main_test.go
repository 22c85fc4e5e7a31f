package main

import (
	"os"
	"path/filepath"
	"testing"

	"corpus/train/cpu"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the command itself where a script runs it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"corpus": func() { os.Exit(run(os.Args[1:])) },
	})
}

// TestScript runs testdata/script/*.txtar, each in a folder of its own.
func TestScript(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "train": // the trainer needs cgo
				return cpu.Available() == nil, nil
			case "crawl": // the bundled crawl
				_, err := os.Stat(filepath.Join(root, "testdata/crawl/crawl-00000.warc.gz"))
				return err == nil, nil
			}
			return false, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"warc":       warc,
			"flip":       flip,
			"samefolder": sameFolder,
			"killwhen":   killWhen,
			"verifyeach": verifyEach,
		},
	})
}
