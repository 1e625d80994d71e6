package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/maquette/maquette/provision/local/wire"
)

// Answer answers the question in the arguments of this process, and returns its exit code. What goes wrong with the
// question itself is said in the reply.
func Answer() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := answer(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", wire.Program, err)
		return 1
	}
	return 0
}

func answer(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 || replies[args[0]] == nil {
		return errors.New("this is a part of maquette, which starts it, and has Terraform start it: see maquette --help")
	}
	var req wire.Request
	if err := json.NewDecoder(in).Decode(&req); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		os.Exit(1) // whoever has asked is gone
	}()
	var reply wire.Reply
	if err := replies[args[0]](ctx, req, &reply); err != nil {
		reply.Error = err.Error()
	}
	return json.NewEncoder(out).Encode(reply)
}

// replies has what answers a question.
var replies = map[string]func(ctx context.Context, req wire.Request, reply *wire.Reply) error{
	wire.Sweep: func(ctx context.Context, req wire.Request, reply *wire.Reply) (err error) {
		reply.Gone, reply.Left, err = Platform{req.Home}.Sweep(ctx, req.Instance, req.ID)
		return err
	},
	wire.Strays: func(ctx context.Context, req wire.Request, reply *wire.Reply) (err error) {
		reply.Strays, err = Platform{req.Home}.Strays(ctx, req.Known)
		return err
	},
	wire.Services: func(_ context.Context, req wire.Request, reply *wire.Reply) (err error) {
		reply.Services = map[string][]wire.ServiceStatus{}
		for _, instance := range req.Instances {
			if reply.Services[instance], err = Services(req.Home, instance); err != nil {
				return err
			}
		}
		return nil
	},
}
