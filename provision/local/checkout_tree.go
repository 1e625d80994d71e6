package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/maquette/maquette/provision"
)

// tree is the place of a checkout in the run directory:
//
//	checkouts/NAME                       a symbolic link to the directory that is in use: it never changes its name
//	checkouts/.NAME/NAME-COMMIT-RANDOM   the directory in use, and the one before it: processes may still run there
//	checkouts/.NAME/checkout.json        whose it is, and of which repository
type tree struct {
	Home, Instance, Name string
}

const treeRecordFile = "checkout.json"

// treeRecord is enough to remove a checkout without Terraform.
type treeRecord struct {
	ID     string `json:"id"` // of the instance
	Source string `json:"source"`
	GitDir string `json:"git_dir,omitempty"`
}

func (r treeRecord) repository() *repository { return &repository{Source: r.Source, GitDir: r.GitDir} }

func checkoutsDir(home, instance string) string {
	return filepath.Join(instanceDir(home, instance), "checkouts")
}

// link is the path that users are told.
func (t tree) link() string { return filepath.Join(checkoutsDir(t.Home, t.Instance), t.Name) }

func (t tree) dir() string { return filepath.Join(checkoutsDir(t.Home, t.Instance), "."+t.Name) }

// current is the directory in use; "" for none.
func (t tree) current() string {
	target, err := os.Readlink(t.link())
	if err != nil {
		return ""
	}
	return filepath.Join(t.dir(), filepath.Base(target))
}

// change is what a tree is to become.
type change struct {
	ID            string // of the instance
	Repository    *repository
	Ref, Commit   string
	Build         []string
	Environment   map[string]string
	BuildTimeout  time.Duration
	BuildIdentity identity
}

// make checks out and builds in a new directory, and lets the link point there when all is done. Until then, and when
// it fails, the directory in use stays as it is.
func (t tree) make(ctx context.Context, c change) (err error) {
	unlock, err := lockDir(ctx, t.dir())
	if err != nil {
		return err
	}
	defer unlock()
	if err := t.tidy(ctx, true); err != nil {
		return err
	}
	record := treeRecord{ID: c.ID, Source: c.Repository.Source, GitDir: c.Repository.GitDir}
	if err := writeRecord(filepath.Join(t.dir(), treeRecordFile), record); err != nil {
		return err
	}
	random := make([]byte, 4)
	_, _ = rand.Read(random) // never fails
	dir := filepath.Join(t.dir(), fmt.Sprintf("%s-%.12s-%s", t.Name, c.Commit, hex.EncodeToString(random)))
	defer func() {
		if err == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
		defer cancel()
		err = errors.Join(err, c.Repository.remove(ctx, dir))
		if t.current() == "" {
			err = errors.Join(err, t.removeAll(ctx))
		}
	}()
	if err := c.Repository.checkOut(ctx, c.Ref, c.Commit, dir); err != nil {
		return err
	}
	if len(c.Build) > 0 {
		build := child{Dir: dir, Args: c.Build, Timeout: c.BuildTimeout, Mixed: true}
		for name, value := range c.Environment {
			build.Env = append(build.Env, name+"="+value)
			build.Hide = append(build.Hide, value)
		}
		build.Env = append(build.Env, c.BuildIdentity.environ()...)
		if _, err := build.run(ctx); err != nil {
			return fmt.Errorf("building %.12s (%s): %w", c.Commit, c.Ref, err)
		}
	}
	next := filepath.Join(t.dir(), "next")
	if err := os.Symlink(filepath.Join(filepath.Base(t.dir()), filepath.Base(dir)), next); err != nil {
		return err
	}
	return os.Rename(next, t.link())
}

// tidy removes all directories, but the one in use if that is to be kept.
func (t tree) tidy(ctx context.Context, keep bool) error {
	entries, err := os.ReadDir(t.dir())
	if err != nil {
		return err
	}
	record, err := t.record()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(t.dir(), entry.Name())
		switch {
		case entry.Name() == treeRecordFile, keep && path == t.current():
		case entry.IsDir():
			err = errors.Join(err, record.repository().remove(ctx, path))
		default:
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// record is empty where there is none.
func (t tree) record() (record treeRecord, err error) {
	if err = readJSON(filepath.Join(t.dir(), treeRecordFile), &record); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return record, err
}

// remove removes the checkout with all that is registered of it.
func (t tree) remove(ctx context.Context) error {
	if _, err := os.Lstat(t.dir()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lockDir(ctx, t.dir())
	if err != nil {
		return err
	}
	defer unlock()
	return t.removeAll(ctx)
}

// removeAll is remove for who has the lock.
func (t tree) removeAll(ctx context.Context) error {
	if err := os.Remove(t.link()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := t.tidy(ctx, false); err != nil {
		return err
	}
	return removeFile(filepath.Join(t.dir(), treeRecordFile), filepath.Join(t.Home, "run"))
}

// trees are the checkouts of an instance.
func trees(home, instance string) (found []tree, err error) {
	if instance == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(checkoutsDir(home, instance))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name, hidden := strings.CutPrefix(entry.Name(), ".")
		if !hidden || !entry.IsDir() {
			continue
		}
		t := tree{home, instance, name}
		_, recordErr := t.record()
		err = errors.Join(err, recordErr)
		if recordErr == nil {
			found = append(found, t)
		}
	}
	return found, err
}

func (t tree) leftover(detail string) provision.Leftover {
	return provision.Leftover{Kind: "checkout", Name: t.Name, Detail: detail}
}

// checkoutLeftovers finds the checkouts of an instance.
func checkoutLeftovers(_ context.Context, home, instance string) (found []provision.Leftover, err error) {
	all, err := trees(home, instance)
	for _, t := range all {
		found = append(found, t.leftover(t.link()))
	}
	return found, err
}

// sweepCheckouts removes them.
func sweepCheckouts(ctx context.Context, home, instance string) (gone, left []provision.Leftover, err error) {
	all, err := trees(home, instance)
	for _, t := range all {
		if removeErr := t.remove(ctx); removeErr != nil {
			left = append(left, t.leftover(removeErr.Error()))
		} else {
			gone = append(gone, t.leftover(t.link()))
		}
	}
	return gone, left, err
}
