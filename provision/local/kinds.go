package local

import (
	"context"

	"github.com/maquette/maquette/provision"
)

// keeper looks after things of one kind that are more than processes and files of the run directory. Both functions
// take a canonical home, and find nothing where there is nothing. What an older instance of the same name has left is this
// one's to take away: its directory goes, and with it all that could find it.
type keeper struct {
	// leftovers finds what there is of an instance.
	leftovers func(ctx context.Context, home, instance string) ([]provision.Leftover, error)
	// sweep takes it away, and says what it could not.
	sweep func(ctx context.Context, home, instance string) (gone, left []provision.Leftover, err error)
}

// keepers are asked by Platform, in this order, before it looks at the run directory.
var keepers = []keeper{
	{databaseLeftovers, sweepDatabases},
	{checkoutLeftovers, sweepCheckouts},
}
