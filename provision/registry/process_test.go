//go:build unix

package registry

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// TestMain lets the test binary play another process that uses the registry.
func TestMain(m *testing.M) {
	var err error
	switch path := os.Getenv("REGISTRY_TEST_PATH"); os.Getenv("REGISTRY_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "crowd":
		err = crowd(path)
	case "writer":
		err = writer(path)
	case "open":
		_, err = Open(context.Background(), path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is the test binary in another role.
func process(role, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "REGISTRY_TEST_ROLE="+role, "REGISTRY_TEST_PATH="+path)
	return cmd
}

const crowdQuota = 20

// crowd opens a registry that may not be there yet, fills the quota with others, and works on what it has got.
func crowd(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	for i := range 10 {
		in := instance(fmt.Sprintf("p%d-%d", os.Getpid(), i))
		err := r.Create(ctx, in, provision.Quota{Total: crowdQuota})
		var exceeded *provision.QuotaError
		if err != nil && !errors.As(err, &exceeded) {
			return err
		}
		id, err := r.Begin(ctx, provision.Operation{Instance: in.Name, Kind: "up"})
		if err != nil {
			return err
		}
		if err := r.End(ctx, id, time.Now(), "ok", ""); err != nil {
			return err
		}
	}
	return r.Close()
}

func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	const processes = 8
	var out [processes]bytes.Buffer
	errs := parallel(processes, func(i int) error {
		cmd := process("crowd", path)
		cmd.Stdout, cmd.Stderr = &out[i], &out[i]
		return cmd.Run()
	})
	for i, err := range errs {
		require.NoError(t, err, out[i].String())
	}
	r := open(t, path)
	all, err := r.Instances(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, crowdQuota)
	var operations int
	require.NoError(t, r.db.QueryRow("SELECT count(*) FROM operations WHERE result = 'ok'").Scan(&operations))
	assert.Equal(t, processes*10, operations)
}

// writer tells, line by line, what it has recorded, until it is killed.
func writer(path string) error {
	ctx := context.Background()
	for i := 0; ; i++ {
		r, err := Open(ctx, path)
		if err != nil {
			return err
		}
		in := instance(fmt.Sprintf("p%d-%d", os.Getpid(), i))
		id, err := r.Begin(ctx, provision.Operation{Instance: "shared", Kind: "up", Started: time.Now()})
		if err != nil {
			return err
		}
		if err := r.Create(ctx, in, provision.Quota{}); err != nil {
			return err
		}
		if _, err := r.SaveApplied(ctx, provision.Applied{Instance: in.Name, Operation: id}); err != nil {
			return err
		}
		fmt.Println(in.Name, id)
		if i%2 == 0 {
			if err := r.Remove(ctx, in.Name); err != nil {
				return err
			}
			fmt.Println("removed", in.Name)
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
}

// TestKilled kills a process that writes, 20 times, from its first steps on: what it has said is recorded is there.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	have := map[string]bool{}
	var lastID int64
	for round := range 20 {
		cmd := process("writer", path)
		cmd.Stderr = os.Stderr
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		// The first ones die while they make the file, the others somewhere between two lines.
		var said []string
		lines := bufio.NewReader(stdout)
		for round >= 5 && len(said) < round {
			line, err := lines.ReadString('\n')
			require.NoError(t, err)
			said = append(said, line)
		}
		time.Sleep(time.Duration(4+round) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		for err == nil {
			var line string
			if line, err = lines.ReadString('\n'); err == nil {
				said = append(said, line)
			}
		}
		err = cmd.Wait()
		require.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), "%v", err)

		r := open(t, path)
		var integrity string
		require.NoError(t, r.db.QueryRow("PRAGMA integrity_check").Scan(&integrity))
		assert.Equal(t, "ok", integrity)
		for _, line := range said {
			first, second, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if first == "removed" {
				delete(have, second)
				continue
			}
			have[first] = true
			lastID, err = strconv.ParseInt(second, 10, 64)
			require.NoError(t, err)
		}
		all, err := r.Instances(t.Context())
		require.NoError(t, err)
		there := map[string]bool{}
		for _, in := range all {
			there[in.Name] = true
		}
		for name := range have {
			if !there[name] {
				// The last one it has told of may be removed, though it did not come to say so.
				assert.True(t, strings.HasPrefix(name, fmt.Sprintf("p%d-", cmd.Process.Pid)), "%s is lost", name)
				delete(have, name)
			}
		}
		assert.LessOrEqual(t, len(there), len(have)+round+1, "at most one a kill was recorded that it did not tell of")
		operations, err := r.Operations(t.Context(), "shared")
		require.NoError(t, err)
		open := 0
		for i, op := range operations {
			assert.Equal(t, int64(i+1), op.ID, "no operation is lost")
			if op.Ended.IsZero() {
				open++
			}
		}
		assert.LessOrEqual(t, open, 1)
		assert.GreaterOrEqual(t, int64(len(operations)), lastID)
		require.NoError(t, r.Close())
	}
	assert.Greater(t, lastID, int64(50), "it has worked in between")
}

// TestNotWritable needs a user for whom permissions count.
func TestNotWritable(t *testing.T) {
	dir, err := os.MkdirTemp("", "registry")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	binary := filepath.Join(dir, "registry.test")
	data, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(binary, data, 0o755))
	path := filepath.Join(dir, "home", "registry.db")
	require.NoError(t, open(t, path).Close())
	closed := filepath.Join(dir, "closed")
	require.NoError(t, os.Mkdir(closed, 0o500))
	require.NoError(t, os.Chmod(path, 0o400))
	require.NoError(t, os.Chmod(filepath.Dir(path), 0o555))
	require.NoError(t, os.Chmod(dir, 0o755))

	for _, path := range []string{filepath.Join(closed, "registry.db"), filepath.Join(closed, "new", "registry.db"), path} {
		cmd := process("open", path)
		cmd.Path = binary
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			cmd.Dir = "/"
		}
		out, err := cmd.CombinedOutput()
		require.Error(t, err, path)
		assert.Contains(t, string(out), "registry "+path+": ")
		assert.Contains(t, string(out), ": check that you may write to the file and to its directory")
	}
}
