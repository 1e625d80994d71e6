package local

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/maquette/maquette/internal/mask"
)

// maxLog is how large a log may get before it is turned: then it becomes the old one, and the old one is dropped.
const maxLog = 10 << 20

// logFile is a log of bounded size: NAME and NAME.1.
type logFile struct {
	path string
	max  int64

	mu   sync.Mutex
	f    *os.File
	size int64
}

// openLog opens a log to append to it.
func openLog(path string, maximum int64) (*logFile, error) {
	l := &logFile{path: path, max: maximum}
	return l, l.open()
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write appends. It never fails: a full disk must not stop what is logged, since a pipe that nobody reads would.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return len(p), nil
	}
	if l.size > 0 && l.size+int64(len(p)) > l.max {
		l.f.Close()
		l.f = nil
		_ = os.Rename(l.path, l.path+".1")
		if l.open() != nil {
			return len(p), nil
		}
	}
	n, _ := l.f.Write(p)
	l.size += int64(n)
	return len(p), nil
}

// Close closes the log; what is written later is dropped.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}

const (
	shownBytes = 64 << 10
	shownWidth = 300 // bytes of a line that are shown
)

// lastLines returns the last lines of a file, masked. What cannot be read has none.
func lastLines(path string, n int, hide mask.Mask) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	cut := false
	if info, err := f.Stat(); err == nil && info.Size() > shownBytes {
		_, err = f.Seek(-shownBytes, io.SeekEnd)
		cut = err == nil
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil
	}
	if cut { // no half line, in which half a secret would be shown
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	text := strings.TrimRight(hide.Apply(string(data)), "\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		if len(line) > shownWidth {
			lines[i] = strings.ToValidUTF8(line[:shownWidth], "") + "…"
		}
	}
	return lines
}
