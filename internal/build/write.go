package build

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Files are the output of a build: slash-separated paths and their bytes.
type Files map[string][]byte

// Write replaces the folder dir by files, all at once: whoever looks sees the
// old site or the new one, never a part of either. A folder that is not a
// former output is refused. Write waits for another Write beside the same folder.
func Write(dir string, files Files) error {
	out, err := open(dir)
	if err != nil {
		return err
	}
	defer out.unlock()
	if err := out.recover(); err != nil {
		return err
	}
	if err := out.check(files); err != nil {
		return err
	}
	if err := out.fill(files); err != nil {
		return errors.Join(err, os.RemoveAll(out.next))
	}
	return out.swap()
}

// Recover finishes what a killed Write left behind: dir is a whole site again,
// if it ever was one, and nothing stands beside it.
func Recover(dir string) error {
	if _, err := os.Stat(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil // nothing was ever written here
	}
	out, err := open(dir)
	if err != nil {
		return err
	}
	defer out.unlock()
	return out.recover()
}

// output is a folder being replaced. next and last stand beside it, so that a
// rename moves between them without copying.
type output struct {
	typed  string // the folder as the user wrote it
	dir    string // absolute, symbolic links resolved
	next   string // the site being written; after an exchange, the old one
	last   string // the old site, between two renames
	unlock func()
}

func open(dir string) (*output, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	// A linked output folder stays a link: what it points to is replaced.
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	parent, name := filepath.Split(abs)
	if name == "" {
		return nil, fmt.Errorf("%q is no place for a site: it has no folder around it to build in", dir)
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	unlock, err := lock(parent)
	if err != nil {
		return nil, err
	}
	return &output{
		typed:  filepath.ToSlash(dir),
		dir:    abs,
		next:   filepath.Join(parent, "."+name+".plumbline-new"),
		last:   filepath.Join(parent, "."+name+".plumbline-old"),
		unlock: unlock,
	}, nil
}

// recover puts the old site back where a kill between the two renames left a
// hole, and removes what is left of an unfinished or replaced site.
func (o *output) recover() error {
	if _, err := os.Lstat(o.dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(o.last, o.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(os.RemoveAll(o.next), os.RemoveAll(o.last))
}

// check refuses a folder whose loss would hurt: anything that is neither empty
// nor the output of an earlier build.
func (o *output) check(files Files) error {
	info, err := os.Stat(o.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is a file, so the site cannot be written there", o.typed)
	}
	entries, err := os.ReadDir(o.dir)
	if err != nil || len(entries) == 0 {
		return err
	}
	if name := missingOutput(os.DirFS(o.dir), "."); name != "" {
		return fmt.Errorf("%q is not empty and no site of ours (it has no %s), and building would delete what is in it: choose another folder or empty it", o.typed, name)
	}
	// Somebody's repository or settings inside a former output (.git of a
	// worktree, say) are not ours to delete.
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && files[e.Name()] == nil {
			return fmt.Errorf("%q holds %q, which no build wrote and building would delete: build into another folder and copy the site from there", o.typed, e.Name())
		}
	}
	return nil
}

// IsOutput says whether a folder is the output of a build.
func IsOutput(fsys fs.FS, dir string) bool { return missingOutput(fsys, dir) == "" }

// missingOutput returns a file that every site has and the folder lacks, or "".
// No other folder has all of them.
func missingOutput(fsys fs.FS, dir string) string {
	for _, name := range []string{"404.html", "checks.mjs", "rules.json"} {
		if info, err := fs.Stat(fsys, path.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// fill writes files to the folder next.
func (o *output) fill(files Files) error {
	if err := os.Mkdir(o.next, 0o777); err != nil {
		return err
	}
	made := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !fs.ValidPath(name) {
			return fmt.Errorf("a build gave a file the path %q", name)
		}
		path := filepath.Join(o.next, filepath.FromSlash(name))
		if parent := filepath.Dir(path); !made[parent] {
			if err := os.MkdirAll(parent, 0o777); err != nil {
				return err
			}
			made[parent] = true
		}
		if err := os.WriteFile(path, files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}

// swap makes next the output.
func (o *output) swap() error {
	if _, err := os.Lstat(o.dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(o.next, o.dir)
	}
	if exchange(o.next, o.dir) == nil {
		return os.RemoveAll(o.next)
	}
	// Without an exchange there is a moment without a site. Whoever is killed
	// in it finds the old one put back at the next start.
	if err := os.Rename(o.dir, o.last); err != nil {
		if errors.Is(err, syscall.EBUSY) {
			err = fmt.Errorf("%q cannot be replaced, as a mount point cannot: build into a folder inside it", o.typed)
		}
		return errors.Join(err, os.RemoveAll(o.next))
	}
	if err := os.Rename(o.next, o.dir); err != nil {
		return errors.Join(err, o.recover())
	}
	return os.RemoveAll(o.last)
}
