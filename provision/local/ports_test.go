package local

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func owner(instance, name string) reservation {
	return reservation{ID: "id-" + instance, Instance: instance, Unit: "services/" + name}
}

// lives makes an owner's run directory.
func lives(t *testing.T, home string, r reservation) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(instanceDir(home, r.Instance), r.Unit), 0o700))
}

func TestPortsStay(t *testing.T) {
	s := portStore{newHome(t)}
	web, api := owner("a", "web"), owner("a", "api")
	lives(t, s.home, web)
	lives(t, s.home, api)
	three, err := s.reserve(t.Context(), web, 3, true)
	require.NoError(t, err)
	others, err := s.reserve(t.Context(), api, 2, true)
	require.NoError(t, err)
	all := slices.Concat(three, others)
	slices.Sort(all)
	assert.Len(t, slices.Compact(all), 5)
	for _, port := range all {
		assert.True(t, firstPort <= port && port <= lastPort, port)
	}
	four, err := s.reserve(t.Context(), web, 4, true)
	require.NoError(t, err)
	assert.Equal(t, three, four[:3])

	_, err = s.release(t.Context(), func(r reservation) bool { return r.sameUnit(web) })
	require.NoError(t, err)
	again, err := s.reserve(t.Context(), web, 3, false)
	require.NoError(t, err)
	assert.Equal(t, three, again, "who is made anew gets what it had, where that is free")
}

func TestPortOnWhichSomebodyListensIsNotGivenOut(t *testing.T) {
	s := portStore{newHome(t)}
	web := owner("a", "web")
	lives(t, s.home, web)
	ports, err := s.reserve(t.Context(), web, 1, true)
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1", "0.0.0.0"} {
		l, err := net.Listen("tcp", host+":"+strconv.Itoa(ports[0]))
		require.NoError(t, err)
		running, err := s.reserve(t.Context(), web, 1, true)
		require.NoError(t, err)
		assert.Equal(t, ports, running, "it may be its own")
		fresh, err := s.reserve(t.Context(), web, 1, false)
		require.NoError(t, err)
		assert.NotEqual(t, ports, fresh)
		require.ErrorContains(t, s.reserveOne(t.Context(), owner("a", "api"), ports[0]), "another process listens on it")
		l.Close()
		_, err = s.release(t.Context(), func(reservation) bool { return true })
		require.NoError(t, err)
		ports, err = s.reserve(t.Context(), web, 1, false)
		require.NoError(t, err)
	}
}

func TestPortOfSomebodyElse(t *testing.T) {
	s := portStore{newHome(t)}
	web, api := owner("a", "web"), owner("b", "api")
	lives(t, s.home, web)
	ports, err := s.reserve(t.Context(), web, 1, true)
	require.NoError(t, err)
	require.ErrorContains(t, s.reserveOne(t.Context(), api, ports[0]), "services/web of instance a has it")
	require.NoError(t, s.reserveOne(t.Context(), web, ports[0]))

	// The owner is gone without having released it.
	require.NoError(t, os.RemoveAll(instanceDir(s.home, "a")))
	require.NoError(t, s.reserveOne(t.Context(), api, ports[0]))
	all, err := s.list()
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "services/api", all[0].Unit)
}

// TestPortsOverProcesses has the test binary reserve ports in many processes at once.
func TestPortsOverProcesses(t *testing.T) {
	if home := os.Getenv("TEST_RESERVE_HOME"); home != "" {
		s := portStore{home}
		r := owner(os.Getenv("TEST_RESERVE_AS"), "web")
		lives(t, home, r)
		ports, err := s.reserve(t.Context(), r, 10, false)
		require.NoError(t, err)
		t.Log("reserved", ports)
		return
	}
	home := newHome(t)
	exe, err := os.Executable()
	require.NoError(t, err)
	var running []*exec.Cmd
	for i := range 8 {
		cmd := exec.Command(exe, "-test.run", "^TestPortsOverProcesses$")
		cmd.Env = append(os.Environ(), "TEST_RESERVE_HOME="+home, "TEST_RESERVE_AS=i"+strconv.Itoa(i))
		cmd.Stderr = &strings.Builder{}
		require.NoError(t, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait(), cmd.Stderr)
	}
	all, err := portStore{home}.list()
	require.NoError(t, err)
	assert.Len(t, all, 80)
	owners := map[string]int{}
	for _, r := range all {
		owners[r.Instance]++
	}
	assert.Len(t, owners, 8)
	for instance, n := range owners {
		assert.Equal(t, 10, n, instance)
	}
}
