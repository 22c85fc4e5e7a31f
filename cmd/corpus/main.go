// Command corpus turns web crawls and private documents into training data, trains a model on it, and proves what went in.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"corpus/internal/build"

	"github.com/spf13/cobra"
)

// Exit codes, as --help lists them.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitMismatch = 3
)

// usageError is a command line that makes no sense.
type usageError struct{ error }

// errMismatch says that verify found something; the findings are printed already.
var errMismatch = errors.New("verification failed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string) int {
	root := newRootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errMismatch):
		fmt.Fprintln(os.Stderr, "corpus:", err)
		return exitMismatch
	}
	fmt.Fprintln(os.Stderr, "corpus:", err)
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "corpus",
		Short: "Turn web crawls into training data, train on it, and prove what went in",
		Long: `corpus turns WARC files, JSON Lines and other inputs into a filtered, deduplicated, tokenised
and packed training corpus, trains a language model on it, and writes a datasheet that
says what came in, what was taken out and why.

Data goes to standard output, messages to standard error.

Exit codes: 0 success, 1 the command failed, 2 the command line or a config is wrong,
3 corpus verify found a mismatch.`,
		Version:       build.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newInitCommand(), newBuildCommand(), newStatusCommand(), newTrainCommand(), newGenerateCommand(), newDatasheetCommand(),
		newVerifyCommand(), newTraceCommand(), newInspectCommand(),
		newIngestCommand(), newCleanCommand(), newFilterCommand(), newDedupCommand(), newTokenizerCommand(),
	)
	return root
}

// args wraps a cobra argument check so that its errors count as usage errors.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := check(cmd, list); err != nil {
			return usageError{fmt.Errorf("%s: %w (see %s --help)", cmd.CommandPath(), err, cmd.CommandPath())}
		}
		return nil
	}
}
