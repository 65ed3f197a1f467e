package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/diag"
)

// site is a folder of real files, served. A build copies them; a file with the
// word "broken" stops it.
type site struct {
	t      *testing.T
	dir    string
	url    string
	builds chan []string // names of the files of each build
	stop   context.CancelFunc
	ended  chan error
}

// start serves a folder. Each build takes the place of a burst's end, so no test
// waits for a clock.
func start(t *testing.T, files map[string]string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), builds: make(chan []string, 100), ended: make(chan error, 1)}
	for name, text := range files {
		s.write(name, text)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	started := make(chan string, 1)
	go func() {
		s.ended <- Run(ctx, "127.0.0.1:0", Options{
			Build: func(string) (Built, error) { return s.build(), nil },
			Folders: func() []string {
				var dirs []string
				s.walk(func(path string, d fs.DirEntry) {
					if d.IsDir() {
						dirs = append(dirs, path)
					}
				})
				return dirs
			},
			Ignore:  func(path string) bool { return strings.Contains(path, "public") },
			Started: func(address string) { started <- address },
			Wait:    at,
		})
	}()
	select {
	case s.url = <-started:
	case err := <-s.ended:
		t.Fatal(err)
	}
	<-s.builds
	t.Cleanup(func() {
		stop()
		if s.ended != nil {
			<-s.ended
		}
	})
	return s
}

// at is a burst that has ended as soon as it began.
func at() <-chan time.Time {
	c := make(chan time.Time, 1)
	c <- time.Time{}
	return c
}

func (s *site) walk(f func(string, fs.DirEntry)) {
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			f(path, d)
		}
		return nil // what goes away while it is looked at is gone
	})
	if err != nil {
		s.t.Error(err)
	}
}

func (s *site) build() Built {
	b := Built{Files: map[string][]byte{}}
	names := []string{}
	s.walk(func(path string, d fs.DirEntry) {
		text, err := os.ReadFile(path)
		if err != nil {
			return
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, s.dir+string(filepath.Separator)))
		names = append(names, name)
		if strings.Contains(string(text), "broken") {
			b.Problems = append(b.Problems, diag.Record{Code: "test/broken", Severity: diag.Error, File: name, Line: 3, Column: 7, Message: `"broken" is broken`, Hint: "mend it"})
		}
		b.Files[name] = text
	})
	if len(b.Problems) > 0 {
		b.Files = nil
	}
	s.builds <- names
	return b
}

func (s *site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// save writes as Vim and others do: a new file takes the place of the old one.
func (s *site) save(name, text string) {
	s.t.Helper()
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".swp")
	s.write(temporary, text)
	if err := os.Rename(filepath.Join(s.dir, temporary), filepath.Join(s.dir, name)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) get(method, path string) (*http.Response, string) {
	s.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequest(method, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(body)
}

// stream is an open page.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	last  state
}

func (s *site) open() *stream {
	s.t.Helper()
	res, err := http.Get(s.url + "_live/events")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		s.t.Errorf("events are %q", kind)
	}
	st := &stream{t: s.t, lines: bufio.NewScanner(res.Body)}
	st.next()
	return st
}

// next waits for what the page is told next.
func (st *stream) next() state {
	st.t.Helper()
	for st.lines.Scan() {
		if data, ok := strings.CutPrefix(st.lines.Text(), "data: "); ok {
			st.last = state{}
			if err := json.Unmarshal([]byte(data), &st.last); err != nil {
				st.t.Fatal(err)
			}
			return st.last
		}
	}
	st.t.Fatalf("the stream ended: %v", st.lines.Err())
	return state{}
}

// until waits for a state.
func (st *stream) until(want func(state) bool) state {
	st.t.Helper()
	for !want(st.last) {
		st.next()
	}
	return st.last
}

// version waits until the page is told of another version, and of no problems.
func (st *stream) version() {
	st.t.Helper()
	before := st.last.Version
	st.until(func(now state) bool { return now.Version != before && len(now.Problems) == 0 })
}

func (st *stream) problems() []diag.Record {
	st.t.Helper()
	return st.until(func(now state) bool { return len(now.Problems) > 0 }).Problems
}

