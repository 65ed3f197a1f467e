// Package serve shows a site while it is written: it builds the site in memory,
// watches its folders, builds again after a change and tells the open pages.
//
// It takes a function that builds, and gives a web server. It is the only home of
// fsnotify.
//
// Invariant: a failed build never replaces the site that is served; nothing that
// live reload needs is in the files that a build makes.
package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/plumbline/plumbline/internal/diag"
)

// Built is the outcome of one build.
type Built struct {
	Files    map[string][]byte // by path; nil where there were errors
	Problems []diag.Record     // as the browser shows them
}

// Options of Run.
type Options struct {
	// Build makes the site at the address "http://host:port/". It is never called
	// twice at once. An error is a failure of our own and ends the server.
	Build func(address string) (Built, error)
	// Folders lists the folders to watch, each without what is below it. It is
	// asked again before each build, since folders come and go.
	Folders func() []string
	// Ignore reports whether a changed path has nothing to do with the site.
	Ignore func(path string) bool
	// Started is called once, when the first build is done and pages are served.
	Started func(address string)
	// Wait bounds a burst of changes: an editor's save, a checkout. nil waits for
	// a moment of silence.
	Wait func() <-chan time.Time
}

// silence is how long the folders must be still before a build. Editors that
// save by rename make their events within a few milliseconds.
const silence = 40 * time.Millisecond

// patience bounds the wait for responses that are being written at the end.
const patience = 2 * time.Second

// Run listens on addr, builds, and serves until ctx ends.
func Run(ctx context.Context, addr string, o Options) error {
	if o.Wait == nil {
		o.Wait = func() <-chan time.Time { return time.After(silence) }
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	address := "http://" + reachable(listener.Addr()) + "/"
	w, err := newWatch(o)
	if err != nil {
		return err
	}
	defer w.close()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &server{}
	build := func() error {
		if err := w.follow(); err != nil {
			return err
		}
		b, err := o.Build(address)
		if err == nil {
			s.publish(b)
		}
		return err
	}
	if err := build(); err != nil {
		return err
	}
	web := &http.Server{Handler: s, BaseContext: func(net.Listener) context.Context { return ctx }, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- web.Serve(listener) }()
	go func() { failed <- w.rebuild(ctx, build) }()
	if o.Started != nil {
		o.Started(address)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop() // ends the event streams, which Shutdown would wait for
	end, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if e := web.Shutdown(end); err == nil && !errors.Is(e, context.DeadlineExceeded) {
		err = e
	}
	return err
}

// reachable is an address that a browser on this machine can open.
func reachable(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// version names the bytes of a site, so that a build which changes nothing does
// not reload pages.
func version(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[name])
		h.Write([]byte(name))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
