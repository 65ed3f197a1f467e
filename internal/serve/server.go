package serve

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/render"
)

// Paths of what live reload needs, which would hide files of these names.
const (
	scriptPath = "/_live/live.js"
	eventsPath = "/_live/events"
)

// Policy is the Content-Security-Policy of the pages that are served: that of a
// published page, and a connection back to the server.
func Policy() string {
	return strings.Replace(render.Policy, "connect-src 'none'", "connect-src 'self'", 1)
}

//go:embed live.js
var script []byte

// state is what open pages know: the version of the site, and what keeps a newer
// one from being built.
type state struct {
	Version  string        `json:"version"`
	Problems []diag.Record `json:"problems"`
}

// server serves the last good site, and the state to open pages.
type server struct {
	mu      sync.Mutex
	files   map[string][]byte
	state   state
	changed chan struct{} // closed when state changes
}

// publish takes the outcome of a build. After an error the old files stay.
func (s *server) publish(b Built) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Problems = []diag.Record{}
	if b.Files == nil {
		s.state.Problems = errorsFirst(b.Problems)
	} else {
		s.files, s.state.Version = b.Files, version(b.Files)
	}
	if s.changed != nil {
		close(s.changed)
	}
	s.changed = make(chan struct{})
}

// errorsFirst puts what stops the build before what does not.
func errorsFirst(problems []diag.Record) []diag.Record {
	out := append([]diag.Record{}, problems...)
	slices.SortStableFunc(out, func(a, b diag.Record) int {
		switch x, y := a.Severity == diag.Error, b.Severity == diag.Error; {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

func (s *server) current() (state, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.changed
}

// site returns the last good site and its version, "" and nil before there is one.
func (s *server) site() (files map[string][]byte, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files, s.state.Version
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	switch r.URL.Path {
	case eventsPath:
		s.events(w, r)
	case scriptPath:
		send(w, r, "live.js", http.StatusOK, script, "")
	default:
		s.page(w, r)
	}
}

// page serves a file of the site: a folder is its index.html.
func (s *server) page(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if folder := strings.HasSuffix(r.URL.Path, "/"); folder {
		name = path.Join(name, "index.html")
	}
	files, version := s.site()
	if data, found := files[name]; found {
		send(w, r, name, http.StatusOK, data, version)
		return
	}
	if _, found := files[path.Join(name, "index.html")]; found {
		target := *r.URL
		target.Scheme, target.Host, target.Path, target.RawPath = "", "", "/"+name+"/", ""
		http.Redirect(w, r, target.String(), http.StatusTemporaryRedirect)
		return
	}
	data, found := files["404.html"]
	switch {
	case found:
		send(w, r, "404.html", http.StatusNotFound, data, version)
	case files != nil:
		http.NotFound(w, r)
	default: // the first build failed: a page to lay the problems over
		send(w, r, "waiting.html", http.StatusServiceUnavailable, []byte(waiting), version)
	}
}

const waiting = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>No site yet</title><meta name="color-scheme" content="light dark"></head>
<body><p>The site could not be built yet. This page reloads when it can.</p></body></html>
`

// send writes a response; a page gets the script of live reload, which learns
// from it what version of the site the page is of.
func send(w http.ResponseWriter, r *http.Request, name string, status int, data []byte, version string) {
	kind := contentType(name, data)
	if strings.HasPrefix(kind, "text/html") {
		tag := fmt.Sprintf(`<script src="%s" data-version="%s" defer></script>`, scriptPath, version)
		data = bytes.Replace(data, []byte("</head>"), []byte(tag+"\n</head>"), 1)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(data) // a reader who has gone is no failure
	}
}

// contentType is the type of a file by its name. The table comes before the
// system's, which differs between machines.
func contentType(name string, data []byte) string {
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".md": "text/markdown; charset=utf-8",
		".txt": "text/plain; charset=utf-8", ".xml": "application/xml", ".yaml": "application/yaml", ".yml": "application/yaml",
		".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
		".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon", ".woff2": "font/woff2",
		".webmanifest": "application/manifest+json", ".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm",
	}
	ext := strings.ToLower(path.Ext(name))
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return http.DetectContentType(data)
}

// events sends the state to a page, now and whenever it changes, as server-sent
// events.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		now, changed := s.current()
		data, err := json.Marshal(now)
		if err != nil {
			panic(err) // a state holds text and numbers only
		}
		if _, err := fmt.Fprintf(w, "retry: 500\ndata: %s\n\n", data); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-time.After(heartbeat):
			if _, err := fmt.Fprint(w, ": alive\n\n"); err != nil {
				return
			}
		}
	}
}

// heartbeat keeps a proxy or firewall between browser and server from ending a
// silent stream.
const heartbeat = 25 * time.Second