const page = "<!doctype html><html><head><title>t</title></head><body>one</body></html>"

func TestFiles(t *testing.T) {
	s := start(t, map[string]string{
		"index.html": page, "a/b/index.html": page, "404.html": "<head></head>nothing here", "assets/x.js": "1", "assets/x.css": "", "checks.mjs": "", "rules.json": "[]",
		"a/media/p.svg": "<svg/>", "a/index.md": "# A", "assets/f.woff2": "", "robots.txt": "", "sitemap.xml": "", "none": "\x00\x01",
	})
	for path, want := range map[string]string{
		"":               "200 text/html; charset=utf-8",
		"index.html":     "200 text/html; charset=utf-8",
		"a/b/":           "200 text/html; charset=utf-8",
		"a/b/?q=1":       "200 text/html; charset=utf-8",
		"a/b":            "307 /a/b/",
		"a/b?q=1":        "307 /a/b/?q=1",
		"a/":             "404 text/html; charset=utf-8",
		"../../etc":      "404 text/html; charset=utf-8",
		"//evil.test/..": "307 /",
		"assets/x.js":    "200 text/javascript; charset=utf-8",
		"assets/x.css":   "200 text/css; charset=utf-8",
		"checks.mjs":     "200 text/javascript; charset=utf-8",
		"rules.json":     "200 application/json",
		"a/media/p.svg":  "200 image/svg+xml",
		"a/index.md":     "200 text/markdown; charset=utf-8",
		"assets/f.woff2": "200 font/woff2",
		"robots.txt":     "200 text/plain; charset=utf-8",
		"sitemap.xml":    "200 application/xml",
		"none":           "200 application/octet-stream",
		"_live/live.js":  "200 text/javascript; charset=utf-8",
	} {
		res, _ := s.get(http.MethodGet, path)
		got := res.Status[:3] + " " + res.Header.Get("Content-Type")
		if res.StatusCode == http.StatusTemporaryRedirect {
			got = res.Status[:3] + " " + res.Header.Get("Location")
		}
		if got != want {
			t.Errorf("/%s gives %s, not %s", path, got, want)
		}
		if cache := res.Header.Get("Cache-Control"); cache != "no-store" {
			t.Errorf("/%s may be cached: %q", path, cache)
		}
	}
	if res, body := s.get(http.MethodHead, "index.html"); body != "" || res.ContentLength < int64(len(page)) {
		t.Errorf("HEAD gives %d bytes and says %d", len(body), res.ContentLength)
	}
	if res, _ := s.get(http.MethodPost, "index.html"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST gives %s", res.Status)
	}
	_, body := s.get(http.MethodGet, "")
	if strings.Count(body, `<script src="/_live/live.js" data-version="`) != 1 {
		t.Errorf("the page does not load live reload once:\n%s", body)
	}
	if _, script := s.get(http.MethodGet, "assets/x.js"); script != "1" {
		t.Errorf("a script was changed to %q", script)
	}
}

// TestReload changes files in the ways that editors and tools do.
func TestReload(t *testing.T) {
	s := start(t, map[string]string{"index.html": page, "a/index.html": page})
	p := s.open()

	// A file is empty for a moment while it is written, so a build may find it so.
	shows := func(path, text string) {
		p.until(func(state) bool { _, body := s.get(http.MethodGet, path); return strings.Contains(body, text) })
	}
	s.write("index.html", page+"two")
	shows("", "two")

	s.save("a/index.html", page+"three")
	shows("a/", "three")

	// A new folder, then a file in it.
	s.write("new/deep/index.html", page)
	shows("new/deep/", "one")
	s.write("new/deep/index.html", page+"four")
	shows("new/deep/", "four")

	// A folder goes and comes back.
	if err := os.RemoveAll(filepath.Join(s.dir, "a")); err != nil {
		t.Fatal(err)
	}
	p.until(func(state) bool { res, _ := s.get(http.MethodGet, "a/"); return res.StatusCode == http.StatusNotFound })
	s.write("a/index.html", page+"five")
	shows("a/", "five")
}

