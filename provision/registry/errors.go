package registry

import (
	"errors"
	"io/fs"
	"syscall"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// advice says what to do about an error; "" where there is nothing to say.
func advice(err error) string {
	const (
		access = ": check that you may write to the file and to its directory"
		space  = ": make space on its disk, then run the command again"
	)
	var failure *sqlite.Error
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return space
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EROFS):
		return access
	case !errors.As(err, &failure):
		return ""
	}
	switch failure.Code() & 0xff { // less what extended codes add
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return ": the file is damaged, or is no registry. Restore a copy of it; without one move it away, and destroy what it " +
			"knew with Terraform, in the directories instances/*/root beside it"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return access
	case sqlite3.SQLITE_FULL:
		return space
	case sqlite3.SQLITE_BUSY:
		return ": another process keeps it from being written. Wait for it or end it, then run the command again"
	case sqlite3.SQLITE_IOERR:
		return ": check its disk"
	}
	return ""
}
