package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestWriteIsAtomic watches an output folder while it is replaced again and
// again: there is always a page, and always a whole one. Only Linux can promise
// that, by exchanging the folders in one step.
func TestWriteIsAtomic(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "public")
	pages := []string{strings.Repeat("a", 5000), strings.Repeat("b", 5000)}
	put(t, out, site(pages[0]))
	done := make(chan struct{})
	var watchers sync.WaitGroup
	watchers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			text, err := os.ReadFile(filepath.Join(out, "index.html"))
			if err != nil || !slices.Contains(pages, string(text)) {
				t.Errorf("a reader saw %d bytes, %v", len(text), err)
				return
			}
		}
	})
	for i := range 200 {
		if err := Write(out, site(pages[(i+1)%2])); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	watchers.Wait()
}
