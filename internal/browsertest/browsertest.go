// Package browsertest drives a real Chromium for tests and benchmarks: it opens
// pages of a built site as a reader would and remembers what a reader would not
// want.
//
// It takes a test and an address and gives a Tab. It is the only home of
// chromedp.
//
// Invariant: a test without a browser fails, it is never skipped, and waiting
// ends when something happens, never after a time.
package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys that are no characters, for Tab.Press.
const (
	Tabulator = kb.Tab
	Enter     = kb.Enter
	Escape    = kb.Escape
)

// limit bounds one test's use of a tab where it asks for no other, so that a page
// which never does what a test waits for fails it.
const limit = 90 * time.Second

// Browser is a Chromium that one test owns.
type Browser struct{ ctx context.Context }

// Start starts a Chromium and ends it with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(context.Background())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v\nmake test installs it where it may; on Debian and Ubuntu: apt-get install chromium", err)
	}
	return &Browser{ctx}
}

// View is how a reader looks at a page.
type View struct {
	Width, Height int64 // CSS pixels; 0 is 1280 by 900
	Dark          bool
	NoScript      bool
	ReducedMotion bool

	Life time.Duration // after which the tab fails its test; 0 is 90 seconds
}

// Tab is one page being read.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	console  []string
	requests []string
}

// Open opens a tab and ends it with the test.
func (b *Browser) Open(t testing.TB, v View) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	life := v.Life
	if life == 0 {
		life = limit
	}
	ctx, cancelLimit := context.WithTimeout(ctx, life)
	t.Cleanup(cancelLimit)
	tab := &Tab{t: t, ctx: ctx}
	if v.Width == 0 {
		v.Width, v.Height = 1280, 900
	}
	tab.do(chromedp.EmulateViewport(v.Width, v.Height))
	if err := chromedp.Listen(ctx, tab.record); err != nil {
		t.Fatal(err)
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if v.Dark {
		features[0].Value = "dark"
	}
	if v.ReducedMotion {
		features = append(features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript})
	return tab
}

// record keeps what the page says and asks for. It runs in the loop that reads
// the browser's messages.
func (tab *Tab) record(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var parts []string
		for _, arg := range e.Args {
			parts = append(parts, strings.Trim(string(arg.Value)+arg.Description, `"`))
		}
		tab.console = append(tab.console, "console."+string(e.Type)+": "+strings.Join(parts, " "))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		tab.console = append(tab.console, "exception: "+text)
	case *log.EventEntryAdded:
		tab.console = append(tab.console, string(e.Entry.Source)+" "+string(e.Entry.Level)+": "+e.Entry.Text+" "+e.Entry.URL)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") && !strings.HasPrefix(e.Request.URL, "blob:") {
			tab.requests = append(tab.requests, e.Request.URL)
		}
	}
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.t.Fatal(err)
	}
}

// call sends a command of the browser's protocol.
func call[P, R any](tab *Tab, cmd cdp.Command[P, R], params P) {
	tab.t.Helper()
	if _, err := chromedp.Call(tab.ctx, cmd, params); err != nil {
		tab.t.Fatal(err)
	}
}

// Go opens an address and waits until it is loaded.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(address))
}

// Eval gives the value of a JavaScript expression in the page; a promise is
// waited for.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	v, err := chromedp.Run(tab.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("%.1000s: %v", expression, err)
	}
	return v
}

// Wait waits until a JavaScript expression is true. The page's own content
// security policy forbids the eval of chromedp.Poll. A page that reloads in the
// meantime is asked again.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, limit/3)
	defer cancel()
	script := `new Promise(done => { const look = () => (` + expression + `) ? done(true) : requestAnimationFrame(look); look() })`
	var err error
	for again := true; again; {
		_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
		again = err != nil && ctx.Err() == nil && navigated(err)
	}
	if err != nil {
		body, _ := chromedp.Run(tab.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		tab.t.Fatalf("the page never got so far that %s: %v\nconsole: %s\nthe page says:\n%s", expression, err, tab.Console(), body)
	}
}

// navigated reports whether an evaluation failed because its page went away.
func navigated(err error) bool {
	for _, text := range []string{"navigated or closed", "context was destroyed", "Cannot find context"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// Click clicks the first element that a CSS selector finds, where a mouse would.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.do(chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// Follow clicks a link and waits for the page behind it.
func (tab *Tab) Follow(selector string) {
	tab.t.Helper()
	_, err := chromedp.Run(tab.ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS(selector))))
	if err != nil {
		tab.t.Fatalf("following %s: %v", selector, err)
	}
}

// Choose gives a file to the first file input that a CSS selector finds.
func (tab *Tab) Choose(selector string, files ...string) {
	tab.t.Helper()
	tab.do(chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Press presses keys one after the other in the focused element.
func (tab *Tab) Press(keys string) {
	tab.t.Helper()
	tab.do(chromedp.KeyEvent(keys))
}

// Focus gives an element the keyboard.
func (tab *Tab) Focus(selector string) {
	tab.t.Helper()
	tab.do(chromedp.Focus(chromedp.CSS(selector)))
}

// Paste inserts text into the focused element as a paste does, all at once.
func (tab *Tab) Paste(text string) {
	tab.t.Helper()
	call(tab, input.InsertText, input.InsertTextParams{Text: text})
}

// Screenshot returns the whole page as a PNG.
func (tab *Tab) Screenshot() []byte {
	tab.t.Helper()
	data, err := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		tab.t.Fatal(err)
	}
	return data
}

// Console returns what the page printed, threw or was refused so far.
func (tab *Tab) Console() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.console)
}

// Requests returns the addresses that the tab asked for so far, without blob:
// and data:.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.requests)
}

// WaitConsole waits until the page printed, threw or was refused something that
// contains the text.
func (tab *Tab) WaitConsole(text string) {
	tab.t.Helper()
	for tab.ctx.Err() == nil {
		if strings.Contains(strings.Join(tab.Console(), "\n"), text) {
			return
		}
		Eval[bool](tab, "new Promise(done => requestAnimationFrame(() => done(true)))")
	}
	tab.t.Fatalf("the console never said %q but %q", text, tab.Console())
}

// WantQuiet fails the test if the page printed, threw or was refused anything.
func (tab *Tab) WantQuiet() {
	tab.t.Helper()
	if lines := tab.Console(); len(lines) > 0 {
		tab.t.Errorf("the console is not empty:\n%s", strings.Join(lines, "\n"))
	}
}

// Serve serves a folder over HTTP until the test ends and returns its address,
// with "/" at the end.
func Serve(t testing.TB, dir string) string {
	t.Helper()
	server := httptest.NewServer(http.FileServerFS(os.DirFS(dir)))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// FileURL returns the file:// address of a folder, with "/" at the end.
func FileURL(t testing.TB, dir string) string {
	t.Helper()
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs) + "/"}).String()
}
