package local

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/maquette/maquette/provision/terraform"
)

const (
	// orphanPoll is how often the provider looks whether Terraform still lives.
	orphanPoll = 200 * time.Millisecond
	// orphanGrace is how long what it is doing may take to come to an end when Terraform does not.
	orphanGrace = 10 * time.Second
)

// Serve is the provider as a process that Terraform starts. It returns when Terraform wants no more of it, and ends the
// process when Terraform has gone without a word: go-plugin leaves its servers behind then.
func Serve() error {
	m := newMortal(nil)
	go func() {
		parent := os.Getppid()
		for os.Getppid() == parent {
			time.Sleep(orphanPoll)
		}
		m.end()
		os.Exit(1)
	}()
	return tf6server.Serve(ProviderAddress, m.server)
}

// attachTimeout is how long the provider may take until it listens.
const attachTimeout = 5 * time.Second

// Attach serves the provider from within the shim around Terraform, for one run. What is planned in a run that applies
// is made at once after that, and begins early.
func Attach(applies bool) (*terraform.Attached, error) {
	var ahead *early
	if applies {
		ahead = &early{waiting: map[string]*starting{}}
	}
	m := newMortal(ahead)
	ctx, cancel := context.WithCancel(context.Background())
	configs, closed, failed := make(chan *plugin.ReattachConfig, 1), make(chan struct{}), make(chan error, 1)
	go func() {
		failed <- tf6server.Serve(ProviderAddress, m.server, tf6server.WithDebug(ctx, configs, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
	}()
	select {
	case config := <-configs:
		return &terraform.Attached{
			Network: config.Addr.Network(), Address: config.Addr.String(),
			End: func(orderly bool) {
				if !orderly {
					m.end()
				}
				cancel()
				<-closed
				ahead.end()
			},
		}, nil
	case err := <-failed:
		cancel()
		return nil, fmt.Errorf("the provider ended before it began: %w", err)
	case <-time.After(attachTimeout):
		cancel()
		return nil, fmt.Errorf("the provider did not listen after %s", attachTimeout)
	}
}

// mortal is a provider whose changes are cancelled when Terraform is gone, and have a while then to leave things as
// their files say.
type mortal struct {
	alive   context.Context
	gone    context.CancelFunc
	working sync.WaitGroup
	serve   func() tfprotov6.ProviderServer
}

func newMortal(ahead *early) *mortal {
	quieten()
	m := &mortal{serve: providerserver.NewProtocol6(&maquetteProvider{early: ahead})}
	m.alive, m.gone = context.WithCancel(context.Background())
	return m
}

func (m *mortal) server() tfprotov6.ProviderServer {
	return &mortalServer{ProviderServer: m.serve(), mortal: m}
}

// quieten turns the log of the plugin libraries off, unless the user asks for one: they write hundreds of lines for each
// run, which Terraform takes only to drop them.
func quieten() {
	if os.Getenv("TF_LOG") != "" || os.Getenv("TF_LOG_PROVIDER") != "" {
		return
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_MAQUETTE"} {
		if os.Getenv(name) == "" {
			os.Setenv(name, "OFF")
		}
	}
}

// end cancels what is under way, and waits for it, for a while.
func (m *mortal) end() {
	m.gone()
	done := make(chan struct{})
	go func() {
		m.working.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(orphanGrace):
	}
}

// mortalServer tells of changes that are under way.
type mortalServer struct {
	tfprotov6.ProviderServer
	*mortal
}

func (s *mortalServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	s.working.Add(1)
	defer s.working.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.alive, cancel)()
	return s.ProviderServer.ApplyResourceChange(ctx, req)
}
