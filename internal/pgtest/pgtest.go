//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Password is that of the superuser. It is a canary too: it may come out in no error, log or file.
const Password = "canary-pg-5e1f/+@ pw"

// Server is a PostgreSQL that lives until the end of a test.
type Server struct {
	Port   int
	Socket string // directory of the Unix socket
}

// Start starts a server, which takes about a second: share it among subtests. Where there are no binaries the test fails,
// as a test that did not run has proved nothing; MAQUETTE_NO_POSTGRES=1 says that this is known.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		if os.Getenv("MAQUETTE_NO_POSTGRES") == "1" {
			t.Skipf("MAQUETTE_NO_POSTGRES=1: not run, as it needs PostgreSQL: %v", err)
		}
		t.Fatalf("this test needs PostgreSQL: %v. Install one (the package postgresql), or put its bin directory on PATH; "+
			"MAQUETTE_NO_POSTGRES=1 skips the tests that need it.", err)
	}

	// Not t.TempDir(): only root could look into it, and its path may be too long for a socket's.
	dir, err := os.MkdirTemp("", "pg")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	account, err := unprivileged()
	require.NoError(t, err)
	if account != nil {
		require.NoError(t, os.Chown(dir, int(account.Uid), int(account.Gid)))
	}
	data, passwords := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(passwords, []byte(Password+"\n"), 0o644)) // the directory is closed to others

	initdb := command(account, dir, filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "postgres",
		"--pwfile", passwords, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync")
	out, err := initdb.CombinedOutput()
	require.NoError(t, err, "%s: %s", initdb, out)

	// Between the choice of a free port and its use somebody else may take it.
	for range 5 {
		server := &Server{Port: freePort(t), Socket: dir}
		if err = server.start(t, bin, data, account); err == nil {
			return server
		}
		if !strings.Contains(err.Error(), "could not bind") {
			break
		}
	}
	t.Fatal(err)
	return nil
}

func (s *Server) start(t testing.TB, bin, data string, account *syscall.Credential) error {
	var log bytes.Buffer
	cmd := command(account, s.Socket, filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.Port), "-h", "127.0.0.1",
		"-k", s.Socket, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=16MB", "-c", "log_min_messages=fatal")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			_ = conn.Close(ctx)
			break
		}
		select {
		case <-ended:
			return fmt.Errorf("PostgreSQL did not start: %s", log.String())
		case <-ctx.Done():
			_ = cmd.Process.Kill()
			<-ended
			return fmt.Errorf("PostgreSQL did not answer: %w: %s", err, log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // at once, whoever is connected
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
			t.Error("PostgreSQL had to be killed")
		}
	})
	return nil
}

// URL is the superuser's, over TCP, to a database.
func (s *Server) URL(database string) string {
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", Password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}).String()
}

// Connect opens a connection to a database, as the superuser, until the end of the test.
func (s *Server) Connect(t testing.TB, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL(database))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Exec runs SQL in a database, as the superuser.
func (s *Server) Exec(t testing.TB, database, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL(database))
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(context.Background(), sql)
	require.NoError(t, err, sql)
}

// Databases returns the names of all databases but PostgreSQL's own, in order.
func (s *Server) Databases(t testing.TB) []string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL("postgres"))
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(context.Background(),
		"SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1")
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

// binaries finds the directory of initdb and postgres: on PATH, or where Debian keeps them, the newest.
func binaries() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// The files beside the link's target belong together.
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(initdb), "postgres")); err == nil {
				return filepath.Dir(initdb), nil
			}
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("no initdb on PATH or in /usr/lib/postgresql/*/bin")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

// version is the number in /usr/lib/postgresql/NUMBER/bin/initdb; 0 for old ones like 9.6.
func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

// unprivileged is who PostgreSQL runs as: it refuses to run as root. Nil: as ourselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no other user to run it as: %w", err)
		}
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// command is a program that is run as another user, in a directory that this user can enter.
func command(account *syscall.Credential, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_") && !strings.HasPrefix(entry, "LANG") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.SysProcAttr = attributes(account)
	return cmd
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}
