package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/train"

	"github.com/spf13/cobra"
)

type trainOptions struct {
	config  string
	set     []string
	flags   train.Options // only what the flags set
	changed func(flag string) bool
	stderr  io.Writer
}

func newTrainCommand() *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:   "train [CONFIG]",
		Short: "Train a language model on the shards of a build",
		Long: `Train reads token shards and trains a decoder-only transformer. It takes its options from the config's train section,
from --set, or from flags. A run that was stopped goes on from its last checkpoint when the same command is given
again, and ends with the same weights. By default the model lies beside the build: out/web → out/web-model.`,
		Example: `  corpus train --shards out/quickstart/shards
  corpus train configs/web.yaml --set train.steps=2000 --set train.model.size=micro`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if len(list) == 1 {
				o.config = list[0]
			}
			o.stderr = cmd.ErrOrStderr()
			o.changed = cmd.Flags().Changed
			t, err := o.resolve()
			if err != nil {
				return flagError(cmd, err)
			}
			if t.Shards == "" {
				return usage(cmd, "no shards: give --shards DIR or the config of a build")
			}
			return runTrain(cmd.Context(), build.TrainFolders(t), o.stderr)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.flags.Shards, "shards", "", "`folder` of token shards")
	f.StringVarP(&o.flags.Out, "output", "o", "", "run `folder` for checkpoints and metrics")
	f.StringVar(&o.flags.Model.Size, "size", "", "size of the model: "+strings.Join(sizes(), ", "))
	f.IntVar(&o.flags.Steps, "steps", 0, "length of the run in `steps`")
	f.StringVar(&o.flags.Device, "device", "", "auto, cpu or cuda")
	f.IntVar(&o.flags.Threads, "threads", 0, "processor `threads` (default all; changes no result)")
	f.StringArrayVar(&o.set, "set", nil, "set a config key, as in `train.key=value`; the value is YAML (repeatable)")
	return cmd
}

// resolve joins config, settings and flags.
func (o trainOptions) resolve() (train.Options, error) {
	t := train.DefaultOptions()
	if o.config != "" || len(o.set) > 0 {
		c, err := o.load()
		if err != nil {
			return t, usageError{err}
		}
		t = c.Train
		if t.Shards == "" && c.Output != "" {
			t.Shards = filepath.Join(c.Output, "shards")
		}
	}
	for flag, set := range map[string]func(){
		"shards":  func() { t.Shards = o.flags.Shards },
		"output":  func() { t.Out = o.flags.Out },
		"size":    func() { t.Model.Size = o.flags.Model.Size },
		"steps":   func() { t.Steps, t.Tokens, t.Epochs = o.flags.Steps, 0, 0 },
		"device":  func() { t.Device = o.flags.Device },
		"threads": func() { t.Threads = o.flags.Threads },
	} {
		if o.changed(flag) {
			set()
		}
	}
	if o.changed("steps") && t.Steps < 1 {
		return t, corpus.BadOption("steps", "%d is below 1", t.Steps)
	}
	return t, t.Validate()
}

// sizes are the names of the presets.
func sizes() []string {
	var names []string
	for _, m := range train.Sizes() {
		names = append(names, m.Size)
	}
	return names
}

func (o trainOptions) load() (*config.Config, error) {
	if o.config == "" {
		return config.Settings(o.set)
	}
	return config.Load(o.config, o.set)
}

func runTrain(ctx context.Context, t train.Options, messages io.Writer) error {
	p := &trainProgress{progress: newProgress(messages)}
	result, err := build.Train(ctx, t, p.observe)
	p.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(messages, "\nloss %.4f after %s, %s", result.Loss, plural(int64(result.Step), "step"), plural(result.Tokens, "token"))
	if !math.IsNaN(result.ValLoss) {
		fmt.Fprintf(messages, ", validation loss %.4f", result.ValLoss)
	}
	fmt.Fprintf(messages, "\n\nmodel       %s\n", result.Checkpoint)
	fmt.Fprintf(messages, "next        corpus generate %s --prompt \"The\"\n", t.Out)
	return nil
}

// trainProgress shows a training run: a line that rewrites itself on a terminal, log lines elsewhere.
type trainProgress struct {
	*progress
	began bool
	val   float64
}

func (p *trainProgress) observe(s train.Progress) {
	if !p.began {
		p.began, p.val = true, math.NaN()
		fmt.Fprintf(p.w, "%s (%s); %.1fM parameters, about %s of memory\n", s.Device, s.DeviceReason, float64(s.Parameters)/1e6, bytesText(s.Memory))
		if s.Resumed > 0 {
			fmt.Fprintf(p.w, "going on from step %d\n", s.Resumed)
		}
		return
	}
	text := trainLine(s, &p.val)
	switch {
	case !math.IsNaN(s.ValLoss) || s.Step == s.Steps:
		p.clear()
		p.logged = time.Now()
		fmt.Fprintln(p.w, text)
	case p.terminal:
		p.draw(text)
	case time.Since(p.logged) >= logEvery:
		p.logged = time.Now()
		fmt.Fprintln(p.w, text)
	}
}

func trainLine(s train.Progress, val *float64) string {
	if !math.IsNaN(s.ValLoss) {
		*val = s.ValLoss
	}
	text := fmt.Sprintf("step %d/%d  loss %.4f", s.Step, s.Steps, s.Loss)
	if !math.IsNaN(*val) {
		text += fmt.Sprintf("  validation %.4f", *val)
	}
	return text + fmt.Sprintf("  lr %.2g  %.0f tokens/s  left %s", s.LearningRate, s.TokensPerSecond, roundDuration(s.Remaining))
}