// TestProblems breaks a site and mends it.
func TestProblems(t *testing.T) {
	s := start(t, map[string]string{"index.html": page, "x.txt": "fine"})
	p := s.open()
	before := p.last.Version
	s.save("x.txt", "broken")
	got := p.problems()
	want := diag.Record{Code: "test/broken", Severity: diag.Error, File: "x.txt", Line: 3, Column: 7, Message: `"broken" is broken`, Hint: "mend it"}
	if len(got) != 1 || got[0] != want {
		t.Errorf("the page is told of %+v", got)
	}
	if p.last.Version != before {
		t.Error("a failed build is a new version")
	}
	if _, body := s.get(http.MethodGet, "x.txt"); body != "fine" {
		t.Errorf("the last good site is gone: %q", body)
	}
	s.save("x.txt", "fine")
	p.until(func(now state) bool { return len(now.Problems) == 0 })
	if p.last.Version != before {
		t.Error("a site with the old bytes is a new version")
	}
}

// TestBrokenFromTheStart serves a page to lay the problems over.
func TestBrokenFromTheStart(t *testing.T) {
	s := start(t, map[string]string{"index.html": "broken"})
	res, body := s.get(http.MethodGet, "any/page/")
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, scriptPath) {
		t.Errorf("%s\n%s", res.Status, body)
	}
	p := s.open()
	if len(p.last.Problems) != 1 {
		t.Errorf("a page is told of %v", p.last.Problems)
	}
	s.write("index.html", page)
	p.version()
	if res, _ := s.get(http.MethodGet, ""); res.StatusCode != http.StatusOK {
		t.Error(res.Status)
	}
}

// TestIgnored holds what is no part of a site from building it.
func TestIgnored(t *testing.T) {
	s := start(t, map[string]string{"index.html": page, "public/x": "", "sub/x": ""})
	for _, name := range []string{"public/x", ".index.html.swp", "index.html~", "#index.html#", "4913", "sub/x___jb_tmp___"} {
		s.write(name, "changed")
	}
	if err := os.Chmod(filepath.Join(s.dir, "index.html"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := s.open()
	s.write("index.html", page+"two")
	p.until(func(state) bool { _, body := s.get(http.MethodGet, ""); return strings.Contains(body, "two") })
	// The system tells of changes in their order. A written file is two of them.
	if n := len(s.builds); n > 2 {
		t.Errorf("there were %d builds", n)
	}
}

// TestBurst holds many changes to one build: it is made when the burst ends, and
// what happens while it runs makes another.
func TestBurst(t *testing.T) {
	dir := t.TempDir()
	ends := make(chan chan time.Time, 100)
	w, err := newWatch(Options{Folders: func() []string { return []string{dir} }, Wait: func() <-chan time.Time {
		end := make(chan time.Time, 1)
		ends <- end
		return end
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.follow(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	built, ended := make(chan bool), make(chan error)
	go func() {
		ended <- w.rebuild(ctx, func() error { built <- true; return nil })
	}()
	var last chan time.Time
	for _, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		last = <-ends // each change puts the end off
	}
	select {
	case <-built:
		t.Fatal("built before the burst ended")
	default:
	}
	last <- time.Time{}
	<-built
	if err := os.WriteFile(filepath.Join(dir, "d"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	last = <-ends
	last <- time.Time{}
	<-built
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestStop ends a server whose pages are open.
func TestStop(t *testing.T) {
	s := start(t, map[string]string{"index.html": page})
	p := s.open()
	s.stop()
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	s.ended = nil
	if p.lines.Scan() && strings.HasPrefix(p.lines.Text(), "data: ") {
		t.Error("an open page was told something")
	}
	if _, err := http.Get(s.url); err == nil {
		t.Error("the server still answers")
	}
}

func TestAddressInUse(t *testing.T) {
	s := start(t, map[string]string{"index.html": page})
	addr := strings.TrimSuffix(strings.TrimPrefix(s.url, "http://"), "/")
	if err := Run(context.Background(), addr, Options{}); err == nil {
		t.Error("two servers have one address")
	}
}
