package train

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The names in a run folder.
const (
	checkpointsFolder = "checkpoints"
	latestFile        = "latest"
	modelFile         = "model.safetensors"
	optimizerFile     = "optimizer.safetensors"
	stateFileName     = "state.json"
	temporary         = ".tmp"
)

var stepName = regexp.MustCompile(`^step-([0-9]{6,10})$`)

// ErrNoCheckpoint says that a run folder holds no checkpoint.
var ErrNoCheckpoint = errors.New("no checkpoint")

// latestCheckpoint is the folder that the file latest names or, when there is no such file, that of
// the highest step: a folder has its name only once it is whole. The error wraps ErrNoCheckpoint when there is neither.
func latestCheckpoint(run string) (string, error) {
	path := filepath.Join(run, latestFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		steps, err := finishedSteps(filepath.Join(run, checkpointsFolder))
		if err == nil && len(steps) == 0 {
			err = fmt.Errorf("%s: %w", run, ErrNoCheckpoint)
		}
		if err != nil {
			return "", err
		}
		return filepath.Join(run, checkpointsFolder, folderOf(steps[len(steps)-1])), nil
	}
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(string(text), "\n")
	if !stepName.MatchString(name) {
		return "", fmt.Errorf("%s: %q is not the name of a checkpoint", path, name)
	}
	return filepath.Join(run, checkpointsFolder, name), nil
}

func folderOf(step int) string { return fmt.Sprintf("step-%06d", step) }

// finishedSteps lists the steps of the checkpoints in a folder, in order.
func finishedSteps(folder string) ([]int, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var steps []int
	for _, e := range entries {
		if m := stepName.FindStringSubmatch(e.Name()); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && folderOf(n) == e.Name() {
				steps = append(steps, n)
			}
		}
	}
	slices.Sort(steps)
	return steps, nil
}

// saveCheckpoint writes a checkpoint of s.Step to a temporary folder, syncs it, gives it its
// name, and concludes it. It returns the folder.
func saveCheckpoint(run string, s *state, tensors []tensor, data snapshot) (string, error) {
	folder := filepath.Join(run, checkpointsFolder)
	final := filepath.Join(folder, folderOf(s.Step))
	work := final + temporary
	// A folder of this name is one that latest never named: the run died between the two renames.
	if err := discard(final); err != nil {
		return "", err
	}
	if err := os.MkdirAll(work, 0o777); err != nil {
		return "", err
	}
	if err := writeCheckpoint(work, s, tensors, data); err != nil {
		return "", errors.Join(err, os.RemoveAll(work))
	}
	if err := os.Rename(work, final); err != nil {
		return "", err
	}
	for _, dir := range []string{folder, run} {
		if err := syncFolder(dir); err != nil {
			return "", err
		}
	}
	return final, concludeCheckpoint(run, final, s.Step, s.Options.KeepCheckpoints)
}

// concludeCheckpoint does what comes after a checkpoint has its name: it points latest at it and removes all but the newest keep.
func concludeCheckpoint(run, folder string, step, keep int) error {
	if err := writeLatest(run, filepath.Base(folder)); err != nil {
		return err
	}
	return prune(filepath.Dir(folder), step, keep)
}

func writeCheckpoint(dir string, s *state, tensors []tensor, data snapshot) error {
	var model, moments []namedTensor
	for _, t := range tensors {
		first, last := t.first, t.first+t.size()
		model = append(model, namedTensor{t.name, t.shape, data.weights[first:last]})
		moments = append(moments,
			namedTensor{moment1Name(t), t.shape, data.moment1[first:last]},
			namedTensor{moment2Name(t), t.shape, data.moment2[first:last]})
	}
	s.Files = map[string]fileSum{}
	for name, all := range map[string][]namedTensor{modelFile: model, optimizerFile: moments} {
		sum, err := writeSynced(filepath.Join(dir, name), func(w io.Writer) error {
			return writeTensors(w, all, map[string]string{"format": "pt"})
		})
		if err != nil {
			return err
		}
		s.Files[name] = sum
	}
	text, err := s.encode()
	if err != nil {
		return err
	}
	if _, err := writeSynced(filepath.Join(dir, stateFileName), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}); err != nil {
		return err
	}
	return syncFolder(dir)
}

// The names that PyTorch's AdamW gives its moments.
func moment1Name(t tensor) string { return "exp_avg." + t.name }
func moment2Name(t tensor) string { return "exp_avg_sq." + t.name }

// writeSynced creates a file, lets write fill it, and brings it to the disk.
func writeSynced(path string, write func(io.Writer) error) (sum fileSum, err error) {
	f, err := os.Create(path)
	if err != nil {
		return sum, err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}()
	crc := crc32.New(castagnoli)
	counter := &countingWriter{w: io.MultiWriter(f, crc)}
	buffered := bufio.NewWriterSize(counter, 1<<18)
	if err := write(buffered); err != nil {
		return sum, err
	}
	if err := buffered.Flush(); err != nil {
		return sum, err
	}
	return fileSum{Bytes: counter.n, CRC: fmt.Sprintf("%08x", crc.Sum32())}, f.Sync()
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// writeLatest makes a checkpoint the one to go on from.
func writeLatest(run, name string) error {
	path := filepath.Join(run, latestFile)
	if _, err := writeSynced(path+temporary, func(w io.Writer) error {
		_, err := io.WriteString(w, name+"\n")
		return err
	}); err != nil {
		return err
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return err
	}
	return syncFolder(run)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// prune removes all but the newest keep of the checkpoints up to a step.
func prune(folder string, step, keep int) error {
	steps, err := finishedSteps(folder)
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(n int) bool { return n > step })
	for ; len(steps) > keep; steps = steps[1:] {
		if err := discard(filepath.Join(folder, folderOf(steps[0]))); err != nil {
			return err
		}
	}
	return nil
}

// discard removes a checkpoint, if it is there. It loses its name first, so that no folder with a name is ever in parts.
func discard(dir string) error {
	work := dir + temporary
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	if err := os.Rename(dir, work); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(work)
}

// removeUnfinished removes the temporary folders of checkpoints that were never finished.
func removeUnfinished(run string) error {
	folder := filepath.Join(run, checkpointsFolder)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), temporary); ok && stepName.MatchString(name) {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
