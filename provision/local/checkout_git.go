package local

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// repository is where checkouts come from.
type repository struct {
	// Source is a URL, or the absolute path of a repository on this machine.
	Source string
	// GitDir is where a repository of this machine keeps what its worktrees share; "" for a URL, which is cloned.
	GitDir string
}

var (
	fullCommit = lazyregexp.New(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	// scpURL is git's short form of an SSH URL: git@example.com:shop.git.
	scpURL = lazyregexp.New(`^([^/:@]+@)?[^/:]+:`)
	// gitBusy is what git says when another git holds a lock, or is at work in the same place.
	gitBusy = lazyregexp.New(`(?i)unable to create '.*\.lock'|could not lock|cannot lock|file exists|failed to read .*commondir`)
)

// gitTries is how often a command that another git is in the way of is tried, with growing pauses: 5 s altogether.
const gitTries = 8

// openRepository makes sure that a path is a repository. A URL is not asked.
func openRepository(ctx context.Context, source string) (*repository, error) {
	info, statErr := os.Stat(source)
	if statErr != nil && (strings.Contains(source, "://") || scpURL.MatchString(source)) {
		if u, err := url.Parse(source); err == nil && u.User != nil {
			if _, has := u.User.Password(); has {
				// It would be in arguments, in Terraform's plan and in the clone's configuration.
				return nil, errors.New("the repository's URL has a password in it: leave it out, and let git's credential helper or SSH provide it")
			}
		}
		return &repository{Source: source}, nil
	}
	if statErr != nil {
		return nil, fmt.Errorf("the repository: %w", statErr)
	}
	path, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	r := &repository{Source: canonical(path)}
	if !info.IsDir() {
		return nil, fmt.Errorf("the repository %s is not a directory", r.Source)
	}
	out, err := r.git(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-prefix")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("git is not on PATH; a checkout needs it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no git repository: %w", r.Source, err)
	}
	gitDir, prefix, _ := strings.Cut(out, "\n")
	if prefix != "" {
		return nil, fmt.Errorf("%s is inside of the git repository %s, and a checkout is of a whole one: name that, or make this one a repository",
			r.Source, strings.TrimSuffix(r.Source+"/", "/"+prefix))
	}
	r.GitDir = canonical(gitDir)
	return r, nil
}

// git runs git in the repository, or in a directory that follows "-C". It neither asks questions nor runs the user's
// hooks, and is tried again while another git is in the way.
func (r *repository) git(ctx context.Context, args ...string) (string, error) {
	c := child{
		Dir: r.Source,
		Args: append([]string{
			"git", "-c", "core.hooksPath=" + os.DevNull, "-c", "gc.auto=0", "-c", "maintenance.auto=false",
			"-c", "core.fsmonitor=false", "-c", "advice.detachedHead=false",
		}, args...),
		Env: []string{"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"},
	}
	if r.GitDir == "" && !filepath.IsAbs(r.Source) {
		c.Dir = ""
		if os.Getenv("GIT_SSH_COMMAND") == "" {
			c.Env = append(c.Env, "GIT_SSH_COMMAND=ssh -o BatchMode=yes")
		}
	}
	for try := 1; ; try++ {
		out, err := c.run(ctx)
		if err == nil || try == gitTries || !gitBusy.MatchString(err.Error()) {
			return strings.TrimSpace(out), err
		}
		if err := sleep(ctx, 20*time.Millisecond<<try); err != nil {
			return "", err
		}
	}
}

// resolve finds the commit that a branch, a tag or a commit's name stands for. A branch goes before a tag of its name.
func (r *repository) resolve(ctx context.Context, ref string) (string, error) {
	if r.GitDir == "" {
		return r.resolveRemote(ctx, ref)
	}
	for _, name := range []string{"refs/heads/" + ref, ref, "refs/remotes/origin/" + ref} {
		commit, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
		if err == nil {
			return commit, nil
		}
		if ctx.Err() != nil {
			return "", err
		}
	}
	branches, err := r.git(ctx, "for-each-ref", "--format=%(refname:short)", "--sort=-committerdate", "--count=10", "refs/heads")
	if err != nil {
		return "", err
	}
	return "", fmt.Errorf("%s has no branch, tag or commit %q; its latest branches: %s",
		r.Source, ref, strings.Join(strings.Fields(branches), ", "))
}

func (r *repository) resolveRemote(ctx context.Context, ref string) (string, error) {
	if fullCommit.MatchString(ref) {
		return ref, nil
	}
	// In order of preference. The name with ^{} is the commit that an annotated tag points to.
	names := []string{"refs/heads/" + ref, "refs/tags/" + ref + "^{}", "refs/tags/" + ref, ref}
	out, err := r.git(ctx, append([]string{"ls-remote", "--", r.Source}, names...)...)
	if err != nil {
		return "", err
	}
	commits := map[string]string{}
	for line := range strings.Lines(out) {
		if commit, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			commits[name] = commit
		}
	}
	for _, name := range names {
		if commit := commits[name]; commit != "" {
			return commit, nil
		}
	}
	return "", fmt.Errorf("%s has no branch or tag %q; a commit of it needs all of its 40 digits", r.Source, ref)
}

// checkOut makes a new directory of a commit: a worktree of a repository on this machine, else a shallow clone.
func (r *repository) checkOut(ctx context.Context, ref, commit, dir string) error {
	if r.GitDir != "" {
		_, err := r.git(ctx, "worktree", "add", "--quiet", "--detach", dir, commit)
		return err
	}
	if _, err := r.git(ctx, "init", "--quiet", dir); err != nil {
		return err
	}
	if _, err := r.git(ctx, "-C", dir, "remote", "add", "origin", r.Source); err != nil {
		return err
	}
	// Not every server gives out a commit by its name.
	if _, err := r.git(ctx, "-C", dir, "fetch", "--quiet", "--depth", "1", "origin", commit); err != nil {
		if _, err := r.git(ctx, "-C", dir, "fetch", "--quiet", "--tags", "origin", ref); err != nil {
			return err
		}
	}
	_, err := r.git(ctx, "-C", dir, "checkout", "--quiet", "--detach", commit)
	return err
}

// head is the commit that a directory is at.
func head(ctx context.Context, dir string) (string, error) {
	// Without it git would answer for a repository that the directory is in.
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		return "", err
	}
	return (&repository{Source: dir}).git(ctx, "rev-parse", "--verify", "HEAD")
}

// remove removes a directory that checkOut has made, or has begun to make, and the registration of its worktree. Its
// base name is random, so a registration of that name is this one's.
func (r *repository) remove(ctx context.Context, dir string) error {
	if err := removeAll(dir); err != nil {
		return err
	}
	if r.GitDir == "" {
		return nil
	}
	registration := filepath.Join(r.GitDir, "worktrees", filepath.Base(dir))
	if _, err := os.Lstat(registration); err != nil {
		return nil // or the whole repository is gone
	}
	// The directory that was named to us may be gone while its repository is not.
	_, gitErr := (&repository{Source: r.GitDir, GitDir: r.GitDir}).git(ctx, "worktree", "remove", "--force", "--force", dir)
	if gitErr == nil {
		return nil
	}
	// A registration that was cut short is one that git neither lists nor removes.
	if err := os.RemoveAll(registration); err != nil {
		return fmt.Errorf("removing the worktree %s: %w", dir, errors.Join(gitErr, err))
	}
	_ = os.Remove(filepath.Dir(registration)) // if it was the last one, as git does
	return nil
}

// removeAll removes also what a build has made read-only, as Go does its module cache.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return nil
	})
	return errors.Join(err, os.RemoveAll(dir))
}
