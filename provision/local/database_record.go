package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/maquette/maquette/provision"
)

// databaseRecord is what the run directory knows of a database: enough to find and to drop it again, and no password.
// It is written before the database is made, and removed after it was seen to be gone.
type databaseRecord struct {
	ID        string `json:"id"` // of the instance
	Name      string `json:"name"`
	Temporary string `json:"temporary"` // its name until it is complete; random, so whatever has it is ours
	Template  string `json:"template,omitempty"`
	Seed      string `json:"seed,omitempty"` // digest

	Host     string `json:"host"`
	Port     uint16 `json:"port"`
	User     string `json:"user"`
	Database string `json:"database"` // that one connects to, to drop it
	SSLMode  string `json:"sslmode,omitempty"`
}

// server is the same server without a password: PGPASSWORD, ~/.pgpass or the server itself may let us in.
func (r databaseRecord) server() (*postgres, error) {
	query := url.Values{"host": {r.Host}, "port": {strconv.Itoa(int(r.Port))}, "user": {r.User}}
	if r.SSLMode != "" {
		query.Set("sslmode", r.SSLMode)
	}
	return parsePostgres((&url.URL{Scheme: "postgres", Path: "/" + r.Database, RawQuery: query.Encode()}).String())
}

// dropCommand drops the database by hand.
func (r databaseRecord) dropCommand() string {
	return fmt.Sprintf("dropdb --force --if-exists --host %s --port %d --username %s --maintenance-db %s %s",
		r.Host, r.Port, r.User, r.Database, r.Name)
}

func (r databaseRecord) leftover(detail string) provision.Leftover {
	return provision.Leftover{
		Kind: "database", Name: r.Name + " at " + net.JoinHostPort(r.Host, strconv.Itoa(int(r.Port))), Detail: detail,
	}
}

// readDatabaseRecord returns nil where there is none.
func readDatabaseRecord(path string) (*databaseRecord, error) {
	var record databaseRecord
	err := readJSON(path, &record)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &record, nil
}

func databaseRecordPath(home, instance, name string) string {
	return filepath.Join(instanceDir(home, instance), "databases", name+".json")
}

// databaseRecords are those of an instance, by path.
func databaseRecords(home, instance string) (paths []string, records []databaseRecord, err error) {
	if instance == "" {
		return nil, nil, nil
	}
	dir := filepath.Join(instanceDir(home, instance), "databases")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	err = nil
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if filepath.Ext(path) != ".json" {
			continue
		}
		record, readErr := readDatabaseRecord(path)
		err = errors.Join(err, readErr)
		if record != nil {
			paths, records = append(paths, path), append(records, *record)
		}
	}
	return paths, records, err
}

// databaseLeftovers finds databases of an instance that are still there, or that may be: where their server does not
// let us in without the password that only Terraform's configuration knows.
func databaseLeftovers(ctx context.Context, home, instance string) ([]provision.Leftover, error) {
	_, records, err := databaseRecords(home, instance)
	var found []provision.Leftover
	for _, record := range records {
		left, lookErr := record.look(ctx, false)
		switch {
		case lookErr != nil:
			found = append(found, record.leftover("it may be there, and is dropped by: "+record.dropCommand()+" ("+lookErr.Error()+")"))
		case left:
			found = append(found, record.leftover("dropped by: "+record.dropCommand()))
		}
	}
	return found, err
}

// sweepDatabases drops them.
func sweepDatabases(ctx context.Context, home, instance string) (gone, left []provision.Leftover, err error) {
	paths, records, err := databaseRecords(home, instance)
	for i, record := range records {
		was, dropErr := record.look(ctx, true)
		if dropErr != nil {
			left = append(left, record.leftover("to be dropped by: "+record.dropCommand()+" ("+dropErr.Error()+")"))
			continue
		}
		if was {
			gone = append(gone, record.leftover(""))
		}
		if removeErr := removeFile(paths[i], filepath.Join(home, "run")); removeErr != nil {
			err = errors.Join(err, removeErr)
		}
	}
	return gone, left, err
}

// look says whether there is anything of a recorded database, and drops it if asked to.
func (r databaseRecord) look(ctx context.Context, dropIt bool) (there bool, err error) {
	server, err := r.server()
	if err != nil {
		return false, err
	}
	conn, err := server.connect(ctx, r.ID, r.Name)
	if err != nil {
		return false, err
	}
	defer hangUp(conn)
	for _, name := range []string{r.Temporary, r.Name} {
		found, err := find(ctx, conn, name)
		if err != nil {
			return there, err
		}
		if found == nil || name == r.Name && found.comment != ownComment(r.ID) {
			continue
		}
		there = true
		if dropIt {
			if err := drop(ctx, conn, name); err != nil {
				return there, err
			}
		}
	}
	return there, nil
}
