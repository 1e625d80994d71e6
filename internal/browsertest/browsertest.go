// Package browsertest opens pages in a real Chromium for tests, without a
// window, and tells of everything that a page asks for or complains about.
package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Browser lives until the end of a test.
type Browser struct{ ctx context.Context }

// Start starts a browser, which takes about a second: share it among subtests. Where there is none the test fails, as a
// test that did not run has proved nothing; MAQUETTE_NO_CHROMIUM=1 says that this is known.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := binary()
	if err != nil {
		if os.Getenv("MAQUETTE_NO_CHROMIUM") == "1" {
			t.Skipf("MAQUETTE_NO_CHROMIUM=1: not run, as it needs Chromium: %v", err)
		}
		t.Fatalf("this test needs Chromium: %v. Install it (the package chromium); MAQUETTE_NO_CHROMIUM=1 skips the tests that need it.", err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.DisableGPU)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root has none to go into
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx), "starting %s", path)
	return &Browser{ctx}
}

// binary is that of Chromium, or of Chrome.
func binary() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
	if _, err := os.Stat(mac); err == nil {
		return mac, nil
	}
	return "", errors.New("neither chromium nor google-chrome is on PATH")
}

// View is how a page is looked at.
type View struct {
	Width, Height int64 // CSS pixels
	Dark          bool
	NoScript      bool
	Fragment      string // of the address, after #
}

// Page is one that is open, in a tab of its own.
type Page struct {
	t     testing.TB
	ctx   context.Context
	URL   string
	Close func() // before the test ends

	mu         sync.Mutex
	requests   []string
	complaints []string
}

// Open opens a page, and closes it when the test ends. Nothing on it takes longer than a minute.
func (b *Browser) Open(t testing.TB, html []byte, v View) *Page {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, html, 0o600))
	p := &Page{t: t, URL: "file://" + filepath.ToSlash(file)}
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	p.Close = cancel
	p.ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Listen(p.ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			p.requests = append(p.requests, e.Request.URL)
		case *runtime.EventExceptionThrown:
			p.complaints = append(p.complaints, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			for _, arg := range e.Args {
				p.complaints = append(p.complaints, string(e.Type)+": "+string(arg.Value)+arg.Description)
			}
		case *log.EventEntryAdded:
			p.complaints = append(p.complaints, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	}))
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	address := p.URL
	if v.Fragment != "" {
		address += "#" + v.Fragment
	}
	Call(p, network.Enable, network.EnableParams{})
	Call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript})
	p.Media("", scheme)
	p.Do(chromedp.EmulateViewport(v.Width, v.Height), chromedp.Navigate(address))
	return p
}

// Call sends a command of the DevTools protocol.
func Call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	require.NoError(p.t, err)
	return result
}

// Media has the page look as on a medium ("print"; "": the screen) with a preferred colour scheme.
func (p *Page) Media(medium, scheme string) {
	p.t.Helper()
	Call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Do does things on the page, one after the other.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// Get does one thing on the page, and returns what it comes to.
func Get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	result, err := chromedp.Run(p.ctx, action)
	require.NoError(p.t, err)
	return result
}

// Eval decodes what an expression of JavaScript comes to, which may be a promise.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return Get(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Requests are the addresses that were asked for so far, that of the page first.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Complaints are what the console shows so far: errors, refusals of the page's policy, and what the page itself says.
func (p *Page) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.complaints)
}
