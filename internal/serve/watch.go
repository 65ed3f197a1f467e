package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watch turns what happens in the site's folders into builds.
type watch struct {
	folders func() []string
	ignore  func(string) bool
	wait    func() <-chan time.Time
	watcher *fsnotify.Watcher
}

func newWatch(o Options) (*watch, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching the site's folders: %w", err)
	}
	return &watch{folders: o.Folders, ignore: o.Ignore, wait: o.Wait, watcher: w}, nil
}

func (w *watch) close() { w.watcher.Close() }

// follow watches the folders that there are now. A folder that is gone was
// forgotten by the system already; one that comes back is added again.
func (w *watch) follow() error {
	known := w.watcher.WatchList()
	for _, dir := range w.folders() {
		if slices.Contains(known, filepath.Clean(dir)) {
			continue
		}
		if err := w.watcher.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("watching %s: %w", dir, err)
		}
	}
	return nil
}

// rebuild calls build once after each burst of changes, until ctx ends.
func (w *watch) rebuild(ctx context.Context, build func() error) error {
	var still <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-w.watcher.Events:
			// Reading a file can change its attributes, which is no change of the site.
			if e.Op != fsnotify.Chmod && !temporary(e.Name) && (w.ignore == nil || !w.ignore(e.Name)) {
				still = w.wait()
			}
		case err := <-w.watcher.Errors:
			if err != nil && !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watching the site's folders: %w", err)
			}
			still = w.wait() // too many changes to list are a change
		case <-still:
			still = nil
			if err := build(); err != nil {
				return err
			}
		}
	}
}

// temporary reports whether a path is one that editors make beside a file while
// they save it: Vim's, Emacs', JetBrains', LibreOffice's and GNOME's names.
func temporary(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") ||
		strings.Contains(name, "___jb_") || name == "4913"
}
