package terraform

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// attachTimeout is how long our provider may take to be ready.
const attachTimeout = 5 * time.Second

// magicCookie tells a provider that it is started as one.
const magicCookie = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// attached is our provider, started once for one run of Terraform's, which would start it about four times. It serves
// this run alone: its configuration, and so the instance it works for, is that of the process.
type attached struct {
	cmd    *exec.Cmd
	exited chan struct{}
	stderr tail
}

// attach starts our own binary as the provider, and adds to Terraform's environment where to find it. It returns nil
// where that does not work out: Terraform then starts the provider itself.
func attach(addresses string, env []string) (*attached, []string) {
	if addresses == "" {
		return nil, env
	}
	self, err := os.Executable()
	if err != nil {
		return nil, env
	}
	a := &attached{cmd: exec.Command(self), exited: make(chan struct{})}
	a.cmd.Env = append(env[:len(env):len(env)], magicCookie, "PLUGIN_PROTOCOL_VERSIONS=6")
	a.cmd.SysProcAttr = ownGroup()
	a.cmd.Stderr = &a.stderr
	stdout, err := a.cmd.StdoutPipe()
	if err != nil || a.cmd.Start() != nil {
		return nil, env
	}
	said := make(chan string, 1)
	go func() {
		reader := bufio.NewReader(stdout)
		line, _ := reader.ReadString('\n')
		said <- line
		_, _ = io.Copy(io.Discard, reader)
		_ = a.cmd.Wait()
		close(a.exited)
	}()
	select {
	case line := <-said:
		if config, err := reattachment(line, a.cmd.Process.Pid, strings.Split(addresses, ",")); err == nil {
			return a, append(env[:len(env):len(env)], "TF_REATTACH_PROVIDERS="+config)
		}
	case <-time.After(attachTimeout):
	}
	a.end(true)
	return nil, env
}

// reattachment makes what Terraform reads from the line that a provider says when it is ready:
// "1|6|unix|/tmp/plugin123|grpc|".
func reattachment(line string, pid int, addresses []string) (string, error) {
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 {
		return "", fmt.Errorf("%q is no handshake of a provider", line)
	}
	version, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", err
	}
	config := map[string]tfexec.ReattachConfig{}
	for _, address := range addresses {
		config[address] = tfexec.ReattachConfig{
			Protocol: parts[4], ProtocolVersion: version, Pid: pid,
			Test: true, // it is not Terraform's to end
			Addr: tfexec.ReattachConfigAddr{Network: parts[2], String: parts[3]},
		}
	}
	text, err := json.Marshal(config)
	return string(text), err
}

// end ends the provider after Terraform. Where that has not come to its own end, the provider may still be working: it
// sees that nobody is there any more, and leaves things in order.
func (a *attached) end(orderly bool) {
	if a == nil {
		return
	}
	select {
	case <-a.exited: // before its time
		_, _ = os.Stderr.WriteString(a.stderr.String())
		return
	default:
	}
	if orderly {
		_ = a.cmd.Process.Kill()
		<-a.exited
	}
}

// tail keeps the end of what is written: a crash is told there.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxTail = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - maxTail; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
