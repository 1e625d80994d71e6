package local

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision/local/wire"
)

// TestMain lets the test binary play all roles: the provider, the supervisor, and the services that tests
// run.
func TestMain(m *testing.M) {
	if os.Getenv(envRole) == RoleSupervisor {
		os.Exit(Supervise())
	}
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") != "" && len(os.Args) == 1 {
		if err := Serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == "play" {
		play(os.Args[2], os.Args[3:])
	}
	os.Exit(m.Run())
}

// play is a service, as tests need them.
func play(what string, args []string) {
	switch what {
	case "web": // answers its number and what it was told; options change it
		options := map[string]string{}
		for _, arg := range args {
			name, value, _ := strings.Cut(arg, "=")
			options[name] = value
		}
		web(options)
	case "crash":
		fmt.Println("cannot go on with", os.Getenv("TOKEN"))
		os.Exit(3)
	case "answer":
		if err := answer(context.Background(), args, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "idle":
		select {}
	case "expect": // as a provider that is killed while Terraform plans
		data := &providerData{Home: args[0], Instance: args[1], ID: args[2]}
		(&early{waiting: map[string]*starting{}}).expect(unit{data, kindService, args[3]})
		select {}
	case "listen": // as a stranger would
		l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
		if err != nil {
			os.Exit(1)
		}
		fmt.Println("listening")
		_ = http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	}
	os.Exit(0)
}

func web(options map[string]string) {
	fmt.Println("web", os.Getenv(envMember), "on", os.Getenv("PORT"))
	if d, err := time.ParseDuration(options["slow-start"]); err == nil {
		time.Sleep(d)
	}
	if _, ok := options["child"]; ok {
		exe, _ := os.Executable()
		child := exec.Command(exe, "play", "idle")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		_ = child.Start()
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := os.Stat(options["sick-if"])
		if r.URL.Path == "/healthz" && (options["sick"] != "" || err == nil) {
			http.Error(w, "sick", http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s %d %s", os.Getenv(envMember), os.Getpid(), options["text"])
	})}
	go func() {
		for range stop {
			if _, ok := options["stubborn"]; ok {
				continue
			}
			_ = server.Close()
			os.Exit(0)
		}
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Println(err)
		os.Exit(1)
	}
	select {}
}

// self is a command of a service that the test binary plays.
func self(t testing.TB, what string, args ...string) []string {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	return append([]string{exe, "play", what}, args...)
}

// newHome is a home, without symbolic links, where nothing lives when the test is over.
func newHome(t testing.TB) string {
	t.Helper()
	home := canonical(t.TempDir())
	t.Cleanup(func() {
		mine := func(id identity) bool { _, of := id.owner(); return of == home }
		left, err := processes(mine)
		require.NoError(t, err)
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
			_, _, _ = end(t.Context(), mine, 0)
		}
	})
	return home
}

// testUnit is a service's unit in a new home, that is taken away when the test is over.
func testUnit(t testing.TB) unit {
	t.Helper()
	u := unit{&providerData{Home: newHome(t), Instance: "try-x", ID: "id-" + strconv.Itoa(os.Getpid())}, kindService, "web"}
	t.Cleanup(func() {
		_, left, err := Platform{u.Home}.Sweep(context.Background(), u.Instance, u.ID)
		require.NoError(t, err)
		require.Empty(t, left)
	})
	return u
}

// testSpec runs members of a command, without ports.
func testSpec(t testing.TB, command ...string) spec {
	t.Helper()
	return spec{
		Name: "web", Command: command, Base: baseEnvironment(), Dir: t.TempDir(), Restart: restartAlways,
		Health: health{Type: checkHTTP, Path: "/healthz", Interval: 100 * time.Millisecond, Timeout: time.Second},
		Stop:   2 * time.Second, Start: 10 * time.Second,
	}
}

// mirror is a directory with the test binary as the provider, and a CLI configuration that names it.
func mirror(t testing.TB) (cliConfig string) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	root := t.TempDir()
	dir := filepath.Join(root, ProviderAddress, wire.ProviderVersion, runtime.GOOS+"_"+runtime.GOARCH)
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.Symlink(exe, filepath.Join(dir, "terraform-provider-maquette_v"+wire.ProviderVersion)))
	cliConfig = filepath.Join(t.TempDir(), "terraformrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", root)
	require.NoError(t, os.WriteFile(cliConfig, []byte(text), 0o600))
	return cliConfig
}
