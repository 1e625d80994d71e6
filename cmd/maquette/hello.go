package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// newHello is the application of the example that `maquette init` writes: a server that is there wherever Maquette is.
func newHello(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:     "hello",
		Short:   "Say at the port in PORT which member of which environment answers: the example's application",
		Example: `  PORT=8080 maquette hello`,
		Hidden:  true,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
			if err != nil {
				return fmt.Errorf("listening at the port in PORT: %w", err)
			}
			server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, "Hello from %s %s of %s\n", os.Getenv("SERVICE"), os.Getenv("MEMBER"), os.Getenv("ENVIRONMENT"))
			})}
			stop := context.AfterFunc(cmd.Context(), func() {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 5*time.Second)
				defer cancel()
				if err := server.Shutdown(ctx); err != nil {
					fmt.Fprintln(s.err, "maquette: stopping:", err)
				}
			})
			defer stop()
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		},
	}
}
