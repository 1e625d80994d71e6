package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
	"github.com/maquette/maquette/provision/lock"
)

// historyWait is how long a run waits for others that are being written to the same history.
const historyWait = 30 * time.Second

// gitAttributes makes git take the lines of both sides when histories are merged.
const gitAttributes = "*.jsonl text eol=lf merge=union\n"

// record appends a report to the history in a directory, which is made where it is missing.
func record(ctx context.Context, dir string, r *parity.Report, opt parity.Options, errOut io.Writer) (err error) {
	run := history.Of(r, time.Now(), currentCommit(ctx), opt.Only, opt.Skip)
	line, err := run.Line()
	if err != nil {
		return err
	}
	name := history.FileName(run.Baseline, run.Candidate)
	file := filepath.Join(dir, name)
	failed := func(err error) error { return fmt.Errorf("appending the run to the history %s: %w", file, reason(err)) }
	if err := makeHistory(dir); err != nil {
		return failed(err)
	}
	unlock, err := lock.Locks{Dir: dir}.Lock(ctx, name, "parity", historyWait)
	if err != nil {
		return failed(err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return failed(err)
	}
	torn, err := appendLine(f, line)
	if err = errors.Join(err, f.Close()); err != nil {
		return failed(err)
	}
	if torn {
		fmt.Fprintf(errOut, "maquette: %s ended within a line, as after a crash or on a full disk. The run is written after it, and nothing is lost\n", file)
	}
	return nil
}

// makeHistory makes the directory of a history. What git is told about it is the user's from then on.
func makeHistory(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte(gitAttributes), 0o644)
}

// appendable is a file of a history, open for appending.
type appendable interface {
	io.ReaderAt
	io.Writer
	Stat() (fs.FileInfo, error)
	Sync() error
	Truncate(size int64) error
}

// appendLine writes a line to the end of a file, whole or not at all. Torn says that the file ended within a line, which
// has been ended.
func appendLine(f appendable, line []byte) (torn bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if size := info.Size(); size > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], size-1); err != nil {
			return false, err
		}
		if torn = last[0] != '\n'; torn {
			line = append([]byte{'\n'}, line...)
		}
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return torn, errors.Join(err, f.Truncate(info.Size()))
	}
	return torn, nil
}

// readHistory reads all runs in a directory.
func readHistory(dir string) ([]history.Run, []history.Problem, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the history %s: %w\n  `maquette parity … --history %s` begins one", dir, reason(err), dir)
	}
	var runs []history.Run
	var problems []history.Problem
	for _, entry := range entries { // in the order of their names
		if filepath.Ext(entry.Name()) != ".jsonl" || entry.IsDir() {
			continue
		}
		name := filepath.Join(dir, entry.Name())
		f, err := os.Open(name)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the history %s: %w", name, reason(err))
		}
		more, bad, err := history.Read(name, f)
		f.Close()
		if err != nil {
			return nil, nil, err
		}
		runs, problems = append(runs, more...), append(problems, bad...)
	}
	return runs, problems, nil
}

// commitVariables are where CI systems say which commit a job is for.
var commitVariables = []string{
	"GITHUB_SHA", "CI_COMMIT_SHA", "BUILDKITE_COMMIT", "CIRCLE_SHA1", "GIT_COMMIT", "BITBUCKET_COMMIT", "BUILD_SOURCEVERSION", "DRONE_COMMIT_SHA", "TRAVIS_COMMIT",
}

var commitID = lazyregexp.New(`^[0-9a-f]{7,64}$`)

// currentCommit is the commit that is being judged, as the CI system or git says it; "" where nobody does.
func currentCommit(ctx context.Context) string {
	for _, name := range commitVariables {
		if value := os.Getenv(name); commitID.MatchString(value) {
			return value
		}
	}
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if commit := strings.TrimSpace(string(out)); err == nil && commitID.MatchString(commit) {
		return commit
	}
	return ""
}
