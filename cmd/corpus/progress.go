package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"corpus/internal/build"

	"golang.org/x/term"
)

// logEvery is the time between two progress lines off a terminal.
const logEvery = 30 * time.Second

// progress shows a build to people: one line that rewrites itself on a terminal, plain log lines elsewhere.
type progress struct {
	w        io.Writer
	log      *slog.Logger
	terminal bool
	width    int
	drawn    bool
	logged   time.Time
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, logged: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.terminal = true
		p.width, _, _ = term.GetSize(int(f.Fd()))
	}
	p.log = newLog(w)
	return p
}

func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: dropTime}))
}

// dropTime leaves the time to whoever keeps the log.
func dropTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// show is build.Options.Watch.
func (p *progress) show(s build.Progress) {
	switch {
	case p.terminal && s.Final:
		p.clear()
		fmt.Fprintln(p.w, line(s))
	case p.terminal:
		p.draw(line(s))
	case s.Final || time.Since(p.logged) >= logEvery:
		p.logged = time.Now()
		fmt.Fprintln(p.w, line(s))
	}
}

func (p *progress) draw(text string) {
	if p.width > 0 && len([]rune(text)) >= p.width {
		text = string([]rune(text)[:p.width-1])
	}
	p.clear()
	fmt.Fprint(p.w, text)
	p.drawn = true
}

func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// end leaves the line clean for what is printed next.
func (p *progress) end() { p.clear() }

// line is one progress line.
func line(s build.Progress) string {
	var parts []string
	fresh := s.Done - s.Before
	seconds := s.Elapsed.Seconds()
	if s.Total > 0 {
		parts = append(parts, fmt.Sprintf("%3.0f%%", 100*float64(s.Done)/float64(s.Total)))
	}
	if s.Documents > 0 {
		parts = append(parts, fmt.Sprintf("%d documents, %.0f/s", s.Documents, float64(s.Documents)/max(seconds, 1e-3)))
	}
	if s.Bytes && seconds > 0 {
		parts = append(parts, fmt.Sprintf("%.1f MB/s of input", float64(fresh)/1e6/seconds))
	}
	if s.Slowest != "" {
		parts = append(parts, "slowest: "+s.Slowest)
	}
	if left := s.Total - s.Done; left > 0 && fresh > 0 && !s.Final {
		parts = append(parts, "left: "+roundDuration(time.Duration(seconds*float64(left)/float64(fresh)*1e9)))
	} else {
		parts = append(parts, "took "+roundDuration(s.Elapsed))
	}
	return fmt.Sprintf("%-10s %s", s.Phase, strings.Join(parts, ", "))
}

func roundDuration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// bytesText writes a number of bytes for people.
func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
}
