package lock

import (
	"cmp"
	"os"
	"os/user"
)

// Actor is who runs this process, as user@host.
func Actor() string {
	name := cmp.Or(os.Getenv("USER"), os.Getenv("USERNAME"))
	if account, err := user.Current(); err == nil {
		name = account.Username
	}
	host, _ := os.Hostname()
	return cmp.Or(name, "unknown") + "@" + cmp.Or(host, "unknown")
}
