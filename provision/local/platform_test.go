package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/local/wire"
)

// kindsOf counts leftovers by kind.
func kindsOf(all []provision.Leftover) map[string]int {
	count := map[string]int{}
	for _, l := range all {
		count[l.Kind]++
	}
	return count
}

func TestPlatformFindsAndSweeps(t *testing.T) {
	u := testUnit(t)
	p := Platform{u.Home}
	none, err := p.Leftovers(t.Context(), u.Instance, u.ID)
	require.NoError(t, err)
	assert.Empty(t, none)

	_, err = bringTest(t, u, testSpec(t, self(t, "web")...), 2)
	require.NoError(t, err)
	// Another instance of the same home, that has nothing to do with it.
	other := unit{&providerData{Home: u.Home, Instance: "other", ID: "other-id"}, kindService, "web"}
	t.Cleanup(func() { _, _, _ = p.Sweep(t.Context(), "other", "other-id") })
	st, err := bringTest(t, other, testSpec(t, self(t, "web")...), 1)
	require.NoError(t, err)

	found, err := p.Leftovers(t.Context(), u.Instance, u.ID)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"process": 3, "file": 3}, kindsOf(found), "a supervisor and two members, a directory and two ports: %v", found)
	assert.Contains(t, found, provision.Leftover{Kind: "file", Name: filepath.Join("run", u.Instance, "services", "web")})

	strays, err := p.Strays(t.Context(), []string{"other-id"})
	require.NoError(t, err)
	require.Contains(t, strays, u.ID)
	assert.Len(t, strays, 1)
	assert.Equal(t, map[string]int{"process": 3, "file": 2}, kindsOf(strays[u.ID]))

	gone, left, err := p.Sweep(t.Context(), u.Instance, u.ID)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Equal(t, map[string]int{"process": 3, "file": 3}, kindsOf(gone))
	found, err = p.Leftovers(t.Context(), u.Instance, u.ID)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.NoDirExists(t, instanceDir(u.Home, u.Instance))

	living, err := other.live()
	require.NoError(t, err)
	require.NotNil(t, living)
	assert.Equal(t, st.Members[0].PID, living.Members[0].PID, "the other runs on")

	// Of a stray the name may be lost.
	gone, left, err = p.Sweep(t.Context(), "", "other-id")
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Equal(t, map[string]int{"process": 2, "file": 1}, kindsOf(gone))
	entries, err := os.ReadDir(filepath.Join(u.Home, "run"))
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestServicesOfAnInstance(t *testing.T) {
	u := testUnit(t)
	none, err := Services(u.Home, u.Instance)
	require.NoError(t, err)
	assert.Empty(t, none)
	st, err := bringTest(t, u, testSpec(t, self(t, "web")...), 2)
	require.NoError(t, err)
	all, err := Services(u.Home, u.Instance)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.True(t, all[0].Running)
	assert.Equal(t, st.Members, all[0].Members)

	require.NoError(t, u.clear(t.Context(), killTime))
	all, err = Services(u.Home, u.Instance)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.False(t, all[0].Running)
	for _, m := range all[0].Members {
		assert.Equal(t, wire.StateStopped, m.State)
		assert.Zero(t, m.PID)
	}
}

func TestLogsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "member-0.log")
	log, err := openLog(path, 100)
	require.NoError(t, err)
	line := strings.Repeat("x", 39) + "\n"
	for range 7 {
		n, err := log.Write([]byte(line))
		require.NoError(t, err)
		assert.Equal(t, 40, n)
	}
	require.NoError(t, log.Close())
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	old, err := os.ReadFile(path + ".1")
	require.NoError(t, err)
	assert.Equal(t, []int{40, 80}, []int{len(now), len(old)})

	log, err = openLog(path, 100)
	require.NoError(t, err)
	_, err = log.Write([]byte(line + line))
	require.NoError(t, err)
	require.NoError(t, log.Close())
	now, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Len(t, now, 80, "what was there when it was opened counts")
}

func TestLastLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	secrets := spec{Environment: map[string]string{"A": "hunter2", "B": "hunter2-long", "C": "line one\nline two", "D": "1"}}.mask()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing":      {"", nil},
		"the last":     {"1\n2\n3\n4\n", []string{"2", "3", "4"}},
		"no line end":  {"a\nb", []string{"a", "b"}},
		"secrets":      {"is hunter2-long or hunter2\nsaid line two\n", []string{"is (secret) or (secret)", "said (secret)"}},
		"long lines":   {strings.Repeat("é", 400) + "\n", []string{strings.Repeat("é", 150) + "…"}},
		"half a line":  {strings.Repeat("hunter2 ", shownBytes/8) + "\nwhole\n", []string{"whole"}},
		"short values": {"1 2 3\n", []string{"1 2 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(test.text), 0o600))
			assert.Equal(t, test.want, lastLines(path, 3, secrets))
		})
	}
}

func TestIdentity(t *testing.T) {
	id, ok := identify([]string{"PATH=/bin", "MAQUETTE_MARK=ab@/home/a b@c", "MAQUETTE_UNIT=services/web", "MAQUETTE_INSTANCE=try", "MEMBER=3"})
	require.True(t, ok)
	instance, home := id.owner()
	assert.Equal(t, []string{"ab", "/home/a b@c"}, []string{instance, home})
	assert.Equal(t, "/home/a b@c/run/try/services/web", id.dir())
	assert.Equal(t, "process 7 (web.3)", process{7, id}.String())
	_, ok = identify([]string{"MEMBER=3"})
	assert.False(t, ok)

	self := process{os.Getpid(), id}
	assert.False(t, self.alive(), "a number alone proves nothing")
	self.signal(9) // so this does not end the test
}
