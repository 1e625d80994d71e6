package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// oldestPostgres is the first major version with DROP DATABASE … WITH (FORCE).
	oldestPostgres = 13
	// connectTimeout bounds a connection attempt, unless the URL says otherwise.
	connectTimeout = 10 * time.Second
)

// SQLSTATEs that are told apart.
const (
	objectInUse        = "55006"
	duplicateDatabase  = "42P04"
	invalidCatalogName = "3D000" // no such database

	invalidAuthorization = "28" // a class of them
)

// postgres is the server that databases are made in, and who we are there. Its password comes out in no error.
type postgres struct {
	url    *url.URL
	config *pgx.ConnConfig
}

// parsePostgres takes a URL, and what it leaves open from PGPASSWORD and the like, and ~/.pgpass, as libpq does.
func parsePostgres(server string) (*postgres, error) {
	// What the parsers say may repeat the password.
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errors.New("server is no URL of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE; " +
			"characters of the password that have a meaning in URLs are written as %XX")
	}
	config, err := pgx.ParseConfig(server)
	if err != nil {
		return nil, errors.New("server is no URL of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE: " +
			"one of its parts cannot be read")
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing is prepared: works through poolers too
	config.RuntimeParams["application_name"] = "maquette"
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	return &postgres{url: u, config: config}, nil
}

// address is where the server listens, as it is told to people: host:port, or the directory of its socket.
func (p *postgres) address() string {
	return net.JoinHostPort(p.config.Host, strconv.Itoa(int(p.config.Port)))
}

