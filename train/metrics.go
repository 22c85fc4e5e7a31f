package train

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const metricsFile = "metrics.jsonl"

// metric is a line of metrics.jsonl. It carries no time, so that a run gives the same
// bytes whether or not it was interrupted.
type metric struct {
	Step         int      `json:"step"`
	Loss         *float64 `json:"loss,omitempty"`     // mean over the step's tokens, in nats
	ValLoss      *float64 `json:"val_loss,omitempty"` // on steps that measure it
	LearningRate *float64 `json:"learning_rate,omitempty"`
	GradNorm     *float64 `json:"grad_norm,omitempty"` // before clipping
	Tokens       int64    `json:"tokens"`              // trained on so far
}

// metricsLog appends to metrics.jsonl.
type metricsLog struct{ f *os.File }

// openMetrics opens the file of a run that goes on behind a step: lines of later steps, and a
// last line that was cut off, go. Step -1 starts anew.
func openMetrics(run string, step int) (*metricsLog, error) {
	path := filepath.Join(run, metricsFile)
	if _, err := writeSynced(path+temporary, func(w io.Writer) error {
		if step < 0 {
			return nil
		}
		return copyMetrics(w, path, step)
	}); err != nil {
		return nil, err
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	return &metricsLog{f}, nil
}

// copyMetrics copies the lines up to a step.
func copyMetrics(w io.Writer, path string, step int) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	for r := bufio.NewReaderSize(f, 1<<16); ; {
		line, err := r.ReadSlice('\n')
		if err != nil { // the end, or a line without end or far too long: nothing behind it is ours
			return nil
		}
		var m metric
		if json.Unmarshal(line, &m) != nil || m.Step > step {
			return nil
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
}

func (l *metricsLog) write(m metric) error {
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("%s: %w", metricsFile, err)
	}
	_, err = l.f.Write(append(line, '\n'))
	return err
}

// sync brings what was written to the disk, so that a checkpoint never knows more steps than the file.
func (l *metricsLog) sync() error { return l.f.Sync() }

func (l *metricsLog) close() error { return l.f.Close() }
