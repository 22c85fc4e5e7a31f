// Command corpus turns web crawls and private documents into training data, trains a model on it, and proves what went in.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/storage"

	"github.com/spf13/cobra"
)

// Exit codes, as --help lists them. The last two are the shell's for a command that SIGINT or SIGPIPE ended.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitMismatch    = 3
	exitInterrupted = 130
	exitPipe        = 141
)

// errMismatch says that verify found something; the findings are printed already.
var errMismatch = errors.New("the folder is not as its manifest says")

func main() { os.Exit(run(os.Args[1:])) }

// run executes the command line and returns the exit code.
func run(args []string) int {
	// A closed pipe becomes an error of Write, so that temporary files are removed on the way out.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	ctx = storage.WithLog(ctx, newLog(os.Stderr))

	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(newInput(ctx, os.Stdin))
	root.SetOut(dataOutput{os.Stdout})
	root.SetErr(os.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	code := exitCode(ctx, err)
	if code != 0 && code != exitPipe {
		fmt.Fprintf(os.Stderr, "%s: %v\n", cmd.CommandPath(), explain(ctx, err))
	}
	return code
}

// exitCode sorts errors as --help lists them.
func exitCode(ctx context.Context, err error) int {
	var usage usageError
	var option *corpus.OptionError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE):
		return exitPipe
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitInterrupted
	case errors.Is(err, errMismatch):
		return exitMismatch
	case errors.As(err, &usage), errors.As(err, &option):
		return exitUsage
	}
	return exitFailed
}

// explain is the error for people: an interrupt is no error of the stage that it stopped.
func explain(ctx context.Context, err error) error {
	if exitCode(ctx, err) == exitInterrupted {
		return errors.New("interrupted")
	}
	return err
}

// dataOutput is standard output; its errors say so.
type dataOutput struct{ w io.Writer }

func (o dataOutput) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if err != nil {
		err = fmt.Errorf("standard output: %w", err)
	}
	return n, err
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "corpus",
		Short: "Turn web crawls into training data, train on it, and prove what went in",
		Long: `corpus turns WARC files, JSON Lines and other inputs into a filtered, deduplicated, tokenised
and packed training corpus, trains a language model on it, and writes a datasheet that
says what came in, what was taken out and why.

Data goes to standard output, messages to standard error.

Exit codes:
  0    success
  1    the command failed
  2    the command line or a config is wrong
  3    corpus verify found something that is not as the manifest says
  130  interrupted; corpus build and corpus train go on where they stopped
  141  the reader of standard output went away`,
		Example: `  corpus build configs/quickstart.yaml
  corpus ingest crawl.warc.gz | corpus clean | corpus filter -c configs/web.yaml > kept.jsonl`,
		Version:       build.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, "%w", err) })
	for _, g := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"corpus", "A corpus from end to end:", []*cobra.Command{
			newInitCommand(), newBuildCommand(), newStatusCommand(), newShardCommand(), newTrainCommand(), newGenerateCommand()}},
		{"audit", "What is in it:", []*cobra.Command{
			newDatasheetCommand(), newVerifyCommand(), newTraceCommand(), newInspectCommand()}},
		{"stage", "One stage alone, over JSON Lines:", []*cobra.Command{
			newIngestCommand(), newCleanCommand(), newFilterCommand(), newDedupCommand(), newTokenizerCommand(), newClassifierCommand()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, cmd := range g.commands {
			cmd.GroupID = g.id
		}
		group(root, g.commands...)
	}
	return root
}
