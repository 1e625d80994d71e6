package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/pgtest"
)

// databaseBench is one instance's databases in a real PostgreSQL.
type databaseBench struct {
	*pgtest.Server
	t testing.TB
	*databaseResource
}

func newDatabaseBench(t testing.TB, server *pgtest.Server, id string) databaseBench {
	return databaseBench{server, t, &databaseResource{&providerData{Home: canonical(t.TempDir()), Instance: "try-x", ID: id}}}
}

func (b databaseBench) model(name string) databaseModel {
	return databaseModel{
		Name: types.StringValue(name), Server: types.StringValue(b.URL("postgres")), Template: types.StringNull(),
		Owner: types.StringNull(), Seed: types.StringNull(),
	}
}

func (b databaseBench) seed(sql string) types.String {
	path := filepath.Join(b.t.TempDir(), "seed.sql")
	require.NoError(b.t, os.WriteFile(path, []byte(sql), 0o600))
	return types.StringValue(path)
}

func (b databaseBench) query(database, sql string) (answer string) {
	b.t.Helper()
	require.NoError(b.t, b.Connect(b.t, database).QueryRow(context.Background(), sql).Scan(&answer))
	return answer
}

// files are all files in the home.
func (b databaseBench) files() (files []string) {
	b.t.Helper()
	require.NoError(b.t, filepath.WalkDir(b.data.Home, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
			data, err := os.ReadFile(path)
			require.NoError(b.t, err)
			assert.NotContains(b.t, string(data), "canary", "a password is in %s", path)
		}
		return err
	}))
	return files
}

