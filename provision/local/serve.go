package local

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

const (
	// orphanPoll is how often the provider looks whether Terraform still lives.
	orphanPoll = 200 * time.Millisecond
	// orphanGrace is how long what it is doing may take to come to an end when Terraform does not.
	orphanGrace = 10 * time.Second
)

// Serve is the provider. It returns when Terraform wants no more of it, and ends the process when Terraform has gone
// without a word: go-plugin leaves its servers behind then. Changes that are under way are cancelled and have a while
// to leave things as their files say.
func Serve() error {
	alive, orphaned := context.WithCancel(context.Background())
	defer orphaned()
	var working sync.WaitGroup
	go func() {
		parent := os.Getppid()
		for os.Getppid() == parent {
			time.Sleep(orphanPoll)
		}
		orphaned()
		done := make(chan struct{})
		go func() {
			working.Wait()
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(orphanGrace):
		}
		os.Exit(1)
	}()
	serve := providerserver.NewProtocol6(&maquetteProvider{})
	return tf6server.Serve(ProviderAddress, func() tfprotov6.ProviderServer {
		return &mortalServer{ProviderServer: serve(), alive: alive, working: &working}
	})
}

// mortalServer cancels changes when Terraform is gone, and tells of those that are under way.
type mortalServer struct {
	tfprotov6.ProviderServer
	alive   context.Context
	working *sync.WaitGroup
}

func (s *mortalServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	s.working.Add(1)
	defer s.working.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.alive, cancel)()
	return s.ProviderServer.ApplyResourceChange(ctx, req)
}
