package terraform

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/maquette/maquette/provision"
)

// Recover implements provision.Driver. A Terraform that still runs, as after a kill of maquette, is waited for.
func (d *Driver) Recover(ctx context.Context, instance string, dry bool) ([]string, error) {
	w, err := d.use(provision.Job{Instance: instance})
	if err != nil || !isDir(w.instance) {
		return nil, err
	}
	if dry {
		lock := flock.New(filepath.Join(w.instance, lockFile), flock.SetFlag(os.O_RDWR))
		if exists(lock.Path()) {
			locked, err := lock.TryLock()
			if err != nil {
				return nil, err
			}
			if !locked {
				return []string{"an interrupted Terraform still runs"}, nil
			}
			defer lock.Close()
		}
		if terraformRuns(w.instance) {
			return []string{"an interrupted Terraform still runs"}, nil
		}
		return w.mend(true, true)
	}
	var notes []string
	err = whileIdle(ctx, w.instance, func() { notes = append(notes, "waited for an interrupted Terraform to end") }, func() error {
		mended, err := w.mend(true, false)
		notes = append(notes, mended...)
		return err
	})
	return notes, w.asFailure("recovering", err)
}

// settle is what Recover does, before each operation and with a plan that was kept left alone.
func (w *workdir) settle(ctx context.Context) error {
	return whileIdle(ctx, w.instance, func() { w.say.note("waiting for an interrupted Terraform to end") }, func() error {
		notes, err := w.mend(false, false)
		for _, note := range notes {
			w.say.note(note)
		}
		return err
	})
}

// mend mends what a kill has left, and says what it did or would do. No Terraform runs meanwhile.
func (w *workdir) mend(plans, dry bool) ([]string, error) {
	var notes []string
	remove := func(path, note string) error {
		if !exists(path) {
			return nil
		}
		if note != "" {
			notes = append(notes, note)
		}
		if dry {
			return nil
		}
		return os.Remove(path)
	}
	if plans {
		if err := remove(w.plan(), "a plan was left over: it is dropped"); err != nil {
			return notes, err
		}
	}
	state := w.state()
	if state == "" && w.record.Dir == "" {
		state = filepath.Join(w.instance, stateFile)
	}
	var known []string
	if state != "" {
		note, err := restoreState(state, filepath.Join(w.instance, statesDir), dry)
		if note != "" {
			notes = append(notes, note)
		}
		if err != nil {
			return notes, err
		}
		if s, err := readState(state); err == nil {
			known = s.addresses()
		}
	}
	lost, err := unaccounted(w.instance, known)
	if err != nil {
		return notes, err
	}
	if len(lost) > 0 {
		notes = append(notes, "Terraform was killed while it made "+strings.Join(lost, ", ")+": may exist without being in the state")
	}
	for _, path := range []string{
		filepath.Join(w.instance, journalFile),
		filepath.Join(w.dir(), ".terraform.tfstate.lock.info"),
		filepath.Join(w.instance, pidFile),
	} {
		if err := remove(path, ""); err != nil {
			return notes, err
		}
	}
	if dry {
		return notes, nil
	}
	return notes, w.sweepTemps()
}

// sweepTemps removes files that were never finished.
func (w *workdir) sweepTemps() error {
	for _, dir := range []string{w.instance, filepath.Join(w.instance, statesDir), w.dir()} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, entry := range entries {
			if entry.Type().IsRegular() && strings.HasPrefix(entry.Name(), ".new-") {
				if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// errored is where Terraform leaves a state that it could not write where it is kept.
func (w *workdir) errored() (path string, there bool) {
	path = filepath.Join(w.dir(), "errored.tfstate")
	return path, w.record.Dir != "" && exists(path)
}

// pushErrored writes such a state where it is kept.
func (w *workdir) pushErrored(ctx context.Context) error {
	path, there := w.errored()
	if !there {
		return nil
	}
	w.say.note("the last operation could not write its state where it is kept: it is written now")
	err := w.run(ctx, "writing the state of the last operation", func(tf *tfexec.Terraform) error {
		return tf.StatePush(ctx, path)
	})
	if err != nil {
		return err
	}
	return os.Remove(path)
}
