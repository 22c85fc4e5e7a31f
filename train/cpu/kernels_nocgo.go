//go:build !cgo

package cpu

// Kernels cannot be had without cgo.
type Kernels struct{ Reference[float32] }

// Options configures New.
type Options struct {
	// Threads is the number of goroutines that compute at once; 0 means one per processor.
	Threads int
	// Level is the highest instruction set to use; nil means the best that the processor has.
	Level *Level
}

// New returns ErrNoCgo.
func New(Options) (*Kernels, error) { return nil, ErrNoCgo }

// Available returns ErrNoCgo.
func Available() error { return ErrNoCgo }

// Level is Generic.
func (*Kernels) Level() Level { return Generic }

// Threads is 1.
func (*Kernels) Threads() int { return 1 }
