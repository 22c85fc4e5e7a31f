package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/cli.md anew")

const referencePath = "../../docs/cli.md"

// walk visits every command, parents first.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		walk(sub, visit)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	walk(newRootCommand(), func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("short text %q: want a phrase without a full stop", cmd.Short)
			}
			if cmd.Long == "" {
				t.Error("no long text")
			}
			if cmd.Example == "" {
				t.Error("no example")
			}
			shown := false
			for line := range strings.Lines(cmd.Example) {
				shown = shown || strings.Contains(line, cmd.CommandPath())
				if !strings.HasPrefix(line, "  ") || !strings.Contains(line, "corpus ") {
					t.Errorf("example %q: want two spaces and a corpus command", line)
				}
			}
			if !shown {
				t.Errorf("no example runs %s", cmd.CommandPath())
			}
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" {
					t.Errorf("--%s has no usage text", f.Name)
				}
			})
		})
	})
}

// TestReference keeps docs/cli.md as the commands are; -update writes it.
func TestReference(t *testing.T) {
	got := reference(newRootCommand())
	if *update {
		if err := os.WriteFile(referencePath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/cli.md is stale: go test ./cmd/corpus -run TestReference -update\n%s", diff)
	}
}

// reference is the page docs/cli.md.
func reference(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Command line\n\n")
	fmt.Fprintf(&b, "Written from the commands' own help by `go test ./cmd/corpus -run TestReference -update`.\n\n")
	walk(root, func(cmd *cobra.Command) {
		if cmd.HasParent() {
			fmt.Fprintf(&b, "- [%s](#%s): %s\n", cmd.CommandPath(), strings.ReplaceAll(cmd.CommandPath(), " ", "-"), cmd.Short)
		}
	})
	walk(root, func(cmd *cobra.Command) { section(&b, cmd) })
	fmt.Fprintf(&b, "\n`corpus help COMMAND` and `corpus COMMAND --help` print the same; `corpus completion SHELL` prints a completion script\nfor bash, zsh, fish or PowerShell.\n")
	return b.String()
}

func section(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", cmd.CommandPath())
	fence(b, cmd.Long)
	b.WriteString("\n")
	fence(b, "Usage:\n  "+usageLine(cmd)+"\n\nExamples:\n"+cmd.Example)
	var flags []string
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			flags = append(flags, flagRow(f))
		}
	})
	if len(flags) > 0 {
		fmt.Fprintf(b, "\n| Flag | Meaning | Default |\n|---|---|---|\n%s", strings.Join(flags, ""))
	}
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

func fence(b *strings.Builder, text string) {
	fmt.Fprintf(b, "```text\n%s\n```\n", strings.TrimSuffix(text, "\n"))
}

func flagRow(f *pflag.Flag) string {
	value, text := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if value != "" {
		name += " " + value
	}
	def := f.DefValue
	switch def {
	case "", "[]", "false", "0":
		def = ""
	default:
		def = "`" + def + "`"
	}
	text = strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
	return fmt.Sprintf("| `%s` | %s | %s |\n", name, text, def)
}
