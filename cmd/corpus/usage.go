package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"corpus"

	"github.com/spf13/cobra"
)

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage is a usageError that says where the help is.
func usage(cmd *cobra.Command, format string, args ...any) error {
	return usageError{fmt.Errorf(format+" (see %s --help)", append(args, cmd.CommandPath())...)}
}

// arguments checks the number of arguments against the command's usage line: NAME, [NAME] where it may be left out,
// NAME… where there may be more.
func arguments(cmd *cobra.Command, list []string) error {
	least, most := 0, 0
	var names []string
	words := strings.Fields(cmd.Use)[1:]
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case strings.HasPrefix(word, "-"):
			i++ // a flag and its value
			continue
		case strings.HasPrefix(word, "["):
			most++
		case strings.HasSuffix(word, "…"):
			least, most = least+1, len(list)
		default:
			least, most = least+1, most+1
		}
		names = append(names, strings.TrimSuffix(word, "…"))
	}
	switch {
	case len(list) < least:
		return usage(cmd, "no %s given", names[len(list)])
	case len(list) > most:
		return usage(cmd, "unexpected argument %q", list[most])
	}
	return nil
}

// standardInput refuses arguments of a command that reads standard input.
func standardInput(cmd *cobra.Command, list []string) error {
	if len(list) > 0 {
		return usage(cmd, "unexpected argument %q: the input is standard input, as in %s < %s", list[0], cmd.CommandPath(), list[0])
	}
	return nil
}

// group makes a command of subcommands: alone it prints its help, and it refuses names that it does not know.
func group(cmd *cobra.Command, sub ...*cobra.Command) {
	cmd.AddCommand(sub...)
	cmd.Args = func(cmd *cobra.Command, list []string) error {
		if len(list) == 0 {
			return nil
		}
		hint := ""
		if near := cmd.SuggestionsFor(list[0]); len(near) > 0 {
			hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
		}
		return usage(cmd, "unknown command %q%s", list[0], hint)
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// flagError names the flag that set an option, instead of the option's key in a config.
func flagError(cmd *cobra.Command, err error) error {
	var option *corpus.OptionError
	if !errors.As(err, &option) {
		return err
	}
	key := option.Key[strings.LastIndexByte(option.Key, '.')+1:]
	if flag := cmd.Flags().Lookup(strings.ReplaceAll(key, "_", "-")); flag != nil && flag.Changed {
		return usage(cmd, "--%s: %w", flag.Name, option.Err)
	}
	return usageError{err}
}

// addWorkers adds the flag --workers.
func addWorkers(cmd *cobra.Command, n *int, text string) {
	cmd.Flags().Var((*workers)(n), "workers", text)
}

// workers is a flag's value: 0 or more.
type workers int

func (w *workers) String() string { return fmt.Sprint(int(*w)) }
func (w *workers) Type() string   { return "int" }

func (w *workers) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("must be a whole number, 0 or more")
	}
	*w = workers(n)
	return nil
}

// plural writes a number with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