func TestDatabase(t *testing.T) {
	server := pgtest.Start(t)
	ctx := context.Background()

	t.Run("life", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1111")
		m := b.model("life")
		m.Seed = b.seed("CREATE TABLE items (name text);\nCOPY items FROM stdin;\nchair\n\\.\n")
		require.NoError(t, b.create(ctx, &m))
		assert.Equal(t, server.URL("life"), m.URL.ValueString())
		assert.Regexp(t, `^\d+\.\d+`, m.EngineVersion.ValueString())
		assert.Len(t, m.SeedDigest.ValueString(), 64)
		assert.Equal(t, "chair", b.query("life", "SELECT name FROM items"))
		assert.Len(t, b.files(), 1)

		// A create whose result Terraform never wrote down finds what it has made.
		again := b.model("life")
		again.Seed = m.Seed
		b.Exec(t, "life", "INSERT INTO items VALUES ('table')")
		require.NoError(t, b.create(ctx, &again))
		assert.Equal(t, m, again)
		assert.Equal(t, "2", b.query("life", "SELECT count(*)::text FROM items"))

		found, _, err := b.look(ctx, m)
		require.NoError(t, err)
		assert.Equal(t, &foundDatabase{comment: "maquette 1111", owner: "postgres"}, found)

		foreign, err := b.remove(ctx, m) // while sessions are open
		require.NoError(t, err)
		assert.False(t, foreign)
		assert.NotContains(t, server.Databases(t), "life")
		assert.Empty(t, b.files())
		assert.NoDirExists(t, filepath.Join(b.data.Home, "run", "try-x"))

		found, _, err = b.look(ctx, m)
		require.NoError(t, err)
		assert.Nil(t, found)
		_, err = b.remove(ctx, m)
		require.NoError(t, err, "what is gone already is dropped")
	})

	t.Run("dump", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1112")
		source := b.model("dumped")
		source.Seed = b.seed("CREATE EXTENSION plpgsql; CREATE TABLE t (n serial PRIMARY KEY, s text); INSERT INTO t (s) VALUES ('a\tb'), ('ü');")
		require.ErrorContains(t, b.create(ctx, &source), `extension "plpgsql" already exists`)
		source.Seed = b.seed("CREATE TABLE t (n serial PRIMARY KEY, s text); INSERT INTO t (s) VALUES ('a\tb'), ('ü');")
		require.NoError(t, b.create(ctx, &source))
		p, err := parsePostgres(source.URL.ValueString())
		require.NoError(t, err)
		dump, err := child{Args: []string{"pg_dump"}, Env: p.environ("dumped")}.run(ctx)
		require.NoError(t, err)
		copied := b.model("copied")
		copied.Seed = b.seed(dump)
		require.NoError(t, b.create(ctx, &copied))
		assert.Equal(t, "a\tb,ü", b.query("copied", "SELECT string_agg(s, ',' ORDER BY n) FROM t"))
	})

	t.Run("template", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1113")
		b.Exec(t, "postgres", "CREATE DATABASE golden")
		b.Exec(t, "golden", "CREATE TABLE kept AS SELECT 'so'::text AS s")
		m := b.model("cloned")
		m.Template = types.StringValue("golden")
		require.NoError(t, b.create(ctx, &m))
		assert.Equal(t, "so", b.query("cloned", "SELECT s FROM kept"))

		user := server.Connect(t, "golden")
		other := b.model("cloned2")
		other.Template = m.Template
		err := b.create(ctx, &other)
		require.ErrorContains(t, err, "template golden is in use (unnamed as postgres from 127.0.0.1, pid")
		require.NoError(t, user.Ping(ctx), "the template's user was thrown out")
		assert.NotContains(t, server.Databases(t), "cloned2")

		other.Template = types.StringValue("nosuch")
		require.ErrorContains(t, b.create(ctx, &other), "there is no database nosuch to take as a template")
		assert.Len(t, b.files(), 1)
	})

	t.Run("owner", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1114")
		b.Exec(t, "postgres", "CREATE ROLE shop; CREATE ROLE other")
		m := b.model("owned")
		m.Owner = types.StringValue("shop")
		require.NoError(t, b.create(ctx, &m))
		changed := m
		changed.Owner = types.StringValue("other")
		require.NoError(t, b.update(ctx, m, &changed))
		found, _, err := b.look(ctx, m)
		require.NoError(t, err)
		assert.Equal(t, "other", found.owner)
	})

	t.Run("failed seed", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1115")
		m := b.model("unseeded")
		m.Seed = b.seed("CREATE TABLE t (n int);\nSELECT nonsense;\n")
		err := b.create(ctx, &m)
		require.ErrorContains(t, err, "running the seed "+m.Seed.ValueString())
		require.ErrorContains(t, err, `seed.sql:2: ERROR:  column "nonsense" does not exist`)
		assert.Empty(t, b.files())
		for _, name := range server.Databases(t) {
			assert.NotContains(t, name, "1115", "a half-filled database is left")
		}
		m.Seed = types.StringValue("/nosuch/seed.sql")
		require.ErrorContains(t, b.create(ctx, &m), "reading the seed")
	})

	t.Run("interrupted", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1116")
		m := b.model("interrupted")
		m.Seed = b.seed("SELECT pg_sleep(60);")
		interrupted, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		defer cancel()
		started := time.Now()
		require.Error(t, b.create(interrupted, &m))
		assert.Less(t, time.Since(started), 30*time.Second)
		assert.Empty(t, b.files())
		for _, name := range server.Databases(t) {
			assert.NotContains(t, name, "1116")
		}
	})

	t.Run("killed", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1117")
		// What a kill leaves: the record, and a database under its temporary name.
		record := databaseRecord{
			ID: "1117", Name: "killed", Temporary: temporaryName("1117"),
			Host: "127.0.0.1", Port: uint16(server.Port), User: "postgres", Database: "postgres", SSLMode: "disable",
		}
		require.NoError(t, writeRecord(databaseRecordPath(b.data.Home, "try-x", "killed"), record))
		b.Exec(t, "postgres", "CREATE DATABASE "+record.Temporary)
		m := b.model("killed")
		require.NoError(t, b.create(ctx, &m))
		assert.NotContains(t, server.Databases(t), record.Temporary)
		assert.Contains(t, server.Databases(t), "killed")
	})

	t.Run("foreign", func(t *testing.T) {
		mine, other := newDatabaseBench(t, server, "1118"), newDatabaseBench(t, server, "1119")
		m := mine.model("wanted")
		require.NoError(t, mine.create(ctx, &m))
		theirs := other.model("wanted")
		require.ErrorContains(t, other.create(ctx, &theirs), "there is a database wanted already, and it is not this instance's")
		require.Error(t, other.update(ctx, theirs, &theirs))
		foreign, err := other.remove(ctx, theirs)
		require.NoError(t, err)
		assert.True(t, foreign)
		assert.Contains(t, server.Databases(t), "wanted")

		server.Exec(t, "postgres", "CREATE DATABASE unmarked")
		unmarked := mine.model("unmarked")
		require.ErrorContains(t, mine.create(ctx, &unmarked), "it is not this instance's")

		// Ours, by a create that nothing here remembers: its data is not thrown away without a word, nor taken for the new seed's.
		m.Seed = mine.seed("SELECT 1")
		require.ErrorContains(t, mine.create(ctx, &m), "which was made from another seed or template")
	})

	t.Run("sweep", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1120")
		one, two := b.model("swept1"), b.model("swept2")
		require.NoError(t, b.create(ctx, &one))
		require.NoError(t, b.create(ctx, &two))
		b.Exec(t, "postgres", "DROP DATABASE swept2")
		b.Exec(t, "postgres", "CREATE DATABASE swept2") // somebody else's by now

		home, instance := b.data.Home, b.data.Instance
		t.Setenv("PGPASSFILE", "/nosuch")
		t.Setenv("PGPASSWORD", "")
		found, err := databaseLeftovers(ctx, home, instance)
		require.NoError(t, err)
		require.Len(t, found, 2)
		assert.Contains(t, found[0].Detail, "it may be there, and is dropped by: dropdb --force --if-exists --host 127.0.0.1")
		gone, left, err := sweepDatabases(ctx, home, instance)
		require.NoError(t, err)
		assert.Empty(t, gone)
		assert.Len(t, left, 2)
		assert.Len(t, b.files(), 2)

		t.Setenv("PGPASSWORD", pgtest.Password)
		found, err = databaseLeftovers(ctx, home, "another")
		require.NoError(t, err)
		assert.Empty(t, found)
		found, err = databaseLeftovers(ctx, home, instance)
		require.NoError(t, err)
		require.Len(t, found, 1)
		gone, left, err = sweepDatabases(ctx, home, instance)
		require.NoError(t, err)
		require.Len(t, gone, 1)
		assert.Contains(t, gone[0].Name, "swept1 at 127.0.0.1:")
		assert.Empty(t, left)
		assert.NotContains(t, server.Databases(t), "swept1")
		assert.Contains(t, server.Databases(t), "swept2")
		assert.Empty(t, b.files())
	})

	t.Run("secrets", func(t *testing.T) {
		b := newDatabaseBench(t, server, "1121")
		escaped := "canary%2Dpg%2D5e1f%2F%2B%40%20pw"
		for name, bad := range map[string]string{
			"password": strings.Replace(server.URL("postgres"), "canary", "canary-wrong", 1),
			"port":     "postgres://postgres:" + escaped + "@127.0.0.1:1/postgres",
			"no URL":   "postgres://postgres:canary pass/word@127.0.0.1:x/postgres",
			"scheme":   "mysql://root:" + escaped + "@127.0.0.1/",
			"option":   server.URL("postgres") + "&connect_timeout=soon",
			"text":     "host=127.0.0.1 password=canary",
		} {
			m := b.model("secret")
			m.Server = types.StringValue(bad)
			err := b.create(ctx, &m)
			require.Error(t, err, name)
			assert.NotContains(t, err.Error(), "canary", name)
		}
		m := b.model("secret")
		m.Seed = b.seed("\\echo `env`\n\\warn :USER `echo $PGPASSWORD`\nSELECT nonsense;")
		err := b.create(ctx, &m)
		require.ErrorContains(t, err, "(secret)")
		assert.NotContains(t, err.Error(), "canary")
	})
}