// databaseURL is the server's URL with another database.
func (p *postgres) databaseURL(name string) string {
	u := *p.url
	u.Path, u.RawPath = "/"+name, ""
	if query := u.Query(); query.Has("dbname") || query.Has("database") {
		query.Del("dbname")
		query.Del("database")
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// secrets are the forms in which the password may come back.
func (p *postgres) secrets() []string {
	password := p.config.Password
	all := []string{password, url.QueryEscape(password), url.PathEscape(password)}
	if p.url.User != nil {
		_, escaped, _ := strings.Cut(p.url.User.String(), ":")
		all = append(all, escaped)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// connect opens the connection that databases are made and dropped by. Only one at a time works on the same name, even
// where its client is gone and the server has not noticed yet.
func (p *postgres) connect(ctx context.Context, id, name string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, p.config)
	if err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL at %s as %s: %w", p.address(), p.config.User, err)
	}
	if major := postgresMajor(conn); major != 0 && major < oldestPostgres {
		_ = conn.Close(ctx)
		return nil, fmt.Errorf("PostgreSQL at %s is version %d: %d or later is needed", p.address(), major, oldestPostgres)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", ownComment(id)+" "+name); err != nil {
		_ = conn.Close(ctx)
		return nil, fmt.Errorf("waiting for others that work on database %s at %s: %w", name, p.address(), err)
	}
	return conn, nil
}

// hangUp closes a connection also where its context is over.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// postgresVersion is the server's own version: "15.6".
func postgresVersion(conn *pgx.Conn) string {
	version, _, _ := strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	return version
}

// postgresMajor is 0 where it cannot be told.
func postgresMajor(conn *pgx.Conn) (major int) {
	_, _ = fmt.Sscanf(postgresVersion(conn), "%d", &major)
	return major
}

// ownComment is what a database of an instance is marked with, by COMMENT ON DATABASE.
func ownComment(id string) string { return "maquette " + id }

// foundDatabase is what the server says of a database.
type foundDatabase struct {
	comment, owner string
}

// find returns nil for a database that is not there.
func find(ctx context.Context, conn *pgx.Conn, name string) (*foundDatabase, error) {
	var found foundDatabase
	err := conn.QueryRow(ctx, "SELECT coalesce(shobj_description(oid, 'pg_database'), ''), pg_get_userbyid(datdba)::text "+
		"FROM pg_database WHERE datname = $1", name).Scan(&found.comment, &found.owner)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for database %s: %w", name, err)
	}
	return &found, nil
}

// drop drops a database, whoever is connected to it, and makes sure that it is gone.
func drop(ctx context.Context, conn *pgx.Conn, name string) error {
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+identifier(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("dropping database %s: %w", name, err)
	}
	found, err := find(ctx, conn, name)
	if err == nil && found != nil {
		err = fmt.Errorf("database %s is still there after DROP DATABASE", name)
	}
	return err
}

// create makes an empty or cloned database.
func create(ctx context.Context, conn *pgx.Conn, name, template, owner string) error {
	sql := "CREATE DATABASE " + identifier(name)
	if template != "" {
		sql += " TEMPLATE " + identifier(template)
	}
	if owner != "" {
		sql += " OWNER " + identifier(owner)
	}
	_, err := conn.Exec(ctx, sql)
	switch {
	case err == nil:
		return nil
	case template != "" && sqlState(err) == objectInUse:
		return fmt.Errorf("template %s is in use%s: PostgreSQL clones a database only while nobody is connected to it. "+
			"End these sessions, or keep a template that nobody works in", template, sessions(ctx, conn, template))
	case template != "" && sqlState(err) == invalidCatalogName:
		return fmt.Errorf("there is no database %s to take as a template", template)
	}
	return err
}

// sessions tells who is connected to a database, as part of a sentence.
func sessions(ctx context.Context, conn *pgx.Conn, name string) string {
	rows, err := conn.Query(ctx, "SELECT format('%s as %s from %s, pid %s', coalesce(nullif(application_name, ''), 'unnamed'), "+
		"usename, coalesce(host(client_addr), 'this machine'), pid) FROM pg_stat_activity "+
		"WHERE datname = $1 AND pid <> pg_backend_pid() ORDER BY pid LIMIT 10", name)
	if err != nil {
		return ""
	}
	who, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(who) == 0 {
		return ""
	}
	return " (" + strings.Join(who, "; ") + ")"
}

// rename gives a complete database its name. Sessions of what has filled it may take a moment to end.
func rename(ctx context.Context, conn *pgx.Conn, from, to string) error {
	for try := 0; ; try++ {
		_, err := conn.Exec(ctx, "ALTER DATABASE "+identifier(from)+" RENAME TO "+identifier(to))
		if sqlState(err) != objectInUse || try == 20 {
			return err
		}
		_, err = conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", from)
		if err != nil {
			return err
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// fill runs an SQL file in a database, all of it or nothing. It takes psql, as dumps are written for it.
func (p *postgres) fill(ctx context.Context, database, file string, who identity) error {
	psql, err := exec.LookPath("psql")
	if err != nil {
		return errors.New("a seed is run by psql, which is not on PATH: install PostgreSQL's client (the package postgresql-client)")
	}
	_, err = child{
		Args: []string{
			psql, "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-o", os.DevNull, "-f", file,
		},
		Env:  append(p.environ(database), who.environ()...),
		Hide: p.secrets(), Mixed: true,
	}.run(ctx)
	if err != nil {
		return fmt.Errorf("running the seed %s: %w", file, err)
	}
	return nil
}

// environ is the environment by which libpq reaches a database of this server as we do. Parameters of the URL that have
// to do with TLS go along.
func (p *postgres) environ(database string) []string {
	environ := []string{
		"PGHOST=" + p.config.Host, "PGPORT=" + strconv.Itoa(int(p.config.Port)), "PGUSER=" + p.config.User,
		"PGDATABASE=" + database, "PGAPPNAME=maquette", "PGCLIENTENCODING=UTF8", "PGHOSTADDR", "PGSERVICE", "PGOPTIONS",
		"PGCONNECT_TIMEOUT=" + strconv.Itoa(int(max(p.config.ConnectTimeout, time.Second).Seconds())),
	}
	if p.config.Password != "" {
		environ = append(environ, "PGPASSWORD="+p.config.Password)
	}
	query := p.url.Query()
	for _, name := range []string{"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslsni", "options"} {
		if query.Has(name) {
			environ = append(environ, "PG"+strings.ToUpper(name)+"="+query.Get(name))
		}
	}
	return environ
}

// identifier quotes a name for SQL.
func identifier(name string) string { return pgx.Identifier{name}.Sanitize() }

// literal quotes a text for SQL that takes no parameters.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func sqlState(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
