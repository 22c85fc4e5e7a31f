package corpus

import "fmt"

// OptionError says that one option of a stage has a bad value. Key is the option's
// YAML name, dotted where options nest ("min_score", "fields.text"), so that the config
// can point at its line.
type OptionError struct {
	Key string
	Err error
}

func (e *OptionError) Error() string { return e.Key + ": " + e.Err.Error() }
func (e *OptionError) Unwrap() error { return e.Err }

// BadOption makes an OptionError.
func BadOption(key, format string, args ...any) error {
	return &OptionError{Key: key, Err: fmt.Errorf(format, args...)}
}