// Databases of one template and of one server are made side by side.
func TestDatabasesAtOnce(t *testing.T) {
	server := pgtest.Start(t)
	b := newDatabaseBench(t, server, "2222")
	b.Exec(t, "postgres", "CREATE DATABASE golden")
	errs := make(chan error)
	for i := range 8 {
		go func() {
			m := b.model("side" + string(rune('a'+i)))
			m.Template = types.StringValue("golden")
			errs <- b.create(context.Background(), &m)
		}()
	}
	for range 8 {
		require.NoError(t, <-errs)
	}
	assert.Len(t, server.Databases(t), 9)
}

func TestServerURL(t *testing.T) {
	for server, want := range map[string]string{
		"postgres://u:p%40@h:1234/postgres?sslmode=require": "postgres://u:p%40@h:1234/shop?sslmode=require",
		"postgresql://u@h":                      "postgresql://u@h/shop",
		"postgres:///x?host=/run/pg&dbname=y":   "postgres:///shop?host=%2Frun%2Fpg",
		"postgres://u:p@h/a%2Fb?sslmode=prefer": "postgres://u:p@h/shop?sslmode=prefer",
	} {
		p, err := parsePostgres(server)
		require.NoError(t, err, server)
		assert.Equal(t, want, p.databaseURL("shop"))
		_, err = pgx.ParseConfig(p.databaseURL("shop"))
		require.NoError(t, err)
	}
}
