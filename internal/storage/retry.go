package storage

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// policy bounds what a request to a store may take. It has no random part, so that the same troubles give the same requests.
type policy struct {
	tries     int           // requests in a row that bring no byte before an error is final
	most      int           // requests for one range of bytes in all
	firstWait time.Duration // before the second try; it doubles from there
	maxWait   time.Duration
	maxAsked  time.Duration // the longest Retry-After that is obeyed
	idle      time.Duration // a request that brings nothing for so long is given up and tried again
	first     int64         // bytes of the first request of a sequential reading; it doubles from there
	chunk     int64         // bytes of a large request
	log       *slog.Logger  // nil: quiet
}

// defaultPolicy waits 0.5, 1, 2, 4, 8, 16 and 30 s: about a minute.
func defaultPolicy() policy {
	return policy{
		tries: 8, most: 64, firstWait: 500 * time.Millisecond, maxWait: 30 * time.Second, maxAsked: 5 * time.Minute,
		idle: time.Minute, first: 1 << 20, chunk: 8 << 20,
	}
}

type policyKey struct{}

func withPolicy(ctx context.Context, p policy) context.Context {
	return context.WithValue(ctx, policyKey{}, p)
}

func policyOf(ctx context.Context) policy {
	if p, ok := ctx.Value(policyKey{}).(policy); ok {
		return p
	}
	return defaultPolicy()
}

// WithLog is a context under which opening and reading inputs tells log, as a warning, when a request is tried again.
func WithLog(ctx context.Context, log *slog.Logger) context.Context {
	p := policyOf(ctx)
	p.log = log
	return withPolicy(ctx, p)
}

// retry runs try until it succeeds, fails for good, or has failed too often. Try says whether it got any further;
// as long as it does, its tries are not counted together. The error names the address and the last failure.
func (p policy) retry(ctx context.Context, what string, at address, try func(context.Context, *watchdog) (bool, error)) error {
	shown := Redacted(at.String())
	failed := 0
	for n := 1; ; n++ {
		further, err := p.once(ctx, try)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s %s: %w", what, shown, context.Cause(ctx))
		}
		if failed++; further {
			failed = 1
		}
		f := asFailure(err)
		switch {
		case f.final:
			return fmt.Errorf("%s %s: %w", what, shown, f)
		case failed >= p.tries || n >= p.most:
			return fmt.Errorf("%s %s: given up after %d tries: %w", what, shown, n, f)
		case f.after > p.maxAsked:
			return fmt.Errorf("%s %s: the server asks to come back in %s: %w", what, shown, f.after, f)
		}
		wait := max(p.wait(failed), f.after)
		if p.log != nil {
			p.log.Warn("trying again", "input", shown, "in", wait, "because", f.Error())
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("%s %s: %w", what, shown, err)
		}
	}
}

// wait is the pause after so many failures in a row.
func (p policy) wait(failed int) time.Duration {
	wait := p.firstWait
	for range failed - 1 {
		if wait *= 2; wait >= p.maxWait {
			return p.maxWait
		}
	}
	return wait
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// once runs one try under a watchdog.
func (p policy) once(ctx context.Context, try func(context.Context, *watchdog) (bool, error)) (bool, error) {
	ctx, dog, end := p.watch(ctx)
	defer end()
	further, err := try(ctx, dog)
	return further, idleOr(ctx, err)
}

// watch is the context of one request, which a watchdog ends when it makes no progress.
func (p policy) watch(ctx context.Context) (context.Context, *watchdog, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{idle: p.idle, timer: time.AfterFunc(p.idle, func() { cancel(errIdle) })}
	return ctx, w, func() { w.timer.Stop(); cancel(nil) }
}

// idleOr names the watchdog as the reason of an error where it is.
func idleOr(ctx context.Context, err error) error {
	if err != nil && context.Cause(ctx) == errIdle {
		return &failure{err: errIdle}
	}
	return err
}

// watchdog ends a request that makes no progress.
type watchdog struct {
	timer *time.Timer
	idle  time.Duration
}

// fed is called when bytes arrive.
func (w *watchdog) fed() { w.timer.Reset(w.idle) }
